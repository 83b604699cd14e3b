import TestSupport
import Testing

@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct RoutingParkedRowsTransactionTests {
  private func row(_ offset: Int64) -> WaitingRow {
    WaitingRow(
      payload: [0], offset: offset, timestamp: nil, slot: 0, tag: DeliveryTracker.Tag(batch: 0, row: 0, copy: .user),
      route: 0)
  }

  /// Thousands of new topics in one transaction would not come into being before it times out.
  @Test func aTransactionWaitsForABoundedNumberOfTopics() {
    var parked = ParkedRows(whenFull: Delivery(.exactlyOnce, ageLimit: 1000, now: 0).whenParkedRowsAreFull)
    for output in 0..<Int32(ParkedRows.topicsInTransactionLimit) {
      let mustPause = parked.mustPause(now: 0, isMaking: true)
      #expect(parked.hasRoom && !mustPause)
      parked.add(row(Int64(output)), for: output)
      parked.add(row(Int64(output)), for: output)
    }
    let mustPause = parked.mustPause(now: 0, isMaking: true)
    #expect(mustPause && !parked.hasRoom)
    // Rows of a transaction are never given up for the sake of others: those wait for it anyway.
    let mustStillPause = parked.mustPause(now: ParkedRows.patienceMilliseconds * 10, isMaking: true)
    #expect(mustStillPause && !parked.isOverflowing)
    parked.decide(0)
    let hasBegun = parked.beginReleasing()
    let released = parked.takeReleased()
    #expect(hasBegun && released?.rows.count == 2)
    parked.endReleasing()
    let mustPauseAfter = parked.mustPause(now: 1, isMaking: true)
    #expect(parked.hasRoom && !mustPauseAfter)
  }

  @Test func withoutATransactionTheNumberOfTopicsDoesNotCount() {
    var parked = ParkedRows(whenFull: Delivery(.atLeastOnce, ageLimit: 1000, now: 0).whenParkedRowsAreFull)
    for output in 0..<Int32(ParkedRows.topicsInTransactionLimit * 2) { parked.add(row(0), for: output) }
    let mustPause = parked.mustPause(now: 0, isMaking: true)
    #expect(parked.hasRoom && !mustPause)
  }
}
