import Testing

@testable import Jobs
@testable import MetricRouter

/// What time it is by the rows of a partition.
@Suite struct RowClockTests {
  private var clock = RowClock()
  private let start: Int64 = 1_795_497_251_000

  init() {
    clock.addPartition()
    clock.addPartition()
  }

  @Test mutating func knowsNothingBeforeItsFirstRow() {
    #expect(clock.time(slot: 0, isAtEnd: true, now: 5) == nil)
    _ = clock.note(slot: 1, time: start, now: 5)
    #expect(clock.time(slot: 0, isAtEnd: true, now: 5) == nil)
    #expect(clock.time(slot: 1, isAtEnd: true, now: 5) == start)
  }

  @Test mutating func standsWhileRowsWaitAndContinuesWhereNoneDo() {
    for second in 0..<30 { _ = clock.note(slot: 0, time: start + Int64(second) * 1000, now: Int64(second) * 1000) }
    #expect(clock.time(slot: 0, isAtEnd: false, now: 60000) == start + 29000)
    #expect(clock.time(slot: 0, isAtEnd: true, now: 60000) == start + 60000)
  }

  @Test mutating func followsABacklogThatIsReadInNoTime() throws {
    var seen: Int64 = 0
    for second in 0..<3600 { seen = clock.note(slot: 0, time: start + Int64(second) * 1000, now: 7) }
    #expect(seen == start + 3_599_000)
    let time = try #require(clock.time(slot: 0, isAtEnd: false, now: 7))
    // The median of the last rows.
    #expect(time <= start + 3_599_000 && time > start + 3_580_000)
  }

  @Test(arguments: [Int64(3_600_000), -3_600_000, 1 << 40, -1_795_497_251_000])
  mutating func oneNodeWithAWrongClockDoesNotMoveIt(wrong: Int64) throws {
    for second in 0..<60 {
      let now = Int64(second) * 1000
      for node in 0..<5 {
        let seen = clock.note(slot: 0, time: start + now + (node == 3 ? wrong : 0), now: now)
        guard second > 3 else { continue }
        #expect(seen >= start + now, "never before the partition's clock")
        #expect(seen <= start + now + RowClock.aheadMilliseconds, "and never far behind it")
      }
    }
    #expect(clock.time(slot: 0, isAtEnd: true, now: 59000) == start + 59000)
  }

  @Test mutating func forgetsWhatItKnewOfAPartitionThatComesBack() {
    for _ in 0..<20 { _ = clock.note(slot: 0, time: start, now: 1) }
    clock.reset(slot: 0)
    #expect(clock.time(slot: 0, isAtEnd: true, now: 1) == nil)
    _ = clock.note(slot: 0, time: start + 999_000, now: 1)
    #expect(clock.time(slot: 0, isAtEnd: true, now: 1) == start + 999_000)
  }
}
