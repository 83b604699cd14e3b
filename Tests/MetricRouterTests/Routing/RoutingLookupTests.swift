import Testing

@testable import MetricRouter

@Suite struct RoutingLookupTests {
  @Test(.timeLimit(.minutes(1))) func offsetsAreCommittedOnceAndSoonAfterALook() {
    #expect(
      RoutingLookupModel.walk(steps: 40) == [
        "an answer that comes twice", "committed", "no second commit by a look", "pause after a failure",
      ])
  }
}
