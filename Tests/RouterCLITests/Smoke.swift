import Testing

@testable import RouterCLI
