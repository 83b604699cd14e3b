import Kafka
import Testing

@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct RoutingTransactionTests {
  @Test(.timeLimit(.minutes(1))) func eachRowCountsOnceWhateverBecomesOfTheTransactions() {
    var seen: Set<String> = []
    for seed in 0..<10_000 as Range<UInt64> {
      var model = RoutingTransactionModel(seed: seed)
      for number in 0..<40 where !model.isRebuilt {
        if let fault = model.step() {
          Issue.record("seed \(seed), step \(number): \(fault)")
          return
        }
      }
      for row in 0..<model.committed where model.counts[row] != 1 {
        Issue.record("seed \(seed): row \(row) of \(model.committed) counts \(model.counts[row] ?? 0) times")
        return
      }
      for row in model.counts.keys where row >= model.committed {
        Issue.record("seed \(seed): row \(row) counts, and is not committed")
        return
      }
      seen.formUnion(model.seen)
    }
    #expect(seen.count == 8, "\(seen)")
  }

  @Test func theTwoWaysDifferInWhatTheyAnswerAndNotInWhoAsks() {
    let once = Delivery(.exactlyOnce, ageLimit: 1000, now: 0)
    let atLeast = Delivery(.atLeastOnce, ageLimit: 1000, now: 0)
    #expect(once.producers(configured: .fixed(4)) == .fixed(1), "a transaction belongs to one producer")
    #expect(once.producers(configured: .automatic) == .fixed(1))
    #expect(atLeast.producers(configured: .fixed(4)) == .fixed(4))
    #expect(atLeast.producers(configured: .automatic) == .automatic)
    #expect(once.claimsTransactionalID && !atLeast.claimsTransactionalID)
    #expect(once.includesRows && !atLeast.includesRows)
    #expect(once.countsWhenCommitted && !atLeast.countsWhenCommitted)
    #expect(once.outOfRoom(isRevoking: true) == .replay)
    #expect(once.outOfRoom(isRevoking: false) == .replay)
    #expect(atLeast.outOfRoom(isRevoking: true) == .rebuild)
    #expect(atLeast.outOfRoom(isRevoking: false) == .leave)
    #expect(once.due(now: 199) == .nothing && atLeast.due(now: 199) == .nothing)
    #expect(once.due(now: 200) == .offsets, "ends of partitions are committed without a transaction")
    #expect(atLeast.due(now: 200) == .offsets)
    let refused = KafkaError(.groupAuthorizationFailed, operation: "commit")
    #expect(Delivery.failure(sendingOffsets: refused) == .refused)
  }
}
