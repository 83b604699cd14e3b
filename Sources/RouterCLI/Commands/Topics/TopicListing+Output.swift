internal import MetricRouter
internal import Wording

extension TopicListing {
  /// The columns of the table.
  ///
  /// - Parameter withTopics: also the topics' names, for those that belong to no user.
  static func columns(withTopics: Bool) -> [TableColumn] {
    (withTopics ? [.shrinking("TOPIC", minimum: 12)] : []) + [
      .shrinking("USER"), .shrinking("JOB"), .text("STATE"), .number("PARTITIONS"), .number("ROWS"), .number("BYTES"),
      .number("LAST ROW"),
    ]
  }

  /// The cells of its row.
  func cells(withTopics: Bool, now: Int64) -> [TableCell] {
    (withTopics ? [TableCell(topic)] : []) + [
      TableCell(user?.text ?? "-"),
      TableCell(job?.text ?? "-"),
      TableCell(content.state.rawValue, content.state.style),
      TableCell("\(partitions)"),
      TableCell(Self.text(content.rows) { HumanFormat.count($0) }),
      TableCell(Self.text(content.bytes) { HumanFormat.bytes(UInt64(max(0, $0))) }),
      TableCell(content.lastRow.map { HumanFormat.age(.milliseconds(now - $0)) } ?? "-"),
    ]
  }

  /// One JSON object.
  ///
  /// - Parameter more: members that only some command has.
  func json(now: Int64, _ more: [(String, String)] = []) -> String {
    func text(_ name: Name?) -> String { name.map { Escaping.json($0.text) } ?? "null" }
    func number(_ number: Int64?) -> String { number.map { "\($0)" } ?? "null" }
    func exact(_ amount: TopicContent.Amount?) -> String { amount.map { "\($0.isExact)" } ?? "null" }
    let members =
      [
        ("topic", Escaping.json(topic)), ("kind", Escaping.json(kind)), ("user", text(user)), ("job", text(job)),
        ("state", Escaping.json(content.state.rawValue)), ("partitions", "\(partitions)"),
        ("rows", number(content.rows?.value)), ("rows_exact", exact(content.rows)),
        ("bytes", number(content.bytes?.value)), ("bytes_exact", exact(content.bytes)),
        ("last_row_ms", number(content.lastRow)), ("age_ms", number(content.lastRow.map { max(0, now - $0) })),
        ("ended_ms", number(content.ended)),
      ] + more
    return "{" + members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
  }

  private static func text(_ amount: TopicContent.Amount?, _ format: (Int64) -> String) -> String {
    amount.map { ($0.isExact ? "" : "~") + format($0.value) } ?? "-"
  }
}

extension TopicContent.State {
  fileprivate var style: TextStyle {
    switch self {
    case .active: .good
    case .silent: .plain
    case .ended, .empty: .faint
    case .unknown: .warning
    }
  }
}
