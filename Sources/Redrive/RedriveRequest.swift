public import Naming

/// The dead letters to resend.
public struct RedriveRequest: Sendable {
  /// The reasons of the dead letters; empty for all.
  public var reasons: Set<DeadLetterReason> = []
  /// The input topics of the rows; empty for all.
  public var topics: Set<String> = []
  /// The time at which the oldest dead letter was stored, in milliseconds since 1970; `nil` for all.
  public var since: Int64?

  /// All that are kept.
  public init() {}
}
