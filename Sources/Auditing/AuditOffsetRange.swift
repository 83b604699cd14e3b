internal import Kafka

/// The rows of an input partition that are audited: those from one offset up to another.
public struct AuditOffsetRange: Sendable, Equatable {
  /// The first offset.
  public var start: Int64
  /// The offset behind the last.
  public var end: Int64
  /// The requested offsets behind the range, which the router had not reached when the audit began.
  public var beyond: Int64
  /// Whether retention of the input topic deleted rows before the range, so that it may start later than requested.
  public var isCutShort: Bool
  /// Rows that were deleted before the router had got to them.
  public var overtaken: Int64
  /// The offsets of these rows, if the request starts among them.
  var overtakenOffsets: Range<Int64>?

  /// What of a partition can be audited.
  ///
  /// - Parameters:
  ///   - watermarks: its first and its next offset.
  ///   - committed: what the router's group has committed; negative where nothing.
  ///   - begun: the first offset that the router has read; rows before it were never its to route.
  ///   - first: the first offset that was asked for.
  ///   - since: the first offset whose row is not older than was asked for.
  ///   - end: the offset behind the last that was asked for.
  init(
    _ watermarks: Watermarks, committed: Int64, begun: Int64? = nil, from first: Int64? = nil, since: Int64? = nil,
    to end: Int64? = nil
  ) {
    let wantedStart = max(first ?? 0, since ?? 0)
    let wantedEnd = min(watermarks.high, end ?? .max)
    // A topic that was recreated may end before what was committed.
    let reached = committed < 0 ? watermarks.low : min(committed, watermarks.high)
    start = max(watermarks.low, wantedStart, begun ?? 0)
    self.end = max(start, min(reached, wantedEnd))
    beyond = max(0, wantedEnd - max(start, reached))
    // By time the oldest row that is kept is found, whether there were others before it or not.
    isCutShort = watermarks.low > 0 && (wantedStart < watermarks.low || (since == watermarks.low && first == nil))
    overtaken = committed < 0 ? 0 : max(0, watermarks.low - committed)
    overtakenOffsets = overtaken > 0 && isCutShort ? committed..<watermarks.low : nil
  }

  /// Takes note of where the first row behind it is; `nil` where there is none. What lies before that row is nothing
  /// that the router could get to: marks of transactions, and rows that were aborted.
  mutating func noteNextRow(at offset: Int64?) {
    beyond = offset.map { max(0, end + beyond - max($0, end)) } ?? 0
  }

  /// How many offsets.
  public var count: Int64 { end - start }

  /// Whether an offset belongs to it.
  func contains(_ offset: Int64) -> Bool { offset >= start && offset < end }
}
