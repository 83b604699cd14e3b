import Kafka
import Naming
import Runtime
import Testing

@testable import Jobs
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
  ///
  /// - Parameter now: by the monotonic clock, in milliseconds.
  private func advance(to second: Int64, behind: Bool = false, now: Int64 = 0) {
    let router = RouterClocks.Router(
      instance: "r1", time: Self.start + second * 1000, isBehind: behind, partitions: ["a/0"], assigned: 1, written: 0)
    index.editRouters { $0.hear(router, now: now) }
    index.advance(now: now)
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
  @Test func olderRowsTakeNothingBack() throws {
    advance(to: 100)
    let before = try #require(index.page(JobQuery()).jobs.first)
    #expect(before.history.map(\.state) == [.active, .silent, .ended])
    var second: Int64 = -3600
    for now in stride(from: 0, through: 3200, by: 50) as StrideThrough<Int64> {
      second += 1
      progress(to: second, of: "102")
      progress(to: 0, of: "101")
      advance(to: -3600, now: now)
    }
    #expect(index.totals().time == Self.start + 100_000)
    let jobs = index.page(JobQuery()).jobs
    #expect(jobs.count == 2)
    #expect(jobs[0] == before)
    #expect(jobs[1].state == .ended, "a job that came with the old rows")
    #expect(jobs[1].ended == Self.start + second * 1000)
  }

  /// Jobs go on, but their rows come late: a mirror has fallen behind.
  @Test func lateRowsOfJobsThatRunPutTheTimeBack() {
    advance(to: 100)
    var second: Int64 = 1
    for now in stride(from: 0, through: 3600, by: 100) as StrideThrough<Int64> {
      progress(to: second, of: "101")
      advance(to: second, now: now)
      second += 1
    }
    #expect(index.totals().time ?? 0 < Self.start + 60000)
    #expect(states == [.active, .silent, .ended, .active])
  }

  /// Clocks were ahead, and were put right.
  @Test func timeFromTheFutureIsTakenBack() {
    let now = (WallClock.milliseconds() - Self.start) / 1000
    advance(to: now + 7200)
    for patience in [0, 2900] as [Int64] {
      advance(to: now, now: patience)
      #expect(index.totals().time == Self.start + (now + 7200) * 1000, "that may be a backlog")
    }
    advance(to: now, now: 3100)
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
