import ConfigurationFiles
import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Too many topics, on Apache Kafka: more jobs than may have one, and topics that are not written any more.
@Suite(.requiresKafka) struct TopicLimitTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }
  private static func job(_ row: InputRow, _ stage: Stage) -> String {
    owner(row)?.jobTopic(prefix: stage.prefix) ?? ""
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func rowsOfFurtherJobsGoToTheirUsersAlone(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let recorded = try stage.rows(of: .recording, first: 900)
    let jobs = Set(recorded.map { Self.job($0, stage) })
    try #require(jobs.count > 2)
    var settings = try stage.settings { $0.jobs.maxTopics = 2 }
    settings.rotation.idleMilliseconds = 1500
    settings.rotation.sweepMilliseconds = 200
    try stage.makeInputs(recorded)
    try stage.feed(recorded)
    let router = RouterHarness(settings, creator: stage.creator)
    try await router.waitForRows(recorded.count)
    let first = Set(try stage.outputTopics().keys.filter { $0.contains(".job.") })
    #expect(first.count == 2)
    let without = recorded.count { !first.contains(Self.job($0, stage)) }
    #expect(router.totals.withoutJobTopic == UInt64(without))
    #expect(router.log(containing: "too many jobs have a topic").count == 1)
    #expect(Set(router.status.snapshot().jobs.compactMap(\.jobTopic)) == first)
    #expect(router.status.snapshot().jobs.count == jobs.count)

    try await Self.checkAudit(stage, limited: without)

    // Silent jobs count as long as their topics are there. When one has been deleted, the next row of another job makes
    // its topic.
    let other = try #require(recorded.first { !first.contains(Self.job($0, stage)) })
    // They come after all that was recorded.
    let later = (recorded.map(\.timestamp).max() ?? 0) + 1000
    let more = recorded.filter { Self.job($0, stage) == Self.job(other, stage) }.map { row in
      var row = row
      row.timestamp = later
      return row
    }
    var rows = InputRow.numbered(recorded + more.prefix(1))
    try stage.feed([rows[rows.count - 1]])
    try await router.waitForRows(rows.count)
    #expect(try stage.outputTopics()[Self.job(other, stage)] == nil)
    let deleted = try #require(first.min())
    for outcome in try stage.admin.deleteTopics([deleted], timeoutMilliseconds: 30_000) {
      #expect(outcome.error == nil)
    }
    let pace = Deadline(within: .seconds(60))
    var turn = 0
    while try stage.outputTopics()[Self.job(other, stage)] == nil, !pace.hasPassed {
      turn += 1
      rows = InputRow.numbered(rows + [more[turn % more.count]])
      try stage.feed([rows[rows.count - 1]])
      try await router.waitForRows(rows.count)
    }
    #expect(try stage.outputTopics()[Self.job(other, stage)] != nil)
    let last = InputRow.numbered(rows + more.prefix(50))
    try stage.feed(last[rows.count...])
    try await router.waitForRows(last.count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(last.count))
    #expect(totals.deadLettered == 0)

    let delivered = try Delivered(stage)
    var (alone, early, withDeleted) = (0, 0, 0)
    for (index, row) in last.enumerated() {
      let owner = try #require(Self.owner(row))
      let topics = (delivered.byKey[row.key] ?? []).map(\.topic)
      let user = owner.userTopic(prefix: stage.prefix)
      let isSure = index < recorded.count ? first.contains(Self.job(row, stage)) : index >= rows.count
      if Self.job(row, stage) == deleted {
        #expect(topics == [user])
        withDeleted += 1
        continue
      }
      if topics == [user] {
        alone += 1
        if Self.job(row, stage) == Self.job(other, stage) { early += 1 }
      }
      let expected: [[String]] =
        isSure
        ? [[user, Self.job(row, stage)].sorted()]
        : index < recorded.count ? [[user]] : [[user], [user, Self.job(row, stage)].sorted()]
      #expect(expected.contains(topics.sorted()), "\(row.key) in \(topics)")
    }
    #expect(totals.withoutJobTopic == UInt64(alone))
    // One topic has gone that was there when the rows of the other job came. That they had none cannot be shown any more:
    // they are findings, with what may have been.
    #expect(early > 0)
    try await Self.checkAudit(stage, limited: alone - early + withDeleted, early: early)
  }

  /// `router audit` counts rows that the limit left out, and takes them for missing where it cannot be why.
  ///
  /// - Parameters:
  ///   - limited: rows of jobs that have no topic.
  ///   - early: rows from before their job's topic.
  private static func checkAudit(_ stage: Stage, limited: Int, early: Int = 0) async throws {
    let file = try RouterFile(stage)
    func audit(limit: Int, _ words: String...) async throws -> (isProven: Bool, document: [String: Any]) {
      let audit = try await RouterProgram.run(
        ["audit", "--config", file.path, "--json"] + words,
        environment: ["ROUTER_JOBS_MAX_TOPICS": "\(limit)", "ROUTER_INSTANCE": "one"], within: .seconds(60))
      let document = try? JSONSerialization.jsonObject(with: Data(audit.output))
      let findings = (document as? [String: Any])?["findings"] as? [[String: Any]] ?? []
      #expect(findings.count == early)
      for finding in findings {
        #expect(finding["kind"] as? String == "missing")
        #expect(
          (finding["detail"] as? String)?.contains("it may have arrived before the job got one") == true, "\(finding)")
      }
      return (audit.status == .exited(0), document as? [String: Any] ?? [:])
    }
    let tight = try await audit(limit: 2)
    #expect(tight.isProven == (early == 0))
    #expect(tight.document["without_job_topic"] as? Int == limited, "\(tight.document)")
    #expect(tight.document["missing"] as? Int == early && tight.document["gone"] as? Int == 0)
    #expect(try await !audit(limit: 2, "--strict").isProven)
    // With more room than there are topics, the limit explains nothing.
    let roomy = try await audit(limit: 10)
    #expect(roomy.isProven == (early == 0))
    #expect(roomy.document["without_job_topic"] as? Int == 0)
    #expect(
      roomy.document["missing"] as? Int == early && roomy.document["gone"] as? Int == limited, "\(roomy.document)")
  }

  @Test(.timeLimit(.minutes(3)), arguments: Configuration.Delivery.allCases)
  func producersThatAreRecreatedLoseAndRepeatNothing(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let recorded = try stage.rows(of: .recording)
    let busy = try #require(Self.owner(recorded[0])).job
    let head = Array(recorded.prefix(900))
    let middle = recorded.dropFirst(900).filter { Self.owner($0)?.job == busy }
    let tail = recorded.suffix(900)
    var settings = try stage.settings()
    settings.rotation.idleMilliseconds = 1000
    settings.rotation.sweepMilliseconds = 200
    settings.rotation.leastIdle = 2
    try stage.makeInputs(recorded)
    let router = RouterHarness(settings, creator: stage.creator)
    try stage.feed(head)
    try await router.waitForRows(head.count)

    // One job goes on while the topics of the others are not written: rows are under way when the producers change.
    var rows = head
    func rotations() -> Int { router.log(containing: "producers recreated").count }
    func feed(_ more: some Sequence<InputRow>) throws {
      let before = rows.count
      rows = InputRow.numbered(rows + more)
      try stage.feed(rows[before...])
    }
    let pace = Deadline(within: .seconds(60))
    var turn = 0
    while rotations() < 1, !pace.hasPassed {
      try feed(middle.dropFirst(turn * 40 % max(1, middle.count - 40)).prefix(40))
      turn += 1
    }
    #expect(rotations() >= 1, "\(router.log)")
    // All come back, and again all but one are silent.
    try feed(tail)
    try await router.waitForRows(rows.count)
    let again = Deadline(within: .seconds(60))
    while rotations() < 2, !again.hasPassed {
      try feed(middle.dropFirst(turn * 40 % max(1, middle.count - 40)).prefix(40))
      turn += 1
    }
    #expect(rotations() >= 2, "\(router.log)")
    try await router.waitForCommit(stage, rows)
    let busyTopic = Self.job(recorded[0], stage)
    let mine = UInt64(rows.count { Self.job($0, stage) == busyTopic })
    try await router.wait("what was done for the job that went on") { snapshot in
      snapshot.jobs.first { $0.jobTopic == busyTopic }?.rows == mine
    }
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    #expect(totals.consumed == totals.routed)
    #expect(router.log(containing: "recreating it").isEmpty)
    #expect(router.log(containing: "transaction aborted").isEmpty)
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
    delivered.checkOrder(rows) { Self.owner($0) }
  }
}
