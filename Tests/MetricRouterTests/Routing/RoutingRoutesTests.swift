import Testing

@testable import MetricRouter

@Suite struct RoutingRoutesTests {
  @Test(.timeLimit(.minutes(1))) func eachRowGoesAlongTheRouteOfItsKeyAndCountsForItsJob() {
    #expect(RoutingRoutesModel.walk(steps: 16) == ["a topic after all", "earlier jobs"])
  }
}
