import Kafka
import Naming
import Testing

@testable import MetricRouter
@testable import Redrive

/// What is counted of dead letters.
@Suite struct RedriveLedgerTests {
  @Test func countsByReasonAndInput() {
    let (bad, other) = (
      DeadLetterSelection.Group(reason: .unknownJob, input: "meminfo"),
      DeadLetterSelection.Group(reason: .badProducer, input: "vmstat")
    )
    var ledger = RedriveLedger()
    #expect(ledger.knownPosition(of: bad) == nil)
    for time: Int64 in [20, 10, 30] { ledger.take(.send(bad), timestamp: time) }
    ledger.take(.send(bad), timestamp: nil)
    // What cannot be sent says nothing of the oldest row.
    ledger.take(.alreadySent(bad), timestamp: 1)
    ledger.take(.withoutRow(other), timestamp: 2)
    for verdict: DeadLetterSelection.Verdict in [.gap, .foreign, .foreign, .passedOver] {
      ledger.take(verdict, timestamp: 1)
    }
    var report = ledger.report()
    #expect(report.groups.map(\.reason) == [.badProducer, .unknownJob])
    #expect(report.groups[1].rows == 4 && report.groups[1].alreadySent == 1)
    #expect(report.groups[1].oldest == 10 && report.groups[1].newest == 30)
    #expect(report.groups[0].withoutRow == 1 && report.groups[0].oldest == nil)
    #expect(report.rows == 4 && report.sent == 0 && report.alreadySent == 1 && report.withoutRow == 1)
    #expect(report.gaps == 1 && report.foreign == 2)

    var outcome = LetterSender.Outcome()
    outcome.stored = [3]
    (outcome.tooLarge, outcome.unanswered) = (1, 0)
    report = ledger.report(outcome)
    #expect(report.groups.map(\.sent) == [0, 3] && report.sent == 3 && report.tooLarge == 1)
  }

  /// A second producer with the router's transactional id would shut the router's out.
  @Test func sendsAsNobodyElse() {
    let properties = LetterSender.properties(
      ClientProperties(["transactional.id": "ldms-router-one", "transaction.timeout.ms": "60000", "acks": "all"]))
    #expect(properties["transactional.id"] == nil && properties["transaction.timeout.ms"] == nil)
    #expect(properties["acks"] == "all" && properties["client.id"] == "ldms-router-redrive")
  }
}
