/// Why an input topic cannot be read, as its brokers tell it.
public enum InputTrouble: String, Sendable, CaseIterable {
  /// READ or DESCRIBE permission is missing.
  case refused
  /// No broker leads at least one partition of the topic.
  case leaderless = "no-leader"
  /// The topic does not exist. That is normal before LDMS has stored the first row.
  case missing

  /// What a list of topics is called that have it.
  private var predicate: String {
    switch self {
    case .refused: "cannot be read: READ permission is missing for"
    case .leaderless: "cannot be read in full: no broker leads partitions of"
    case .missing: "do not exist yet:"
    }
  }

  /// How many topics a sentence names.
  private static let mostNamed = 5

  /// A sentence about these topics.
  public func sentence(_ topics: [String]) -> String {
    let named = topics.sorted().prefix(Self.mostNamed).joined(separator: ", ")
    let more = topics.count > Self.mostNamed ? " and \(topics.count - Self.mostNamed) more" : ""
    return "input topics \(predicate) \(named)\(more)"
  }
}
