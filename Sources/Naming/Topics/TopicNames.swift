/// The names of the router's own topics.
///
/// ```
/// <prefix>.user.<user>.rows         all rows of a user
/// <prefix>.user.<user>.job.<job>    the rows of one job
/// <prefix>.router.jobs              the job index
/// <prefix>.router.dead-letter       the dead letters
/// <prefix>.router.waiting           rows that wait until it is known whose job they are of
/// ```
///
/// Everything of a user begins with `<prefix>.user.<user>.`, and nothing of another does: users and jobs are encoded
/// without a `.` (`TopicNameEncoding`). So one ACL on that prefix is all that a user needs.
public struct TopicNames: Sendable, Hashable {
  /// The longest topic name that Kafka allows, in bytes.
  public static let longestName = 249
  /// The longest prefix: after it a Unix user of 32 bytes and a job id of 20 digits still fit.
  public static let longestPrefix = longestName - ".user.".utf8.count - 32 - ".job.".utf8.count - 20

  /// The configured first part.
  public let prefix: String
  /// The topic of the job index.
  public let jobIndex: String
  /// The dead-letter topic.
  public let deadLetters: String
  /// The topic of waiting rows: rows whose job has no known owner yet. It is the only topic that the router both writes and
  /// reads.
  public let waiting: String

  /// Names that begin with this prefix: `[A-Za-z0-9-]+` parts with a `.` between them.
  public init(prefix: String = "ldms") throws(TopicPrefixError) {
    let bytes = Array(prefix.utf8)
    func fail(_ position: Int, _ problem: TopicPrefixError.Problem) -> TopicPrefixError {
      TopicPrefixError(prefix: prefix, position: position, problem: problem)
    }
    guard !bytes.isEmpty else { throw fail(0, .empty) }
    var before: Unicode.Scalar = "."
    for unit in NameScanner(bytes) {
      let position = unit.range.lowerBound
      // A String's UTF-8 always decodes; U+FFFD is refused below like any other character.
      let scalar = unit.scalar ?? "\u{FFFD}"
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-": break
      case ".": if before == "." { throw fail(position, .emptyPart) }
      case "_": throw fail(position, .underscore)
      default: throw fail(position, .badCharacter(String(decoding: bytes[unit.range], as: UTF8.self)))
      }
      before = scalar
    }
    guard before != "." else { throw fail(bytes.count - 1, .emptyPart) }
    guard bytes.count <= TopicNames.longestPrefix else { throw fail(TopicNames.longestPrefix, .tooLong) }
    self.prefix = prefix
    jobIndex = prefix + ".router.jobs"
    deadLetters = prefix + ".router.dead-letter"
    waiting = prefix + ".router.waiting"
  }

  /// What all topics of a user begin with, for a prefixed ACL.
  ///
  /// `nil` where no topic of this user would fit.
  public func aclPrefix(user: Name) -> String? {
    self.user(user).map { String($0.dropLast("rows".count)) }
  }

  /// What all consumer groups of a user begin with, for a prefixed ACL.
  ///
  /// The name is encoded as in topics, although groups may have any name: were it not, the prefix `a.` of user `a`
  /// would open the groups `a.l.plot` of user `a.l`.
  public static func groupPrefix(user: Name) -> String {
    TopicNameEncoding.encode(user) + "."
  }

  /// The topic of all rows of a user.
  ///
  /// `nil` where the name would be longer than Kafka allows.
  public func user(_ user: Name) -> String? {
    fitting(userPrefix(user) + "rows")
  }

  /// The topic of one job of a user.
  ///
  /// `nil` where the name would be longer than Kafka allows.
  public func job(_ job: Name, user: Name) -> String? {
    fitting(userPrefix(user) + "job." + TopicNameEncoding.encode(job))
  }

  /// The kind of one of the router's topics, by its name.
  ///
  /// `nil` where it is none that these names make.
  public func read(_ topic: String) -> OwnTopic? {
    let bytes = Array(topic.utf8)
    guard bytes.count <= TopicNames.longestName else { return nil }
    if bytes.elementsEqual(jobIndex.utf8) { return .jobIndex }
    if bytes.elementsEqual(deadLetters.utf8) { return .deadLetters }
    if bytes.elementsEqual(waiting.utf8) { return .waiting }
    let stem = Array((prefix + ".user.").utf8)
    guard bytes.starts(with: stem) else { return nil }
    let parts = bytes[stem.count...].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let first = parts.first, let user = TopicNameEncoding.decode(first) else { return nil }
    switch (parts.count, parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "") {
    case (2, "rows"): return .user(user)
    case (3, "job"): return TopicNameEncoding.decode(parts[2]).map { .job($0, user: user) }
    default: return nil
    }
  }

  /// Whether a topic lies where the router writes.
  ///
  /// Such a topic can never be its input.
  public func owns(_ topic: String) -> Bool {
    topic.utf8.starts(with: (prefix + ".user.").utf8) || topic.utf8.starts(with: (prefix + ".router.").utf8)
  }

  /// Regular expressions for all topics that `owns` is true for and that no router reads as rows, as librdkafka's
  /// `topic.blacklist` takes them.
  public var ownTopicPatterns: [String] {
    // Of the characters that a prefix may have, only the dot means something in a regular expression.
    let literal = prefix.split(separator: ".").joined(separator: "\\.")
    // The topic of waiting rows is the only one of the last kind that begins so, and the expressions know no "but".
    return ["^\(literal)\\.user\\.", "^\(literal)\\.router\\.[^w]"]
  }

  private func userPrefix(_ user: Name) -> String {
    prefix + ".user." + TopicNameEncoding.encode(user) + "."
  }

  private func fitting(_ topic: String) -> String? {
    topic.utf8.count <= TopicNames.longestName ? topic : nil
  }
}
