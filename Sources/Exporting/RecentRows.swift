/// Tells a second copy of a row from the row: delivery at least once may write a row twice, with the same key, near each other.
///
/// It remembers the rows of one partition of a user's topic. After a crash, the router sends again what it had not committed:
/// rows of its last seconds, however long it was down. So what counts is the distance in rows and in the time between them,
/// not the time that has passed since. A row that is older than all that is remembered counts as new: a copy in a file is
/// better than a missing row.
public struct RecentRows: Sendable {
  private static let generationMilliseconds: Int64 = 30_000
  private static let generationRows = 50_000
  /// How far back the rows have to be read again that a new process is to know, in time and in rows.
  public static let milliseconds: Int64 = 60_000
  /// The same in rows.
  public static let rows: Int64 = 100_000

  private struct Generation {
    var rows: Set<UInt64> = []
    /// The first and the last time of its rows.
    var times: (first: Int64, last: Int64)?
  }
  private var current = Generation()
  private var earlier: [Set<UInt64>] = [[], []]

  /// No row is remembered.
  public init() {}

  /// Notes a row.
  ///
  /// - Parameters:
  ///   - row: which one it is.
  ///   - time: when it was stored, in milliseconds since 1970.
  /// - Returns: whether it is new.
  public mutating func insert(_ row: UInt64, time: Int64) -> Bool {
    if current.rows.contains(row) || earlier[0].contains(row) || earlier[1].contains(row) { return false }
    // By the rows that it has, not by the one that comes: after a long pause they may be just what comes again.
    let span = current.times.map { $0.last - $0.first } ?? 0
    if span >= Self.generationMilliseconds || current.rows.count >= Self.generationRows {
      earlier = [current.rows, earlier[0]]
      current = Generation()
    }
    current.rows.insert(row)
    let times = current.times ?? (time, time)
    current.times = (min(times.first, time), max(times.last, time))
    return true
  }
}
