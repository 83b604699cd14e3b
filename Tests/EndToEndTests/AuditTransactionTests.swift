import Auditing
import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Audits of topics that were written in transactions: their marks take offsets, and aborted copies are there for nobody.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct AuditTransactionTests {
  /// Copies of rows, stored in transactions.
  private struct Copies {
    let site: AuditSite
    let producer: Producer

    init(_ site: AuditSite) throws {
      self.site = site
      var properties = Stage.client(site.stage.adminProperties)
      properties["transactional.id"] = "audit" + site.stage.tag
      producer = try Producer(properties: properties, observer: SilentObserver())
      try producer.initTransactions(timeoutMilliseconds: 30_000)
    }

    /// Begins a transaction with copies of rows.
    func begin(_ rows: some Collection<InputRow>) throws {
      try producer.beginTransaction()
      for row in rows {
        let owner = try #require(AuditSite.owner(row))
        for (topic, partition) in [
          (owner.userTopic(prefix: site.stage.prefix), try site.userPartition(of: row)),
          (owner.jobTopic(prefix: site.stage.prefix), 0),
        ] {
          let handle = try producer.topic(named: topic)
          let key = try site.key(of: row.key)
          let code = row.payload.withUnsafeBytes { value in
            Array(key.utf8).withUnsafeBytes { key in
              producer.produce(to: handle, partition: partition, value: value, key: key, timestamp: 0, tag: 1)
            }
          }
          try #require(code == nil)
        }
      }
      try #require(producer.flush(timeoutMilliseconds: 30_000) { _ in })
    }

    func commit() throws { try producer.commitTransaction(timeoutMilliseconds: 30_000) }
    func abort() throws { try producer.abortTransaction(timeoutMilliseconds: 30_000) { _ in } }
  }

  /// A site whose router has got to its first rows only, with further rows.
  private func site() async throws -> (site: AuditSite, rows: [InputRow]) {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: 300)
    try await site.route()
    return (site, try site.rows.prefix(40).map { try site.add($0) })
  }

  private func auditor(_ site: AuditSite) throws -> Auditor {
    let settings = try site.stage.settings()
    return try Auditor(
      settings, client: try AdminClient(properties: settings.administration, observer: SilentObserver()),
      observer: SilentObserver(), timeoutMilliseconds: 30_000)
  }

  @Test func gapsAndAbortedCopiesAreNoTrouble() async throws {
    let (site, rows) = try await site()
    let copies = try Copies(site)
    for start in stride(from: 0, to: rows.count, by: 4) {
      try copies.begin(rows[start..<(start + 4)])
      try copies.abort()
      try copies.begin(rows[start..<(start + 4)])
      try copies.commit()
    }
    for row in rows { try site.commit(behind: row) }
    let outcome = try await site.audit("--exactly-once", "--strict", "--json")
    #expect(outcome.exitCode == 0)
    #expect(outcome.findings == [])
    #expect(outcome.number("rows") == 340 && outcome.number("proven_rows") == 340)

    // What was aborted has not arrived.
    let lost = try site.add(rows[0])
    try copies.begin([lost])
    try copies.abort()
    try site.commit(behind: lost)
    let other = try await site.audit("--json")
    #expect(other.exitCode == 1)
    #expect(other.number("missing") == 2 && other.findings.allSatisfy { $0.hasPrefix("missing \(lost.key) ") })
  }

  /// Inputs have marks, too: they are no rows that the router has not got to.
  @Test func marksBehindTheLastRowAreNotBeyond() async throws {
    let (site, rows) = try await site()
    for row in rows {
      try site.storeCopies(of: row)
      try site.commit(behind: row)
    }
    try site.stage.feed(rows.prefix(3), .aborted)
    let outcome = try await site.audit()
    #expect(outcome.exitCode == 0)
    #expect(!(outcome.output + outcome.errors).contains("beyond"))
    // A row behind them is one.
    try site.stage.feed(rows.prefix(1))
    let behind = try await site.audit()
    #expect((behind.output + behind.errors).contains("1 row beyond: "))
  }

  /// The offsets may be committed a moment before all topics show the rows of their transaction.
  @Test func openTransactionsAreWaitedFor() async throws {
    let (site, rows) = try await site()
    let copies = try Copies(site)
    try copies.begin(rows)
    for row in rows { try site.commit(behind: row) }
    var waits = 0
    let report = try auditor(site).run(AuditRequest()) { progress in
      guard progress.phase == .transactions else { return true }
      waits += 1
      if waits == 3 {
        do { try copies.commit() } catch { Issue.record("\(error)") }
      }
      return true
    }
    #expect(waits >= 3)
    #expect(report.isProven(exactlyOnce: true, strict: true))
    #expect(report.counts.proven == 340)
  }

  @Test func aWaitCanBeStopped() async throws {
    let (site, rows) = try await site()
    let copies = try Copies(site)
    try copies.begin(rows)
    for row in rows { try site.commit(behind: row) }
    for phase in [AuditProgress.Phase.transactions, .inputs] {
      do {
        _ = try auditor(site).run(AuditRequest()) { $0.phase != phase }
        Issue.record("it ended in spite of the open transaction")
      } catch {
        guard case .stopped = error as? AuditError else { throw error }
      }
    }
    try copies.abort()
  }

  /// What a router writes with `delivery: exactly-once`; the configuration decides that doubles are errors.
  @Test func exactlyOnceIsProven() async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one), .exactlyOnce))
    try await site.route()
    let outcome = try await site.audit("--strict", "--json")
    #expect(outcome.exitCode == 0)
    #expect(outcome.document["exactly_once"] as? Bool == true)
    #expect(outcome.number("rows") == 4671 && outcome.number("proven_rows") == 4671)

    let row = site.rows[0]
    let owner = try #require(AuditSite.owner(row))
    try site.store(row.payload, key: row.key, in: owner.jobTopic(prefix: site.stage.prefix))
    let doubled = try await site.audit()
    #expect(doubled.exitCode == 1)
    #expect(doubled.output.hasSuffix("Not proven: of 4,671 rows, copies are 1 doubled.\n"))
    #expect(doubled.errors.isEmpty)
  }

  /// Aborted rows of an input are no rows.
  @Test func inputsMayHaveGapsToo() async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: 100)
    var properties = Stage.client(site.stage.adminProperties)
    properties["transactional.id"] = "store" + site.stage.tag
    let producer = try Producer(properties: properties, observer: SilentObserver())
    try producer.initTransactions(timeoutMilliseconds: 30_000)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    for isCommitted in [true, false, true, false] {
      try producer.beginTransaction()
      for row in site.rows.prefix(10) {
        let topic = try producer.topic(named: row.topic)
        let code = row.payload.withUnsafeBytes {
          producer.produce(to: topic, partition: row.partition, value: $0, key: none, timestamp: 0, tag: 1)
        }
        try #require(code == nil)
      }
      try #require(producer.flush(timeoutMilliseconds: 30_000) { _ in })
      if isCommitted {
        try producer.commitTransaction(timeoutMilliseconds: 30_000)
      } else {
        try producer.abortTransaction(timeoutMilliseconds: 30_000) { _ in }
      }
    }
    let router = try RouterHarness(site.stage)
    try await router.waitForRows(120)
    try await router.stop()
    let outcome = try await site.audit("--exactly-once", "--json")
    #expect(outcome.exitCode == 0)
    #expect(outcome.number("rows") == 120 && outcome.number("proven_rows") == 120)
  }
}
