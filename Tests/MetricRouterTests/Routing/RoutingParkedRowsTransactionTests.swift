import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingParkedRowsTransactionTests {
  private func row(_ offset: Int64) -> WaitingRow {
    WaitingRow(
      payload: [0], offset: offset, timestamp: nil, slot: 0, tag: DeliveryTracker.Tag(batch: 0, row: 0, copy: .user),
      route: 0)
  }

  /// Thousands of new topics in one transaction would not come into being before it times out.
  @Test func aTransactionWaitsForABoundedNumberOfTopics() {
    var parked = ParkedRows(isTransactional: true)
    for output in 0..<Int32(ParkedRows.topicsInTransactionLimit) {
      #expect(parked.hasRoom && !parked.mustPause(now: 0, isMaking: true))
      parked.add(row(Int64(output)), for: output)
      parked.add(row(Int64(output)), for: output)
    }
    #expect(!parked.hasRoom)
    #expect(parked.mustPause(now: 0, isMaking: true))
    // Rows of a transaction are never given up for the sake of others: those wait for it anyway.
    #expect(parked.mustPause(now: ParkedRows.patienceMilliseconds * 10, isMaking: true) && !parked.isOverflowing)
    parked.decide(0)
    #expect(parked.beginReleasing())
    #expect(parked.takeReleased()?.rows.count == 2)
    parked.endReleasing()
    #expect(parked.hasRoom && !parked.mustPause(now: 1, isMaking: true))
  }

  @Test func withoutATransactionTheNumberOfTopicsDoesNotCount() {
    var parked = ParkedRows()
    for output in 0..<Int32(ParkedRows.topicsInTransactionLimit * 2) { parked.add(row(0), for: output) }
    #expect(parked.hasRoom && !parked.mustPause(now: 0, isMaking: true))
  }
}
