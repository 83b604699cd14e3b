import Testing

@testable import MetricRouter

@Suite struct RoutingLoopPaceTests {
  @Test(.timeLimit(.minutes(1))) func nothingIsDoneMoreOftenThanItMayBe() {
    #expect(
      RoutingLoopPaceModel.walk(steps: 60) == [
        "looked", "looked just before", "polled", "published", "published just before",
      ])
  }
}
