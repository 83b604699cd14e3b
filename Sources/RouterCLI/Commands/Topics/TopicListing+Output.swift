internal import MetricRouter
internal import Naming
internal import Runtime
internal import Topics
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
  func cells(withTopics: Bool) -> [TableCell] {
    (withTopics ? [TableCell(topic)] : []) + [
      TableCell(user?.text ?? "-"),
      TableCell(job?.text ?? "-"),
      TableCell(content.state.rawValue, content.state.style),
      TableCell("\(partitions)"),
      TableCell(Self.text(content.rows) { HumanFormat.count($0) }),
      TableCell(Self.text(content.bytes) { HumanFormat.bytes(UInt64(max(0, $0))) }),
      TableCell(content.lastRow.map { HumanFormat.age(.milliseconds(time - $0)) } ?? "-"),
    ]
  }

  /// The topic as a JSON object.
  ///
  /// - Parameter more: members that only some command has.
  func json(_ more: [JSONTree.Member] = []) -> JSONTree {
    func exact(_ amount: TopicContent.Amount?) -> JSONTree { amount.map { .boolean($0.isExact) } ?? .null }
    func moment(_ milliseconds: Int64?) -> JSONTree {
      JSONTree(milliseconds.map { Timestamp.text(milliseconds: $0) })
    }
    let members: [JSONTree.Member] = [
      .init("topic", .text(topic)), .init("kind", .text(kind)), .init("user", JSONTree(user?.text)),
      .init("job", JSONTree(job?.text)), .init("state", .text(content.state.rawValue)),
      .init("partitions", JSONTree(partitions)),
      .init("rows", JSONTree(content.rows?.value)), .init("rows_exact", exact(content.rows)),
      .init("bytes", JSONTree(content.bytes?.value)), .init("bytes_exact", exact(content.bytes)),
      .init("last_row", moment(content.lastRow)), .init("age_ms", JSONTree(content.lastRow.map { max(0, time - $0) })),
      .init("ended", moment(content.ended)),
    ]
    return .object(members + more)
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
