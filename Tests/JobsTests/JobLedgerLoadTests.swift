import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// The index of many jobs: what is kept so that it need not be found out again.
@Suite struct JobLedgerLoadTests {
  private static let start: Int64 = 1_795_497_251_000
  private var ledger = JobLedger(rules: JobRules(), instance: "r1", valueNames: [])

  private static func share(_ job: Int, of instance: String, seen: Int64) -> JobShare {
    var share = JobShare(key: JobKey(user: Name("user\(job % 7)"), job: Name(String(job))), instance: instance)
    _ = share.node(Name("c\(job)"), first: seen, seen: seen, values: 0)
    return share
  }

  @Test mutating func theOrderHoldsWhateverComesAndGoes() {
    var generator = SeededGenerator(seed: 7)
    var known: Set<Int> = []
    for _ in 0..<2000 {
      let job = Int.random(in: 1...300, using: &generator)
      let share = Self.share(job, of: "r1", seen: Self.start)
      if known.remove(job) != nil {
        ledger.remove(share.key, instance: "r1")
      } else {
        known.insert(job)
        ledger.merge(share)
      }
    }
    let keys = ledger.find(JobQuery()).compactMap { ledger[$0]?.key }
    #expect(keys == known.map { Self.share($0, of: "r1", seen: 0).key }.sorted())
    #expect(ledger.totals().users == Set(keys.map(\.user)).count)
    #expect(ledger.unendedCount == known.count)
  }

  /// Ended jobs stay for a day. Were states looked at the more seldom the more of them there are, short jobs would make all others seem
  /// silent.
  @Test mutating func jobsThatHaveEndedSlowNothingDown() {
    for job in 1...3000 { ledger.merge(Self.share(job, of: "r1", seen: Self.start)) }
    ledger.advance(to: Self.start)
    #expect(ledger.unendedCount == 3000)
    ledger.merge(Self.share(3001, of: "r1", seen: Self.start + 100_000))
    ledger.advance(to: Self.start + 100_000)
    #expect(ledger.count == 3001 && ledger.unendedCount == 1)
    ledger.merge(Self.share(7, of: "r2", seen: Self.start + 100_000))
    ledger.advance(to: Self.start + 100_001)
    #expect(ledger.unendedCount == 2, "one goes on")
    for job in 1...10 { ledger.remove(Self.share(job, of: "r1", seen: 0).key, instance: "r1") }
    #expect(ledger.count == 2992 && ledger.unendedCount == 2)
    #expect(ledger.unendedCount == ledger.find(JobQuery(states: [.active, .silent])).count)
  }

  @Test mutating func sharesOfOtherRoutersMayBeLateWhereThereAreMany() {
    for job in 1...2000 { ledger.merge(Self.share(job, of: "r2", seen: Self.start)) }
    ledger.merge(Self.share(2001, of: "r1", seen: Self.start))
    func silent() -> Int { ledger.find(JobQuery(states: [.silent])).count }
    ledger.advance(to: Self.start)
    ledger.advance(to: Self.start + 16000)
    #expect(silent() == 1, "this router's own job; the others' rows may be on their way")
    ledger.advance(to: Self.start + 19000)
    #expect(silent() == 1)
    ledger.advance(to: Self.start + 21000)
    #expect(silent() == 2001)
    let changes = ledger.find(JobQuery()).compactMap { ledger[$0]?.history.last?.time }
    #expect(Set(changes) == [Self.start + 15000], "since when does not depend on that")
  }
}
