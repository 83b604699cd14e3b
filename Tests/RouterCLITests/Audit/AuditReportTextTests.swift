import Foundation
import Kafka
import Naming
import Testing
import Wording

@testable import Auditing
@testable import MetricRouter
@testable import RouterCLI

/// The result of `router audit` in words and as JSON.
@Suite struct AuditReportTextTests {
  private static let partition = TopicPartition(topic: "meminfo", partition: 0)

  /// A report of ten rows.
  private func report(_ change: (inout AuditCounts) -> Void = { _ in }) -> AuditReport {
    var counts = AuditCounts()
    counts.rows = 10
    counts.routed = 10
    counts.proven = 10
    change(&counts)
    let offsetRange = AuditOffsetRange(Watermarks(low: 0, high: 10), committed: 10)
    return AuditReport(
      group: "ldms-router",
      partitions: [AuditReport.Partition(partition: Self.partition, offsetRange: offsetRange, counts: counts)],
      topics: [], findings: [], absentInputs: [], jobTopicLimit: 3, copies: 20, otherCopies: 0, foreign: 0)
  }

  private func text(
    _ report: AuditReport, exactlyOnce: Bool = false, strict: Bool = false, terminal: Terminal = .none
  ) throws -> String {
    let output = Output(capturingFor: terminal)
    let judgement = AuditJudgement(isExactlyOnce: exactlyOnce, isStrict: strict)
    try AuditReportText(report, judgement).print(to: output)
    return output.text
  }

  @Test func aProofIsShort() throws {
    #expect(
      try text(report()) == """
        INPUT      ROWS  ROUTED  DEAD  MISSING  DOUBLED  MISPLACED
        meminfo/0    10      10     0        0        0          0

        Proven: 10 rows, each where it belongs, once, with the same bytes.

        """)
    let terminal = Terminal(columns: 80, rows: 24, usesColours: true)
    #expect(
      try text(report(), terminal: terminal).hasSuffix(
        "\u{1B}[32mProven: 10 rows, each where it belongs, once, with the same bytes.\u{1B}[0m\n"))
  }

  @Test func theVerdictSaysWhatWasProven() throws {
    let cases: [((inout AuditCounts) -> Void, Bool, Bool, String)] = [
      ({ $0.doubled = 2 }, false, false, "Proven: 10 rows, each where it belongs with the same bytes."),
      ({ $0.doubled = 2 }, true, false, "Not proven: of 10 rows, copies are 2 doubled."),
      (
        { ($0.expired, $0.gone, $0.proven) = (2, 1, 8) }, false, false,
        "Proven for 8 of 10 rows; copies of the others have since been deleted."
      ),
      ({ ($0.expired, $0.gone, $0.proven) = (2, 1, 8) }, false, true, "Not proven: of 10 rows, copies are 3 unproven."),
      (
        { ($0.withoutJobTopic, $0.proven) = (4, 6) }, true, false,
        "Proven for 6 of 10 rows; others are only in their users' topics (jobs.max-topics)."
      ),
      (
        { ($0.withoutJobTopic, $0.gone, $0.proven) = (4, 1, 5) }, true, false,
        "Proven for 5 of 10 rows; copies of the others have since been deleted, others are only in their users' topics "
          + "(jobs.max-topics)."
      ),
      ({ ($0.withoutJobTopic, $0.proven) = (4, 6) }, true, true, "Not proven: of 10 rows, copies are 4 unproven."),
      (
        { ($0.missing, $0.misplaced, $0.altered, $0.doubled) = (1200, 2, 3, 4) }, true, true,
        "Not proven: of 10 rows, copies are 1,200 missing, 4 doubled, 2 misplaced, 3 altered."
      ),
      ({ $0 = AuditCounts() }, false, false, "Nothing to prove: no such rows exist."),
    ]
    for (change, exactlyOnce, strict, verdict) in cases {
      let text = try text(report(change), exactlyOnce: exactlyOnce, strict: strict)
      #expect(text.hasSuffix("\n\n\(verdict)\n"), "\(text)")
    }
  }

  /// One of each kind, with a hostile key.
  private var damaged: AuditReport {
    var report = report { counts in
      counts.deadLetters = [.badProducer: 2]
      (counts.refused, counts.missing, counts.doubled, counts.misplaced, counts.altered) = (1, 2, 1, 1, 1)
      (counts.expired, counts.gone) = (3, 4)
    }
    report.partitions[0].offsetRange = AuditOffsetRange(Watermarks(low: 5, high: 30), committed: 15)
    report.absentInputs = ["vmstat"]
    report.foreign = 1
    var counts = TopicCounts()
    (counts.missing, counts.gone) = (2, 4)
    report.topics = [AuditReport.Topic(name: "ldms.user.userA.job.7", counts: counts)]
    let row = RowPlace(Self.partition, offset: 7)
    let topic = "ldms.user.userA.rows"
    report.findings = [
      AuditFinding(.misplaced, row: row, topic: topic, partition: 1, offset: 8, detail: "it belongs to x"),
      AuditFinding(.altered, row: row, topic: topic, partition: 1, offset: 9),
      AuditFinding(.missing, row: row, topic: topic, partition: nil, offset: nil, detail: "the topic does not exist"),
      AuditFinding(.missing, row: row, topic: topic, partition: 2, offset: nil),
      AuditFinding(.doubled, row: row, topic: topic, partition: 1, offset: 10),
      AuditFinding(
        .foreign, row: row, topic: topic, partition: 1, offset: 11, detail: "the input topic has no such row"),
      AuditFinding(.foreign, row: nil, topic: topic, partition: 1, offset: 12, detail: "its key \"\u{1B}[2J\" is not"),
    ]
    return report
  }

  @Test func everythingHasItsPlace() throws {
    #expect(
      try text(damaged) == """
        INPUT      ROWS  ROUTED  DEAD  REFUSED  MISSING  DOUBLED  MISPLACED  ALTERED  EXPIRED  GONE  BEYOND
        meminfo/0    10      10     2        1        2        1          1        1        3     4      15

        INPUT      DEAD LETTERS  ROWS
        meminfo/0  bad-producer     2

        TOPIC                  MISSING  GONE
        ldms.user.userA.job.7        2     4

        misplaced meminfo/0/7 is in ldms.user.userA.rows/1/8: it belongs to x
        altered   meminfo/0/7 has other bytes in ldms.user.userA.rows/1/9
        missing   meminfo/0/7 is not in ldms.user.userA.rows: the topic does not exist
        missing   meminfo/0/7 is not in ldms.user.userA.rows/2
        doubled   meminfo/0/7 is also in ldms.user.userA.rows/1/10
        foreign   meminfo/0/7 is in ldms.user.userA.rows/1/11: the input topic has no such row
        foreign   ldms.user.userA.rows/1/12: its key "\\x1b[2J" is not

        Not proven: of 10 rows, copies are 2 missing, 1 misplaced, 1 altered, 1 foreign.

        """)
    let notes = AuditReportText(damaged, AuditJudgement(isExactlyOnce: false, isStrict: false)).notes
    #expect(notes.count == 7)
    for (note, beginning) in zip(
      notes,
      [
        "Input topics that do not exist: vmstat.", "15 rows beyond: ",
        "Retention has deleted older rows of the input, which could not be audited: meminfo/0 before 5.",
        "1 row refused: ", "1 copy doubled, ", "3 copies expired: ",
        "4 copies gone with the topics of 1 job: ldms.user.userA.job.7. ",
      ])
    { #expect(note.hasPrefix(beginning), "\(note)") }
  }

  @Test func rowsThatWereDeletedUnreadAreAgainstIt() throws {
    let report = report { $0.deletedUnread = 2 }
    let judgement = AuditJudgement(isExactlyOnce: false, isStrict: false)
    #expect(!judgement.isProven(report))
    #expect(try text(report).hasSuffix("Not proven: 2 rows deleted before the router had read them.\n"))
  }

  @Test func redrivenRowsAreCountedAndExplained() throws {
    let report = report { $0.redriven = 3 }
    #expect(
      try text(report) == """
        INPUT      ROWS  ROUTED  DEAD  REDRIVEN  MISSING  DOUBLED  MISPLACED
        meminfo/0    10      10     0         3        0        0          0

        Proven: 10 rows, each where it belongs, once, with the same bytes.

        """)
    let judgement = AuditJudgement(isExactlyOnce: false, isStrict: false)
    #expect(
      AuditReportText(report, judgement).notes == [
        "3 rows redriven: dead-lettered at first, and routed after 'router redrive'."
      ])
    #expect(report.json(judgement, elapsedMilliseconds: 1).document.contains("\"redriven\": 3"))
  }

  @Test func rowsWithoutAJobTopicAreCountedAndExplained() throws {
    var report = report { ($0.withoutJobTopic, $0.proven) = (4, 6) }
    var counts = TopicCounts()
    counts.withoutJobTopic = 4
    report.topics = [AuditReport.Topic(name: "ldms.user.userA.job.7", counts: counts)]
    #expect(
      try text(report) == """
        INPUT      ROWS  ROUTED  DEAD  MISSING  DOUBLED  MISPLACED  NO JOB TOPIC
        meminfo/0    10      10     0        0        0          0             4

        TOPIC                  NO JOB TOPIC
        ldms.user.userA.job.7             4

        Proven for 6 of 10 rows; others are only in their users' topics (jobs.max-topics).

        """)
    let judgement = AuditJudgement(isExactlyOnce: false, isStrict: false)
    #expect(
      AuditReportText(report, judgement).notes == [
        "4 rows without a job topic: in their user's topic, and from before their job had one, or with none there, while "
          + "3 others had, as many as jobs.max-topics allows: ldms.user.userA.job.7. --strict treats this as an error."
      ])
    let data = Data(report.json(judgement, elapsedMilliseconds: 1).document.utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(document["without_job_topic"] as? Int == 4 && document["job_topic_limit"] as? Int == 3)
    #expect(document["proven"] as? Bool == true && document["missing"] as? Int == 0)
    let topic = try #require((document["topics"] as? [[String: Any]])?.first)
    #expect(topic["without_job_topic"] as? Int == 4)
  }

  @Test func scriptsGetAllOfIt() throws {
    let judgement = AuditJudgement(isExactlyOnce: true, isStrict: false)
    let data = Data(damaged.json(judgement, elapsedMilliseconds: 12).document.utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(document["proven"] as? Bool == false && document["elapsed_ms"] as? Int == 12)
    #expect(document["foreign"] as? Int == 1 && document["beyond"] as? Int == 15)
    #expect(document["dead_letters"] as? [String: Int] == ["bad-producer": 2])
    let input = try #require((document["inputs"] as? [[String: Any]])?.first)
    #expect(input["topic"] as? String == "meminfo" && input["partition"] as? Int == 0)
    #expect(input["start_offset"] as? Int == 5 && input["end_offset"] as? Int == 15)
    #expect(input["older_rows_deleted"] as? Bool == true && input["missing"] as? Int == 2)
    let topic = try #require((document["topics"] as? [[String: Any]])?.first)
    #expect(topic["missing"] as? Int == 2 && topic["gone"] as? Int == 4)
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect(findings.map { $0["kind"] as? String } == damaged.findings.map(\.kind.rawValue))
    #expect(findings[0]["row"] as? String == "meminfo/0/7" && findings[0]["offset"] as? Int == 8)
    #expect(findings[2]["partition"] is NSNull && findings[2]["offset"] is NSNull)
    #expect(findings[6]["row"] is NSNull && findings[3]["detail"] is NSNull)
  }
}
