import Foundation
import Naming
import Testing
import Wording

@testable import MetricRouter
@testable import Redrive
@testable import RouterCLI

/// What `router redrive` says of dead letters, in words and as JSON.
@Suite struct RedriveReportTextTests {
  private static let now: Int64 = 1_800_000_000_000

  private static func group(
    _ reason: DeadLetterReason, _ input: String, rows: Int64, sent: Int64 = 0, already: Int64 = 0, withoutRow: Int64 = 0
  ) -> RedriveReport.Group {
    var group = RedriveReport.Group(DeadLetterSelection.Group(reason: reason, input: input))
    (group.rows, group.sent, group.alreadySent, group.withoutRow) = (rows, sent, already, withoutRow)
    if rows > 0 { (group.oldest, group.newest) = (now - 7_500_000, now - 90_000) }
    return group
  }

  private func text(
    _ groups: [RedriveReport.Group], _ request: RedriveRequest = RedriveRequest(), wasSent: Bool = false,
    _ change: (inout RedriveReport) -> Void = { _ in }
  ) -> RedriveReportText {
    var report = RedriveReport()
    report.groups = groups
    change(&report)
    return RedriveReportText(report, request, wasSent: wasSent, now: Self.now)
  }

  private func table(_ text: RedriveReportText) throws -> String {
    let output = Output(capturingFor: .none)
    try text.table.print(to: output)
    return output.text
  }

  @Test func whatCanBeSentIsATable() throws {
    let plain = text([Self.group(.badProducer, "meminfo", rows: 4671), Self.group(.unknownJob, "vmstat", rows: 1)])
    #expect(
      try table(plain) == """
        REASON        INPUT     ROWS     OLDEST  NEWEST
        bad-producer  meminfo  4,671  2 h 5 min   1 min
        unknown-job   vmstat       1  2 h 5 min   1 min

        """)
    #expect(plain.notes(inputs: []).isEmpty && plain.counted == "4,672 rows")
    let full = text(
      [Self.group(.badProducer, "meminfo", rows: 0, already: 12, withoutRow: 1)], wasSent: true
    ) { ($0.gaps, $0.foreign, $0.tooLarge, $0.unanswered) = (1, 2, 3, 4) }
    #expect(
      try table(full) == """
        REASON        INPUT    ROWS  SENT  ALREADY SENT  NO ROW  OLDEST  NEWEST
        bad-producer  meminfo     0     0            12       1       -       -

        """)
    for (note, beginning) in zip(
      full.notes(inputs: []),
      [
        "1 dead letter without a row, ", "1 message about rows that retention deleted ", "2 messages ignored, ",
        "3 rows not sent: larger than ", "4 rows without an answer from a broker: ",
      ])
    { #expect(note.hasPrefix(beginning), "\(note)") }
    #expect(full.notes(inputs: []).count == 5)
  }

  @Test func topicsWithoutDeadLettersAreNamed() {
    var request = RedriveRequest()
    request.topics = ["memnfo", "vmstat", "meminfo"]
    let notes = text([Self.group(.badProducer, "meminfo", rows: 1)], request).notes(inputs: ["meminfo", "vmstat"])
    #expect(
      notes == [
        "No dead letters of input topic 'memnfo'. Did you mean 'meminfo'?", "No dead letters of input topic 'vmstat'.",
      ])
    #expect(text([]).notes(inputs: []) == ["No dead letters."])
  }

  @Test func theVerdictSaysWhatIsLeft() {
    func verdict(_ sent: Int64, tooLarge: Int64 = 0) -> String {
      text([Self.group(.badProducer, "meminfo", rows: 1200, sent: sent)], wasSent: true) { $0.tooLarge = tooLarge }
        .verdict
    }
    #expect(verdict(1200) == "1,200 rows sent.")
    #expect(verdict(7) == "7 of 1,200 rows sent; run the command again to send the rest.")
    #expect(verdict(1199, tooLarge: 1) == "1,199 of 1,200 rows sent.")
  }

  @Test func scriptsGetAllOfIt() throws {
    let text = text(
      [Self.group(.badProducer, "meminfo", rows: 5, sent: 4, already: 3, withoutRow: 2)], wasSent: true
    ) { ($0.gaps, $0.foreign, $0.tooLarge, $0.unanswered) = (6, 7, 0, 1) }
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.json.document.utf8)) as? [String: Any])
    #expect(document["applied"] as? Bool == true)
    for (name, number) in [
      ("rows", 5), ("sent", 4), ("already_sent", 3), ("without_row", 2), ("input_gaps", 6), ("foreign", 7),
      ("too_large", 0), ("unanswered", 1),
    ] { #expect(document[name] as? Int == number, "\(name)") }
    let group = try #require((document["groups"] as? [[String: Any]])?.first)
    #expect(group["reason"] as? String == "bad-producer" && group["input"] as? String == "meminfo")
    #expect(group["rows"] as? Int == 5 && group["sent"] as? Int == 4)
    #expect((group["oldest"] as? String)?.hasPrefix("2027-01-15T") == true)
  }
}
