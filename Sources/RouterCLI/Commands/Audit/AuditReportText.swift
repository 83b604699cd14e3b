internal import Auditing
internal import Jobs
internal import MetricRouter
internal import Naming

/// The result of an audit for people.
struct AuditReportText {
  private let report: AuditReport
  private let judgement: AuditJudgement
  private let counts: AuditCounts

  /// The maximum number of names on a line; JSON has all of them.
  private static let shownNames = 5

  init(_ report: AuditReport, _ judgement: AuditJudgement) {
    self.report = report
    self.judgement = judgement
    counts = report.counts
  }

  /// Prints the tables, the findings and the verdict.
  func print(to output: Output) throws(CommandFailure) {
    try inputs.print(to: output)
    if counts.deadLettered > 0 {
      try output.line()
      try deadLetters.print(to: output)
    }
    if !report.topics.isEmpty {
      try output.line()
      try topics.print(to: output)
    }
    if !report.findings.isEmpty {
      try output.line()
      for finding in report.findings { try output.line(Self.line(finding, output.terminal)) }
    }
    try output.line()
    let isProven = judgement.isProven(report)
    try output.line(output.terminal.styled(verdict, isProven ? .good : .bad))
  }

  /// A column of counts; one that may be left out is, where all of it is 0.
  private struct CountColumn<Counts> {
    let title: String
    let isAlwaysShown: Bool
    let style: TextStyle
    let count: (Counts) -> Int64

    init(
      _ title: String, always isAlwaysShown: Bool = false, _ style: TextStyle = .plain,
      _ count: @escaping (Counts) -> Int64
    ) {
      self.title = title
      self.isAlwaysShown = isAlwaysShown
      self.style = style
      self.count = count
    }

    func cell(_ counts: Counts) -> TableCell {
      let number = count(counts)
      return TableCell(HumanFormat.count(number), number == 0 ? .plain : style)
    }
  }

  private var doubledStyle: TextStyle { judgement.isExactlyOnce ? .bad : .warning }
  private var unprovenStyle: TextStyle { judgement.isStrict ? .bad : .warning }

  private var inputs: Table {
    let all: [CountColumn<AuditReport.Partition>] = [
      CountColumn("ROWS", always: true) { $0.counts.rows },
      CountColumn("ROUTED", always: true) { $0.counts.routed },
      CountColumn("DEAD", always: true) { $0.counts.deadLettered },
      CountColumn("UNASSIGNED") { $0.counts.unassigned },
      CountColumn("WITHHELD") { $0.counts.withheld },
      CountColumn("WAITING", .warning) { $0.counts.waiting },
      CountColumn("REFUSED", .warning) { $0.counts.refused },
      CountColumn("REDRIVEN") { $0.counts.redriven },
      CountColumn("MISSING", always: true, .bad) { $0.counts.missing },
      CountColumn("DOUBLED", always: true, doubledStyle) { $0.counts.doubled },
      CountColumn("MISPLACED", always: true, .bad) { $0.counts.misplaced },
      CountColumn("ALTERED", .bad) { $0.counts.altered },
      CountColumn("EXPIRED", unprovenStyle) { $0.counts.expired },
      CountColumn("GONE", unprovenStyle) { $0.counts.gone },
      CountColumn("NO JOB TOPIC", unprovenStyle) { $0.counts.withoutJobTopic },
      CountColumn("DELETED UNREAD", .bad) { $0.counts.deletedUnread },
      CountColumn("BEYOND") { $0.offsetRange.beyond },
    ]
    let columns = all.filter { column in
      column.isAlwaysShown || report.partitions.contains { column.count($0) > 0 }
    }
    var table = Table([.shrinking("INPUT", minimum: 12)] + columns.map { .number($0.title) })
    for partition in report.partitions {
      table.add([TableCell("\(partition.partition)")] + columns.map { $0.cell(partition) })
    }
    return table
  }

  private var deadLetters: Table {
    var table = Table([.shrinking("INPUT", minimum: 12), .text("DEAD LETTERS"), .number("ROWS")])
    for partition in report.partitions {
      for (reason, count) in partition.counts.deadLetters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        table.add([TableCell("\(partition.partition)"), TableCell(reason.rawValue), "\(HumanFormat.count(count))"])
      }
    }
    return table
  }

  private var topics: Table {
    let all: [CountColumn<TopicCounts>] = [
      CountColumn("MISSING", .bad, \.missing), CountColumn("DOUBLED", doubledStyle, \.doubled),
      CountColumn("MISPLACED", .bad, \.misplaced), CountColumn("ALTERED", .bad, \.altered),
      CountColumn("FOREIGN", .bad, \.foreign), CountColumn("EXPIRED", unprovenStyle, \.expired),
      CountColumn("GONE", unprovenStyle, \.gone), CountColumn("NO JOB TOPIC", unprovenStyle, \.withoutJobTopic),
    ]
    let columns = all.filter { column in report.topics.contains { column.count($0.counts) > 0 } }
    var table = Table([.shrinking("TOPIC", minimum: 20)] + columns.map { .number($0.title) })
    for topic in report.topics { table.add([TableCell(topic.name)] + columns.map { $0.cell(topic.counts) }) }
    return table
  }

  private static func line(_ finding: AuditFinding, _ terminal: Terminal) -> String {
    let row = finding.row.map { "\($0)" } ?? ""
    let topic = finding.topic + (finding.partition.map { "/\($0)" } ?? "")
    let place = topic + (finding.offset.map { "/\($0)" } ?? "")
    let words =
      switch finding.kind {
      case .misplaced: "\(row) is in \(place)"
      case .altered: "\(row) has other bytes in \(place)"
      case .missing: "\(row) is not in \(topic)"
      case .deleted: "\(row) and following"
      case .doubled: "\(row) is also in \(place)"
      case .foreign: "\(row.isEmpty ? "" : "\(row) is in ")\(place)"
      }
    let kind = DisplayWidth.padded(finding.kind.rawValue, to: 10, alignment: .left)
    return terminal.styled(kind, finding.kind == .doubled ? .warning : .bad) + words
      + (finding.detail.isEmpty ? "" : ": \(PrintableText.escaped(finding.detail))")
  }

  /// One line.
  private var verdict: String {
    let rows = Self.counted(counts.rows, "row")
    guard judgement.isProven(report) else {
      let parts = [
        (counts.missing, "missing"), (judgement.isExactlyOnce ? counts.doubled : 0, "doubled"),
        (counts.misplaced, "misplaced"), (counts.altered, "altered"), (report.foreign, "foreign"),
        (judgement.isStrict ? counts.expired + counts.gone + counts.withoutJobTopic : 0, "unproven"),
      ]
      let words = parts.filter { $0.0 > 0 }.map { "\(HumanFormat.count($0.0)) \($0.1)" }.joined(separator: ", ")
      let lost =
        counts.deletedUnread == 0
        ? "" : "\(Self.counted(counts.deletedUnread, "row")) deleted before the router had read them"
      let sentence = [words.isEmpty ? "" : "of \(rows), copies are \(words)", lost].filter { !$0.isEmpty }
      return "Not proven: \(sentence.joined(separator: "; "))."
    }
    guard counts.rows > 0 else { return "Nothing to prove: no such rows exist." }
    let unproven = counts.rows - counts.proven
    guard unproven == 0 else {
      let deleted = counts.expired + counts.gone > 0 ? "copies of the others have since been deleted" : ""
      let limited = counts.withoutJobTopic > 0 ? "others are only in their users' topics (jobs.max-topics)" : ""
      let reasons = [deleted, limited].filter { !$0.isEmpty }.joined(separator: ", ")
      return "Proven for \(HumanFormat.count(counts.proven)) of \(rows); \(reasons)."
    }
    return "Proven: \(rows), each where it belongs\(counts.doubled == 0 ? ", once," : "") with the same bytes."
  }

  /// What has to be known about the numbers, a sentence or two each.
  var notes: [String] {
    var notes: [String] = []
    if !report.absentInputs.isEmpty {
      notes.append("Input topics that do not exist: \(Self.names(report.absentInputs)).")
    }
    if report.beyond > 0 {
      notes.append(
        "\(Self.counted(report.beyond, "row")) beyond: the router had not reached them when the audit began, according to the committed offsets of "
          + "its group \(PrintableText.quoted(report.group)).")
    }
    let cut = report.partitions.filter(\.offsetRange.isCutShort)
    if !cut.isEmpty {
      notes.append(
        "Retention has deleted older rows of the input, which could not be audited: "
          + "\(Self.names(cut.map { "\($0.partition) before \($0.offsetRange.start)" })).")
    }
    if counts.unassigned > 0 {
      notes.append("\(Self.counted(counts.unassigned, "row")) unassigned: no job ran on the host.")
    }
    if counts.withheld > 0 {
      notes.append(
        "\(Self.counted(counts.withheld, "row")) withheld: jobs of several users ran on the host (identity.shared-nodes)."
      )
    }
    if counts.waiting > 0 {
      notes.append(
        "\(Self.counted(counts.waiting, "row")) waiting for the owner of a job (identity.owner-wait), or resent by "
          + "'router redrive'.")
    }
    if counts.refused > 0 {
      notes.append(
        "\(Self.counted(counts.refused, "row")) refused: dead-lettered because a topic was rejected, so one copy or both may be missing."
      )
    }
    if counts.redriven > 0 {
      notes.append(
        "\(Self.counted(counts.redriven, "row")) redriven: dead-lettered at first, and routed after 'router redrive'.")
    }
    if counts.doubled > 0, !judgement.isExactlyOnce {
      notes.append(
        "\(Self.counted(counts.doubled, "copy", "copies")) doubled, as at-least-once delivery allows; with "
          + "--exactly-once this is an error.")
    }
    if counts.expired > 0 {
      notes.append(
        "\(Self.counted(counts.expired, "copy", "copies")) expired: missing, but retention has deleted the oldest rows of the topic, possibly "
          + "these. Audit newer rows with --since, or treat this as an error with --strict.")
    }
    if counts.gone > 0 {
      let topics = report.topics.filter { $0.counts.gone > 0 }.map(\.name)
      notes.append(
        "\(Self.counted(counts.gone, "copy", "copies")) gone with the topics of \(Self.counted(Int64(topics.count), "job"))"
          + ": \(Self.names(topics)). Job topics are deleted some time after the job ends; --strict treats this as an error."
      )
    }
    if counts.withoutJobTopic > 0 {
      let topics = report.topics.filter { $0.counts.withoutJobTopic > 0 }.map(\.name)
      notes.append(
        "\(Self.counted(counts.withoutJobTopic, "row")) without a job topic: in their user's topic, and from before their "
          + "job had one, or with none there, while \(HumanFormat.count(report.jobTopicLimit)) others had, as many as "
          + "jobs.max-topics allows: "
          + "\(Self.names(topics)). --strict treats this as an error.")
    }
    return notes
  }

  private static func names(_ names: [String]) -> String {
    let shown = names.prefix(shownNames).joined(separator: ", ")
    return names.count > shownNames ? "\(shown) and \(HumanFormat.count(names.count - shownNames)) more" : shown
  }

  private static func counted(_ count: Int64, _ one: String, _ many: String? = nil) -> String {
    "\(HumanFormat.count(count)) \(count == 1 ? one : many ?? "\(one)s")"
  }
}
