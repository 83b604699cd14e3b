public import Kafka

/// The last rows of a partition, counted.
public struct PartitionSample: Sendable, Equatable {
  /// The number of offsets from the end of a partition: enough to include each row schema of a node.
  public static let depth: Int64 = 30

  /// The first offset of the sample.
  public let start: Int64
  /// The offset at which it ended.
  public let end: Int64
  /// How many rows were there: fewer than offsets where transactions, deletions or compaction took some.
  public private(set) var rows: Int64 = 0
  /// The bytes of these rows and their keys.
  public private(set) var bytes: Int64 = 0
  /// The time of the last row in milliseconds since 1970, where it has one.
  public private(set) var lastRow: Int64?
  /// How many messages were no rows, but said that a job has ended.
  public private(set) var jobEnds: Int64 = 0
  /// The time of the last message in milliseconds since 1970, where it says that the job has ended.
  public private(set) var ended: Int64?

  /// An empty sample of the last offsets before the end.
  ///
  /// - Parameter depth: how many offsets.
  public init(of watermarks: Watermarks, depth: Int64 = Self.depth) {
    start = max(watermarks.low, watermarks.high - depth)
    end = watermarks.high
  }

  /// Takes a row in.
  public mutating func add(bytes count: Int, timestamp: Int64?) {
    rows += 1
    bytes += Int64(count)
    lastRow = timestamp ?? lastRow
    ended = nil
  }

  /// Takes in a message that says that the job has ended.
  public mutating func addJobEnd(timestamp: Int64?) {
    jobEnds += 1
    ended = timestamp ?? lastRow ?? 0
  }

  /// The time of the last message, row or not, where there is one that has a time.
  package var lastMessage: Int64? { ended ?? lastRow }

  /// Whether it holds every row of the partition.
  package func isWhole(_ watermarks: Watermarks) -> Bool { start <= watermarks.low && end >= watermarks.high }

  /// Whether there was a message at every offset.
  package var isWithoutGaps: Bool { rows + jobEnds == end - start }

  /// How many rows the partition holds if it is like its end.
  package func estimatedRows(of watermarks: Watermarks) -> Int64 {
    if isWhole(watermarks) { return rows }
    let count = Double(watermarks.high - watermarks.low)
    return max(rows, Int64((count * Double(rows + jobEnds) / Double(end - start)).rounded()) - jobEnds)
  }

  /// How many bytes so many rows have if they are like these.
  package func estimatedBytes(rows count: Int64) -> Int64 {
    guard rows > 0, count != rows else { return bytes }
    return Int64((Double(count) * Double(bytes) / Double(rows)).rounded())
  }
}
