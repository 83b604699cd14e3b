import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Rows that Kafka deleted before the router had read them: nobody has to find out by himself.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct InputGapOnKafkaTests {
  @Test(arguments: Soak.deliveries)
  func whatWasDeletedUnreadIsReported(_ delivery: Configuration.Delivery) async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one), delivery), first: 300)
    try await site.route()
    // The router is away; of five more rows Kafka keeps the last.
    let row = try #require(site.rows.last)
    let more = try (0..<5).map { _ in try site.add(row) }
    try await site.deleteRecords(row.topic, row.partition, before: more[4].offset)
    let place = "\(row.topic)/\(row.partition)"
    let finding = "deleted \(more[0].key) \(more[0].key)"

    // An audit knows before the router does.
    let before = try await site.audit("--json")
    #expect(before.exitCode == 1)
    #expect(before.findings == [finding] && before.number("deleted_before_routed") == 4)

    let log = try await site.route()
    let lines = log.split(separator: "\n").filter { $0.contains("rows were deleted before the router had read them") }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    for part in [
      " error ", "topic=\(row.topic)", "partitions=\(row.partition)", "from=\(more[0].offset)", "to=\(more[3].offset)",
      "count=4",
    ] {
      #expect(line.contains(part), "\(line)")
    }
    // And afterwards.
    let after = try await site.audit("--json")
    #expect(after.exitCode == 1)
    #expect(after.findings == [finding], "\(after.findings)")
    #expect(after.number("deleted_before_routed") == 4 && after.number("missing") == 0 && after.number("foreign") == 0)
    let text = try await site.audit()
    #expect(text.output.hasSuffix("Not proven: 4 rows deleted before the router had read them.\n"))
    #expect(
      text.output.contains(
        "deleted   \(more[0].key) and following: 4 rows of \(place), from offset \(more[0].offset) to "
          + "\(more[3].offset), were deleted before the router had read them\n"))
  }

  /// Marks of transactions and aborted rows are holes, too.
  @Test(arguments: Soak.deliveries)
  func holesOfTransactionsAreNone(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 60)
    try stage.makeInputs(rows)
    let router = try RouterHarness(stage)
    for start in stride(from: 0, to: 60, by: 20) {
      try stage.feed(rows[start..<(start + 20)], .aborted)
      try stage.feed(rows[start..<(start + 20)], .committed)
    }
    try await router.waitForRows(60)
    let totals = try await router.stop()
    #expect(totals.routed == 60 && totals.inputGaps == 0 && totals.rowsDeletedUnread == 0)
  }

  /// A partition all of whose rows are gone while the router runs on another one.
  @Test func aPartitionWithoutARowThatIsLeftIsNoticedAsWell() async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: 300)
    try await site.route()
    let row = try #require(site.rows.last)
    let more = try (0..<3).map { _ in try site.add(row) }
    try await site.deleteRecords(row.topic, row.partition, before: more[2].offset + 1)
    let router = try RouterHarness(site.stage)
    try await router.wait("the gap is noticed") { $0.totals.rowsDeletedUnread == 3 && $0.totals.inputGaps == 1 }
    // The next row goes its way, and the end is committed.
    let next = try site.add(row)
    try await router.waitForCommit(site.stage, site.rows)
    let totals = try await router.stop()
    #expect(totals.routed == 1 && totals.inputGaps == 1)
    #expect(try site.stage.outputs().contains { $0.key == next.key })
    let headers = try site.stage.outputs().filter { $0.topic == site.stage.deadLetters }.map(\.headers)
    #expect(headers.contains { $0.contains(MessageHeader("reason", "input-gap")) }, "\(headers)")
  }
}
