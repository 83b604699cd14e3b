import Testing

@testable import Decomp
