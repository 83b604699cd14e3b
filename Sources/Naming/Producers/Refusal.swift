/// Why a row is a dead letter: the values of its two headers.
public struct Refusal: Error, Sendable, Hashable {
  /// The kind, for counting.
  public var reason: DeadLetterReason
  /// What is wrong with this row, safe to print.
  public var detail: String

  /// A refusal.
  public init(_ reason: DeadLetterReason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }
}
