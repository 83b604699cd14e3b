import Kafka
import Naming
import Runtime
import Testing

@testable import MetricRouter

/// What the time of the routers does to the index's.
@Suite struct JobIndexTimeTests {
  private static let start: Int64 = 1_795_497_251_000
  private let index: JobIndex

  init() throws {
    index = JobIndex(rules: JobRules(), instance: "r1", valueNames: [], names: try TopicNames())
    index.edit { ledger in
      ledger.update(ledger.add(JobKey(user: Name("userA"), job: Name("101")))) { share in
        _ = share.node(Name("c1"), first: Self.start, seen: Self.start, values: 0)
        return true
      }
    }
    advance(to: 0)
  }

  /// The routers have come to this second.
  private func advance(to second: Int64, behind: Bool = false) {
    let router = RouterClocks.Router(
      instance: "r1", time: Self.start + second * 1000, isBehind: behind, partitions: ["a/0"], assigned: 1, written: 0)
    index.editRouters { $0.hear(router, now: MonotonicClock.milliseconds()) }
    index.advance()
  }

  private var states: [JobState] { index.page(JobQuery()).jobs.flatMap { $0.history.map(\.state) } }

  @Test(arguments: [true, false])
  func oldRowsOfAPartitionEndNoJobThatRuns(isBehind: Bool) {
    advance(to: 1)
    for second in [-7200, -3600, -1800] as [Int64] { advance(to: second, behind: isBehind) }
    // What was old has been read.
    advance(to: 2)
    #expect(states == [.active])
    #expect(index.totals().time ?? 0 >= Self.start + 2000)
  }

  /// A recording that is stored again: nothing of it is news.
  @Test func olderRowsTakeNothingBack() async throws {
    advance(to: 100)
    let before = try #require(index.page(JobQuery()).jobs.first)
    #expect(before.history.map(\.state) == [.active, .silent, .ended])
    let start = ContinuousClock.now
    var second: Int64 = -3600
    while ContinuousClock.now - start < .milliseconds(3200) {
      second += 1
      progress(to: second, of: "102")
      progress(to: 0, of: "101")
      advance(to: -3600)
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(index.totals().time == Self.start + 100_000)
    let jobs = index.page(JobQuery()).jobs
    #expect(jobs.count == 2)
    #expect(jobs[0] == before)
    #expect(jobs[1].state == .ended, "a job that came with the old rows")
    #expect(jobs[1].ended == Self.start + second * 1000)
  }

  /// Jobs go on, but their rows come late: a mirror has fallen behind.
  @Test func lateRowsOfJobsThatRunPutTheTimeBack() async throws {
    advance(to: 100)
    let start = ContinuousClock.now
    var second: Int64 = 1
    while ContinuousClock.now - start < .milliseconds(3600) {
      progress(to: second, of: "101")
      advance(to: second)
      second += 1
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(index.totals().time ?? 0 < Self.start + 60000)
    #expect(states == [.active, .silent, .ended, .active])
  }

  /// Clocks were ahead, and were put right.
  @Test func timeFromTheFutureIsTakenBack() async throws {
    let now = (WallClock.milliseconds() - Self.start) / 1000
    advance(to: now + 7200)
    advance(to: now)
    try await Task.sleep(for: .milliseconds(3100))
    advance(to: now)
    #expect(index.totals().time == Self.start + now * 1000)
  }

  /// Rows of a job as this router counts them.
  private func progress(to second: Int64, of job: String) {
    let time = Self.start + second * 1000
    index.edit { ledger in
      let place = ledger.add(JobKey(user: Name("userA"), job: Name(job)))
      let isNewer = ledger[place]?.shares.first.map { !$0.nodes.isEmpty && $0.lastRow < time } ?? false
      ledger.update(place) { share in
        let node = share.node(Name("c1"), first: time, seen: time, values: 0)
        share.nodes[node].last = max(share.nodes[node].last, time)
        share.nodes[node].seen = max(share.nodes[node].seen, time)
        return true
      }
      if isNewer { ledger.noteProgress(of: place) }
    }
  }
}
