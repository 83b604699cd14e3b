internal import Exporting
internal import Naming

/// A user whose rows `router export` writes.
struct ExportedUser {
  let user: Name
  let topic: String
  /// The positions of the topic's partitions.
  var partitions: [Int] = []
  /// The files; `nil` before they could be opened.
  var files: RowWriter.User?
  /// Whether rows have come since the last checkpoint.
  var hasNews = false
  /// Why the files cannot be written now.
  var trouble: ExportTrouble?
  /// Whether the topic was there when the brokers were last asked.
  var isPresent = true
  /// Whether nothing of this user is written any more, without following.
  var isGivenUp = false
}

/// Why the files of a user cannot be written, and when to try again.
struct ExportTrouble {
  var error: ExportError
  private(set) var retryAt: Int64
  private var delay: Int64

  private static let firstDelay: Int64 = 1000
  private static let longestDelay: Int64 = 60_000
  /// A disk that was full is used as soon as there is space.
  private static let longestWait: Int64 = 5000

  /// - Parameters:
  ///   - before: what it was at the last try.
  ///   - now: in milliseconds.
  init(_ error: ExportError, after before: ExportTrouble?, now: Int64) {
    self.error = error
    let longest = error.kind == .full ? Self.longestWait : Self.longestDelay
    delay = min(longest, (before?.delay).map { $0 * 2 } ?? Self.firstDelay)
    retryAt = now + delay
  }
}
