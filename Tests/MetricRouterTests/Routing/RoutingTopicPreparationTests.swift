import Testing

@testable import MetricRouter

@Suite struct RoutingTopicPreparationTests {
  @Test(.timeLimit(.minutes(1))) func noRowWaitsForATopicThatNobodyIsAtWorkFor() {
    let seen = RoutingTopicPreparationModel.walk(steps: 30)
    #expect(
      seen == [
        "closed", "missing", "not known yet", "postponed", "refused", "rotated", "survey", "too many jobs",
      ])
  }
}
