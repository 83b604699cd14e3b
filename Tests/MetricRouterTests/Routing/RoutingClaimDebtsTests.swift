import Testing

@testable import MetricRouter

@Suite struct RoutingClaimDebtsTests {
  @Test(.timeLimit(.minutes(1))) func aBatchIsSettledOnceAndWithAllItsRows() {
    #expect(
      RoutingClaimDebtsModel.walk(steps: 30) == ["forgotten", "overdue", "part of a batch", "several batches at once"])
  }

  @Test func aBatchIsSettledWithItsLastRow() {
    var debts = ClaimDebts(rows: 10)
    #expect(debts.isEmpty)
    let first = [debts.add(batch: 1, now: 0), debts.add(batch: 1, now: 5), debts.add(batch: 3, now: 7)]
    #expect(first == [true, false, true])
    #expect(debts.rows == 13)
    #expect(debts.settle(upTo: 11).isEmpty)
    #expect(!debts.isOverdue(now: 9_999) && debts.isOverdue(now: 10_000))
    #expect(debts.settle(upTo: 12) == [1])
    #expect(!debts.isEmpty && !debts.isOverdue(now: 10_000))
    #expect(debts.settle(upTo: 20) == [3])
    #expect(debts.isEmpty && !debts.isOverdue(now: 99_999))
    let again = [debts.add(batch: 3, now: 0), debts.add(batch: 4, now: 0)]
    #expect(again == [true, true] && debts.settle(upTo: 15) == [3, 4])
  }

  /// Rows that come again are counted on.
  @Test func whatIsForgottenIsNotSettled() {
    var debts = ClaimDebts()
    _ = debts.add(batch: 1, now: 0)
    debts.forget()
    #expect(debts.isEmpty && debts.settle(upTo: 9).isEmpty)
    let isFirst = debts.add(batch: 1, now: 0)
    #expect(isFirst)
    #expect(debts.settle(upTo: 1).isEmpty)
    #expect(debts.settle(upTo: 2) == [1])
  }

  /// Authorities may send rows for months, and one claim is always under way.
  @Test func settledBatchesDoNotFillTheMemory() {
    var debts = ClaimDebts()
    _ = debts.add(batch: 0, now: 0)
    for batch in 1...100_000 as ClosedRange<UInt32> {
      _ = debts.add(batch: batch, now: 0)
      let settled = debts.settle(upTo: UInt64(batch))
      #expect(settled == [batch - 1])
    }
    #expect(debts.count < 3000)
    #expect(debts.settle(upTo: 100_001) == [100_000])
  }
}
