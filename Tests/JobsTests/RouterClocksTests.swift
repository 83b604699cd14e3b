import Testing

@testable import Jobs
@testable import MetricRouter

/// The rows' time, from how far each router is.
@Suite struct RouterClocksTests {
  private var clocks = RouterClocks()

  private mutating func hear(
    _ instance: String, time: Int64?, behind: Bool = false, partitions: [String], assigned: Int64 = 1, now: Int64 = 0
  ) {
    clocks.hear(
      RouterClocks.Router(
        instance: instance, time: time, isBehind: behind, partitions: partitions, assigned: assigned, written: 0),
      now: now)
  }

  @Test mutating func isTheEarliestOfAllRouters() {
    #expect(clocks.read(now: 0).time == nil)
    hear("r1", time: 5000, partitions: ["a/0"])
    hear("r2", time: 3000, partitions: ["a/1"])
    #expect(clocks.read(now: 0).time == 3000)
    #expect(clocks.count == 2)
  }

  /// With thousands of jobs, or while its loop waits for a commit, a router says nothing for seconds, and nothing of the rows that come
  /// meanwhile: jobs would seem silent.
  @Test mutating func standsBetweenTwoWordsOfARouter() {
    hear("r1", time: 5000, partitions: ["a/0"])
    for now in [100, 4000, 600_000] as [Int64] { #expect(clocks.read(now: now).time == 5000) }
    #expect(!clocks.read(now: 4000).isBehind)
    #expect(clocks.read(now: 600_000).isBehind, "it may not be reading any more")
    hear("r1", time: 9000, partitions: ["a/0"], now: 4000)
    #expect(clocks.read(now: 4000).time == 9000)
  }

  @Test mutating func standsWhereARouterIsBehind() {
    hear("r1", time: 5000, behind: true, partitions: ["a/0"])
    hear("r2", time: 900_000, partitions: ["a/1"])
    #expect(clocks.read(now: 9000).time == 5000)
    #expect(clocks.read(now: 9000).isBehind)
  }

  @Test mutating func isNotKnownWhereARouterDoesNotKnow() {
    hear("r1", time: nil, partitions: ["a/0"])
    hear("r2", time: 900_000, partitions: ["a/1"])
    #expect(clocks.read(now: 0).time == nil)
  }

  @Test mutating func aDeadRouterHoldsUpNobodyWhosePartitionsOthersHave() {
    hear("dead", time: 1000, partitions: ["a/0", "a/1"], assigned: 1)
    hear("r1", time: 70000, partitions: ["a/0"], assigned: 2)
    #expect(clocks.read(now: 0).time == 1000, "nobody reads a/1 yet")
    hear("r1", time: 80000, partitions: ["a/0", "a/1"], assigned: 3)
    #expect(clocks.read(now: 0).time == 80000)
    #expect(clocks.count == 1)
  }

  @Test mutating func aRouterWithoutPartitionsDoesNotCount() {
    hear("r1", time: nil, partitions: [])
    hear("r2", time: 70000, partitions: ["a/0"])
    #expect(clocks.read(now: 0).time == 70000)
    clocks.forget("r2")
    #expect(clocks.read(now: 0).time == nil)
  }

  @Test mutating func tellsHowTheClocksDiffered() throws {
    #expect(clocks.lastDifference() == nil)
    clocks.hear(
      RouterClocks.Router(
        instance: "r1", time: 70000, isBehind: false, partitions: ["a/0"], assigned: 1, written: 71500), now: 0)
    #expect(clocks.lastDifference() == -1500)
    // Started again, and killed before it knew the time: what it knew before is handed on.
    let again = RouterClocks.Router(
      instance: "r1", time: nil, isBehind: true, partitions: [], assigned: 1, written: 80000, difference: -1500)
    clocks.hear(again, now: 0)
    #expect(clocks.lastDifference() == -1500)
    let read = try RouterClocks.Router(message: Array(again.message), instance: "r1")
    #expect(read == again)
  }
}
