public import Naming

/// The rows that were found in the dead-letter topic, and how many of them have been resent.
public struct RedriveReport: Sendable {
  /// Dead letters of one reason, whose rows came from one input topic.
  public struct Group: Sendable, Equatable {
    /// Why they are dead letters.
    public var reason: DeadLetterReason
    /// The input topic.
    public var input: String
    /// Rows that are to be sent.
    public var rows: Int64 = 0
    /// Rows of ``rows`` that have been sent: a broker has stored them.
    public var sent: Int64 = 0
    /// Rows that were sent before.
    public var alreadySent: Int64 = 0
    /// Dead letters without their rows, which were too large.
    public var withoutRow: Int64 = 0
    /// When the first of ``rows`` was stored, in milliseconds since 1970; `nil` where there is none.
    public var oldest: Int64?
    /// When the last of them was.
    public var newest: Int64?

    init(_ group: DeadLetterSelection.Group) {
      reason = group.reason
      input = group.input
    }
  }

  /// The groups, by reason and input.
  public internal(set) var groups: [Group] = []
  /// Messages about rows that retention had deleted before a router read them.
  public internal(set) var gaps: Int64 = 0
  /// Messages that no router has written.
  public internal(set) var foreign: Int64 = 0
  /// Rows that the topic of waiting rows does not take, because they are too large.
  public internal(set) var tooLarge: Int64 = 0
  /// Rows that were handed to a broker, whose answer did not come: only a second run finds out whether they were stored.
  public internal(set) var unanswered: Int64 = 0

  /// Rows that are to be sent.
  public var rows: Int64 { groups.reduce(0) { $0 + $1.rows } }
  /// Rows that have been sent.
  public var sent: Int64 { groups.reduce(0) { $0 + $1.sent } }
  /// Rows that were sent before.
  public var alreadySent: Int64 { groups.reduce(0) { $0 + $1.alreadySent } }
  /// Dead letters without their rows.
  public var withoutRow: Int64 { groups.reduce(0) { $0 + $1.withoutRow } }
}
