import Testing

@testable import Jobs
@testable import MetricRouter

/// Up to when a router has read everything, from the clocks of its partitions.
@Suite struct JobCountsTests {
  private static let start: Int64 = 1_795_497_251_000
  private var counts = JobCounts(valueCount: 0)

  /// Rows of a partition, one each second up to this one, all read now.
  private mutating func read(_ slot: Int, upTo second: Int64, at now: Int64) {
    counts.now = now
    for number in (second - 20)...second {
      counts.count(route: -1, schema: 0, slot: slot, bytes: 1, time: Self.start + number * 1000, delay: 0)
    }
  }

  private func time(_ slots: [Int], now: Int64, difference: Int64? = nil) -> Int64? {
    counts.reached(slots, wallClock: Self.start, difference: difference, now: now).time.map { $0 - Self.start }
  }

  @Test mutating func aPartitionWithRowsToReadHoldsTheTime() {
    for _ in 0..<2 { counts.addPartition() }
    read(0, upTo: 3600, at: 1000)
    counts.reachedEnd(0)
    read(1, upTo: 100, at: 1000)
    #expect((80_000...100_000).contains(time([0, 1], now: 60_000) ?? 0))
    #expect(counts.reached([0, 1], wallClock: 0, difference: nil, now: 60_000).isBehind)
  }

  @Test mutating func aPartitionThatWasNotReadYetLeavesItOpen() {
    for _ in 0..<2 { counts.addPartition() }
    read(0, upTo: 3600, at: 1000)
    counts.reachedEnd(0)
    #expect(time([0, 1], now: 1000, difference: 5) == nil)
    counts.reachedEnd(1)
    #expect(time([0, 1], now: 1000, difference: 5) != nil, "it holds nothing")
  }

  @Test mutating func whereNoRowHasComeTheTimeIsAsFarOffAsItWas() {
    counts.addPartition()
    counts.reachedEnd(0)
    #expect(time([0], now: 1000, difference: -1500) == -1500)
    #expect(time([0], now: 1000) == nil)
  }

  @Test mutating func aPartitionWhoseRowsEndedLongAgoHoldsNobodyUp() {
    for _ in 0..<2 { counts.addPartition() }
    // A backlog: the rows of one partition end half an hour before those of the other.
    read(0, upTo: 1800, at: 1000)
    counts.reachedEnd(0)
    read(1, upTo: 3600, at: 1000)
    counts.reachedEnd(1)
    #expect(time([0, 1], now: 1000) ?? .max < 1_800_001)
    // Rows go on coming in the other one.
    for second in 2...15 as ClosedRange<Int64> {
      read(1, upTo: 3600 + second, at: second * 1000)
      counts.reachedEnd(1)
    }
    #expect((3_590_000...3_616_000).contains(time([0, 1], now: 15_000) ?? 0))
    #expect((1_780_000...1_815_000).contains(time([0], now: 15_000) ?? 0), "alone, it tells what it can")
  }

  @Test mutating func noPartitionDecidesAloneWhatTimeItIs() {
    for slot in 0..<3 {
      counts.addPartition()
      read(slot, upTo: slot == 1 ? -400_000_000 : 3600, at: 1000)
      counts.reachedEnd(slot)
    }
    #expect((3_580_000...3_600_000).contains(time([0, 1, 2], now: 1000) ?? 0))
  }
}
