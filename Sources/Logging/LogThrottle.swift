/// Says whether a log line that may repeat is due.
///
/// A value without I/O. Times are the monotonic clock's, in milliseconds.
package struct LogThrottle: Sendable {
  /// How long a line is not repeated.
  private let interval: Int64
  /// When the line of each subject was due last.
  private var last: [String: Int64] = [:]
  /// Subjects may name topics, which come and go without end.
  private static let limit = 1000

  /// A throttle that has logged nothing.
  ///
  /// - Parameter milliseconds: how long the line of one subject is not repeated.
  package init(milliseconds: Int64) {
    interval = milliseconds
  }

  /// Subjects that are remembered.
  var count: Int { last.count }

  /// Whether the line of this subject is due. Whoever asks logs it then.
  package mutating func isDue(_ subject: String, now: Int64) -> Bool {
    if let time = last[subject], now - time < interval { return false }
    if last.count >= Self.limit { last = last.filter { now - $0.value < interval } }
    last[subject] = now
    return true
  }
}
