/// A setting of a topic that is to get another value.
public struct TopicSettingChange: Sendable, Hashable {
  /// Kafka's name of the setting.
  public let name: String
  /// The value that holds now, be it the topic's own or the broker's default; `nil` where the broker tells none.
  public let old: String?
  /// The value that it is to get.
  public let new: String

  /// A change.
  public init(_ name: String, from old: String?, to new: String) {
    self.name = name
    self.old = old
    self.new = new
  }

  /// Whether Kafka understands both values alike.
  public static func isSame(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    if let one = Int64(one), let other = Int64(other) { return one == other }
    if let one = Double(one), let other = Double(other) { return one == other }
    return Set(words(one)) == Set(words(other))
  }

  /// What the change may cost, as a sentence's end: `rows older than 1d go (7d were kept)`.
  ///
  /// `nil` where it loses nothing that is stored or comes.
  public var loss: String? {
    switch name {
    case "retention.ms":
      guard isReduction else { return nil }
      return "rows older than \(Self.duration(new)) are deleted (\(Self.duration(old ?? "")) were kept)"
    case "retention.bytes":
      guard isReduction else { return nil }
      let before = Self.limit(old) == .max ? "no limit" : "\(old ?? "") bytes"
      return "the oldest rows of partitions above \(new) bytes are deleted (\(before) before)"
    case "cleanup.policy":
      let (before, after) = (Set(Self.words(old ?? "")), Set(Self.words(new)))
      if after.contains("compact"), !before.contains("compact") {
        return "only the last of the rows with the same key stays, and rows without a key are rejected"
      }
      if after.contains("delete"), !before.contains("delete") { return "rows older than the retention are deleted" }
      return nil
    case "message.timestamp.type":
      guard new == "CreateTime" else { return nil }
      return "rows that arrive with a time older than the retention are deleted at once"
    case "max.message.bytes":
      return isReduction ? "batches larger than \(new) bytes are rejected from now on" : nil
    case "min.insync.replicas":
      return isReduction ? "rows are acknowledged with fewer copies, and can be lost with those brokers" : nil
    case "unclean.leader.election.enable":
      return new == "true" ? "acknowledged rows can be lost when brokers fail" : nil
    default:
      return nil
    }
  }

  private var isReduction: Bool {
    Self.limit(new) < Self.limit(old)
  }

  /// A number, where -1 and nothing stand for no limit.
  private static func limit(_ value: String?) -> Int64 {
    guard let number = value.flatMap({ Int64($0) }), number >= 0 else { return .max }
    return number
  }

  private static func words(_ list: String) -> [Substring] {
    list.split { $0 == "," || $0 == " " }
  }

  /// `7d`, `36h`, `90s` for milliseconds.
  private static func duration(_ value: String) -> String {
    guard let milliseconds = Int64(value), milliseconds >= 0 else { return "all" }
    let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60000, "min"), (1000, "s")]
    for (size, name) in units where milliseconds >= size && milliseconds % size == 0 {
      return "\(milliseconds / size) \(name)"
    }
    return "\(milliseconds) ms"
  }
}
