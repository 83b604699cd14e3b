/// A moment by which something must have happened.
public struct Deadline: Sendable {
  /// The moment.
  public let instant: ContinuousClock.Instant
  private let allowed: Duration

  /// That long from now.
  public init(within allowed: Duration) {
    self.allowed = allowed
    instant = .now + allowed
  }

  /// What is left, zero at least.
  public var remaining: Duration { max(.zero, instant - .now) }

  /// Whether it is over.
  public var hasPassed: Bool { remaining == .zero }

  /// What to throw when it is.
  public func error(waitingFor what: String) -> TimedOut { TimedOut(what: what, allowed: allowed) }
}

/// Something did not happen in time.
public struct TimedOut: Error, CustomStringConvertible {
  /// What was waited for.
  public let what: String
  /// For how long.
  public let allowed: Duration

  /// Both in a sentence.
  public var description: String { "not within \(allowed): \(what)" }
}
