import Testing

@testable import MetricRouter

@Suite struct RoutingTopicPreparationTests {
  @Test(.timeLimit(.minutes(1))) func noRowWaitsForATopicThatNobodyIsAtWorkFor() {
    let seen = RoutingTopicPreparationModel.walk(steps: 30)
    #expect(
      seen == [
        "a producer is kept", "closed", "missing", "not known yet", "postponed", "refused", "rotated",
        "rotation postponed", "survey", "surveyed", "surveyed and gone", "too many jobs", "too slow",
      ])
  }
}
