/// A first part of topic names that the router cannot use, and what to write instead.
public struct TopicPrefixError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// The prefix is empty.
    case empty
    /// `_`, which Kafka does not tell from `.`.
    case underscore
    /// A character that topics cannot have.
    case badCharacter(String)
    /// A `.` at the beginning or end, or two together.
    case emptyPart
    /// The prefix is so long that the job topic of an ordinary user would not fit.
    case tooLong
  }

  /// The prefix as it was given.
  public var prefix: String
  /// The position in the prefix, in bytes from its start.
  public var position: Int
  /// What is wrong.
  public var problem: Problem

  /// What is wrong, where, what to do.
  public var description: String {
    let what =
      switch problem {
      case .empty: "is empty; write one such as `ldms`"
      case .underscore:
        "has a `_`; Kafka rejects topics that differ only in `_` and `.`, so write `-` or `.` instead"
      case .badCharacter(let text): "has `\(Name(text))`; write only ASCII letters, digits, `-` and `.`"
      case .emptyPart: "has a `.` with nothing before or after it; write parts as in `site.ldms`"
      case .tooLong: "is too long; at most \(TopicNames.longestPrefix) bytes, so that users and jobs fit after it"
      }
    return "topic prefix `\(Name(prefix))`, character \(position + 1): \(what)"
  }
}
