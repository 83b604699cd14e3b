/// A job came into a state.
public struct JobChange: Sendable, Hashable {
  /// When, by the rows' time, in milliseconds since 1970.
  public var time: Int64
  /// The state.
  public var state: JobState
  /// How that is known.
  public var reason: JobStateReason

  /// A change.
  public init(time: Int64, state: JobState, reason: JobStateReason) {
    self.time = time
    self.state = state
    self.reason = reason
  }
}
