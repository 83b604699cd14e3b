import Kafka
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

  @Test func timeThatStaysBackIsTaken() async throws {
    advance(to: 1)
    advance(to: -7200)
    try await Task.sleep(for: .milliseconds(3100))
    advance(to: -7200)
    #expect(index.totals().time ?? 0 < Self.start - 7_000_000)
    #expect(states == [.active])
    // And from there it goes on.
    advance(to: -7100)
    #expect(states == [.active, .silent, .ended])
  }
}
