/// When the index gives the routing thread the owners of jobs: rarely, and not before everything has been read.
///
/// A value without I/O. Times are the monotonic clock's, in milliseconds.
struct OwnersPublication {
  /// Between two looks at what is new.
  private static let interval: Int64 = 500
  /// How often the progress of the sources is published if nothing else is new, in milliseconds.
  private static let readingsInterval: Int64 = 2000
  /// How long after the last news rows may wait for the next, in milliseconds.
  private static let newsSpan: Int64 = 120_000

  /// Whether everything has been read that was known when the router started: until then, a job that is missing need not be an
  /// unknown one, and its rows wait.
  private(set) var isKnown = false
  /// What the router counted itself was handed over so often since the sources have been read.
  private var handovers = 0
  private var lastLook: Int64 = 0
  private var lastReadings: Int64 = 0
  private var lastNews: Int64 = 0
  /// What was published last.
  private var edition: UInt64 = 0

  /// The routing thread has handed over what it counted, and the sources had been read by then.
  ///
  /// Rows of the router's own may be all that says whose a job is. The first handover may be an old one; the second has been asked
  /// for after it.
  mutating func noteHandover() { handovers += 1 }

  /// The sources have been read.
  ///
  /// - Returns: whether everything is known from now on.
  mutating func noteRead() -> Bool {
    guard !isKnown, handovers > 1 else { return false }
    isKnown = true
    return true
  }

  /// Whether it is time to look at what is new.
  mutating func isDue(now: Int64) -> Bool {
    guard isKnown, now - lastLook >= Self.interval else { return false }
    lastLook = now
    return true
  }

  /// Whether these owners are to be published.
  ///
  /// - Parameters:
  ///   - isFirst: whether none have been.
  ///   - asksByNode: whether how far sources have been read decides rows by itself.
  ///   - isBehind: whether rows of authorities wait to be read.
  mutating func publishes(_ edition: UInt64, isFirst: Bool, asksByNode: Bool, isBehind: Bool, now: Int64) -> Bool {
    let isNew = edition != self.edition
    // How far sources have been read matters to few rows, and each set of owners is looked at by all.
    let isReadingDue = now - lastReadings >= (asksByNode ? Self.interval : Self.readingsInterval)
    guard isNew || isFirst || isReadingDue && (asksByNode || isBehind || now - lastNews < Self.newsSpan) else {
      return false
    }
    if isNew { lastNews = now }
    (self.edition, lastReadings) = (edition, now)
    return true
  }
}
