import Testing

@testable import MetricRouter

@Suite struct HealthTests {
  @Test func aLoopThatGoesRoundLives() {
    var watch = LivenessWatch(now: 0)
    for second in 1...100 { watch.look(beats: UInt64(second), now: Int64(second) * 1000) }
    #expect(watch.hangs == nil)
  }

  @Test func aLoopThatDoesNotHangs() {
    var watch = LivenessWatch(now: 0)
    watch.look(beats: 7, now: 1000)
    for second: Int64 in 2...30 { watch.look(beats: 7, now: second * 1000) }
    #expect(watch.hangs == nil)
    watch.look(beats: 7, now: 31000)
    #expect(watch.hangs == 30000)
    watch.look(beats: 8, now: 32000)
    #expect(watch.hangs == nil)
  }

  @Test func aProcessThatWasHaltedIsGivenTime() {
    var watch = LivenessWatch(now: 0)
    watch.look(beats: 1, now: 1000)
    watch.look(beats: 1, now: 100_000)
    #expect(watch.hangs == nil)
  }

  @Test func readinessHasItsReasons() {
    var snapshot = RouterStatus.Snapshot()
    func reasons(hangs: Int64? = nil, isStopping: Bool = false) -> [String] {
      Readiness.reasons(snapshot, hangs: hangs, isStopping: isStopping)
    }
    #expect(reasons().count == 1)
    #expect(reasons()[0].contains("not a member"))
    snapshot.isMember = true
    // Without partitions: others have them all.
    #expect(reasons().isEmpty)
    #expect(reasons(isStopping: true) == ["the router is stopping"])
    #expect(reasons(hangs: 31000) == ["the router's main loop has not run for 31 s"])
    snapshot.oldestMilliseconds = 29999
    #expect(reasons().isEmpty)
    snapshot.oldestMilliseconds = 61000
    #expect(reasons()[0].hasPrefix("rows have not been acknowledged for 1 min"))
    snapshot.oldestMilliseconds = 0
    snapshot.partitionsHeldBack = 2
    #expect(
      reasons()[0].hasPrefix("2 input partitions wait until the job index has been read, because only a job"))
    snapshot.indexTrouble = "reading the job index failed: x"
    #expect(reasons()[0].hasSuffix("number identifies the owner of their rows: reading the job index failed: x"))
  }
}
