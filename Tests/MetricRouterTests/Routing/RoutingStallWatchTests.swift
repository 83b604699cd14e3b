import Testing

@testable import MetricRouter

@Suite struct RoutingStallWatchTests {
  private let limit = StallWatch.milliseconds

  @Test(.timeLimit(.minutes(1))) func topicsAreAskedForOnlyWhenNothingComesBack() {
    #expect(
      RoutingStallWatchModel.walk(steps: 60) == ["asked again", "not asked while answers are missing", "stalled"])
  }

  @Test func aTransactionOfWhichNothingComesBackIsStalled() {
    var watch = StallWatch()
    #expect(watch.isStalled(unanswered: 2, now: 0) == false, "since now")
    #expect(watch.isStalled(unanswered: 2, now: limit - 1) == false)
    watch.arrived(1)
    #expect(watch.isStalled(unanswered: 1, now: limit) == false, "a copy has arrived")
    #expect(watch.isStalled(unanswered: 1, now: 2 * limit - 1) == false)
    #expect(watch.isStalled(unanswered: 0, now: 2 * limit) == false, "nothing is waited for")
    watch.begin()
    #expect(watch.isStalled(unanswered: 1, now: 3 * limit) == false, "of another transaction nothing is known yet")
    #expect(watch.isStalled(unanswered: 1, now: 4 * limit) == true)
  }

  @Test func topicsAreNotAskedForAgainBeforeAllIsAnswered() {
    var watch = StallWatch()
    #expect(watch.isStalled(unanswered: 1, now: 0) == false)
    #expect(watch.isStalled(unanswered: 1, now: limit) == true)
    watch.ask(["a", "b"])
    watch.answered("a")
    #expect(watch.isStalled(unanswered: 1, now: 2 * limit) == false)
    #expect(watch.isStalled(unanswered: 1, now: 9 * limit) == false)
    watch.answered("b")
    #expect(watch.isStalled(unanswered: 1, now: 9 * limit) == true)
  }
}
