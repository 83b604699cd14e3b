import Testing

@testable import MetricRouter

@Suite struct RoutingParkedTests {
  @Test(.timeLimit(.minutes(1))) func whatWaitsForATopicComesOutOnceAndInItsOrder() {
    #expect(
      RoutingParkedModel.walk(steps: 30) == [
        "decided while releasing", "given up", "overflows", "recovered", "too many topics in a transaction",
      ])
  }
}
