internal import MetricRouter
internal import Naming
internal import Redrive
internal import Runtime
internal import Wording

/// The dead letters that were found, or sent, for people and for scripts.
struct RedriveReportText {
  private let report: RedriveReport
  private let request: RedriveRequest
  private let wasSent: Bool
  private let now: Int64

  /// - Parameters:
  ///   - wasSent: whether it was tried to send them.
  ///   - now: in milliseconds since 1970.
  init(
    _ report: RedriveReport, _ request: RedriveRequest, wasSent: Bool = false, now: Int64 = WallClock.milliseconds()
  ) {
    self.report = report
    self.request = request
    self.wasSent = wasSent
    self.now = now
  }

  /// Whether the table has no rows.
  var isEmpty: Bool { report.groups.isEmpty }

  /// Whether there is anything to be sent.
  var hasRows: Bool { report.rows > 0 }

  /// Whether everything that could be sent has been sent.
  var isComplete: Bool { report.sent == report.rows }

  /// `4,671 rows`.
  var counted: String { Self.counted(report.rows, "row") }

  /// A row for each reason and input topic. Columns that only some have are left out where all of it is 0.
  var table: Table {
    var columns: [TableColumn] = [.text("REASON"), .shrinking("INPUT", minimum: 12), .number("ROWS")]
    if wasSent { columns.append(.number("SENT")) }
    if report.alreadySent > 0 { columns.append(.number("ALREADY SENT")) }
    if report.withoutRow > 0 { columns.append(.number("NO ROW")) }
    columns += [.number("OLDEST"), .number("NEWEST")]
    var table = Table(columns)
    for group in report.groups {
      var cells: [TableCell] = [TableCell(group.reason.rawValue), TableCell(group.input), Self.cell(group.rows)]
      if wasSent { cells.append(Self.cell(group.sent, group.sent < group.rows ? .warning : .plain)) }
      if report.alreadySent > 0 { cells.append(Self.cell(group.alreadySent)) }
      if report.withoutRow > 0 { cells.append(Self.cell(group.withoutRow, group.withoutRow > 0 ? .warning : .plain)) }
      cells += [age(group.oldest), age(group.newest)]
      table.add(cells)
    }
    return table
  }

  /// What has to be known about the numbers, a sentence or two each.
  ///
  /// - Parameter inputs: the configured input topics, for near misses.
  func notes(inputs: [String]) -> [String] {
    var notes: [String] = []
    for topic in request.topics.sorted() where !report.groups.contains(where: { $0.input == topic }) {
      let nearest = NearMiss.nearest(to: topic, among: inputs.filter { $0 != topic })
      let advice = inputs.contains(topic) ? "" : nearest.map { " Did you mean \(PrintableText.quoted($0))?" } ?? ""
      notes.append("No dead letters of input topic \(PrintableText.quoted(topic)).\(advice)")
    }
    if report.groups.isEmpty, request.topics.isEmpty { notes.append("No dead letters.") }
    if report.withoutRow > 0 {
      notes.append(
        "\(Self.counted(report.withoutRow, "dead letter")) without a row, which was too large: the header detail says "
          + "where it is in the input topic.")
    }
    if report.gaps > 0 {
      notes.append(
        "\(Self.counted(report.gaps, "message")) about rows that retention deleted before a router read them (input-gap): "
          + "nothing to send.")
    }
    if report.foreign > 0 {
      notes.append(
        "\(Self.counted(report.foreign, "message")) ignored, without the key or the reason of a dead letter.")
    }
    if report.tooLarge > 0 {
      notes.append(
        "\(Self.counted(report.tooLarge, "row")) not sent: larger than the topic of waiting rows accepts "
          + "(max.message.bytes in topics/waiting.yaml).")
    }
    if report.unanswered > 0 {
      notes.append(
        "\(Self.counted(report.unanswered, "row")) without an answer from a broker: the next run finds out whether they "
          + "were stored.")
    }
    return notes
  }

  /// How much of it has been sent.
  var verdict: String {
    guard !isComplete else { return "\(counted) sent." }
    let isLeft = report.rows > report.sent + report.tooLarge
    let advice = isLeft ? "; run the command again to send the rest" : ""
    return "\(HumanFormat.count(report.sent)) of \(counted) sent\(advice)."
  }

  /// All of it, as one document.
  var json: JSONTree {
    .object([
      "applied": .boolean(wasSent), "rows": .integer(report.rows), "sent": .integer(report.sent),
      "already_sent": .integer(report.alreadySent), "without_row": .integer(report.withoutRow),
      "input_gaps": .integer(report.gaps), "foreign": .integer(report.foreign),
      "too_large": .integer(report.tooLarge), "unanswered": .integer(report.unanswered),
      "groups": .list(report.groups.map(Self.json)),
    ])
  }

  private static func json(_ group: RedriveReport.Group) -> JSONTree {
    func moment(_ milliseconds: Int64?) -> JSONTree {
      JSONTree(milliseconds.map { Timestamp.text(milliseconds: $0) })
    }
    return .object([
      "reason": .text(group.reason.rawValue), "input": .text(group.input), "rows": .integer(group.rows),
      "sent": .integer(group.sent), "already_sent": .integer(group.alreadySent),
      "without_row": .integer(group.withoutRow), "oldest": moment(group.oldest), "newest": moment(group.newest),
    ])
  }

  private func age(_ time: Int64?) -> TableCell {
    TableCell(time.map { HumanFormat.age(.milliseconds(now - $0)) } ?? "-")
  }

  private static func cell(_ count: Int64, _ style: TextStyle = .plain) -> TableCell {
    TableCell(HumanFormat.count(count), style)
  }

  private static func counted(_ count: Int64, _ noun: String) -> String {
    "\(HumanFormat.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
