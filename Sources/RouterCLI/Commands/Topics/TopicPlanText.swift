internal import ConfigurationFiles
internal import MetricRouter
internal import Topics
internal import Wording

/// A plan in words, and as JSON.
struct TopicPlanText {
  let directory: TopicDirectory

  /// The maximum number of names on a line; JSON has all of them.
  private static let shownNames = 7

  /// Whether it tells what would be done, or what was done.
  enum Tense {
    case plan
    case past
  }

  /// One line, and below it, indented, what is to be known about it.
  func lines(_ group: TopicPlan.Group, _ tense: Tense, _ terminal: Terminal) -> [String] {
    let what: String
    var remarks: [String] = []
    switch group.action {
    case .create:
      let partitions = directory.declaration(group.kind)?.partitions ?? 0
      what =
        "\(tense == .plan ? "create" : "created") \(names(group)): \(counted(partitions, "partition")), as \(file(group.kind)) says"
    case .changeSettings(let changes, _):
      let values = changes.map { "\($0.name) \($0.old ?? "(not set)") -> \($0.new)" }.joined(separator: ", ")
      what = "\(tense == .plan ? "change" : "changed") \(names(group)): \(values)"
      if tense == .plan { remarks = group.losses }
    case .addPartitions(let old, let new):
      what = "\(tense == .plan ? "add partitions to" : "added partitions to") \(names(group)): \(old) -> \(new)"
      if tense == .plan, group.kind != .input {
        remarks = ["later rows of a node may go to another partition than earlier ones"]
      }
    case .tooManyPartitions(let found, let declared):
      what = "cannot change \(names(group)): \(counted(found, "partition")), and \(file(group.kind)) says \(declared)"
      remarks = ["Kafka cannot remove partitions; delete the topic, or declare \(found)"]
    case .otherReplication(let found, let declared):
      what = "cannot change \(names(group)): \(counted(found, "replica")), and \(file(group.kind)) says \(declared)"
      remarks = ["Kafka's kafka-reassign-partitions.sh changes it; or declare \(found), or default"]
    }
    let style: TextStyle = group.losses.isEmpty ? .faint : .warning
    return [what] + remarks.map { "    " + terminal.styled($0, style) }
  }

  /// A difference as a JSON object.
  func json(_ group: TopicPlan.Group) -> JSONTree {
    let action: [JSONTree.Member]
    switch group.action {
    case .create:
      action = [
        .init("action", "create"), .init("partitions", JSONTree(directory.declaration(group.kind)?.partitions ?? 0)),
      ]
    case .changeSettings(let changes, _):
      let settings = changes.map { change -> JSONTree in
        ["name": .text(change.name), "from": JSONTree(change.old), "to": .text(change.new)]
      }
      action = [.init("action", "change-settings"), .init("settings", .list(settings))]
    case .addPartitions(let old, let new): action = Self.members("add-partitions", old, new)
    case .tooManyPartitions(let found, let declared): action = Self.members("remove-partitions", found, declared)
    case .otherReplication(let found, let declared): action = Self.members("change-replication", found, declared)
    }
    let start: [JSONTree.Member] = [
      .init("kind", .text(group.kind.rawValue)), .init("possible", .boolean(group.isPossible)),
    ]
    let end: [JSONTree.Member] = [.init("loses", Self.list(group.losses)), .init("topics", Self.list(group.topics))]
    return .object(start + action + end)
  }

  private static func members(_ action: String, _ old: some BinaryInteger, _ new: some BinaryInteger)
    -> [JSONTree.Member]
  {
    [.init("action", .text(action)), .init("from", JSONTree(old)), .init("to", JSONTree(new))]
  }

  /// Texts as a JSON list.
  static func list(_ texts: [String]) -> JSONTree { .list(texts.map { .text($0) }) }

  /// The topic's name where it is one; else how many, and the names of a few.
  func names(_ group: TopicPlan.Group) -> String {
    guard group.topics.count > 1, let first = group.topics.first else { return group.topics.first ?? "" }
    let count = "\(HumanFormat.count(group.topics.count)) \(group.kind.noun)s"
    let shown = group.topics.count <= Self.shownNames ? group.topics.joined(separator: ", ") : "\(first), ..."
    return "\(count) (\(shown))"
  }

  private func file(_ kind: TopicKind) -> String {
    directory.declaration(kind)?.place.path ?? kind.file
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
