import Testing

@testable import MetricRouter
