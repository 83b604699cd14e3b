public import Kafka

/// The last rows of a partition, counted.
public struct PartitionSample: Sendable, Equatable {
  /// How many offsets from the end of a partition are looked at: enough for each row schema of a node to be among them.
  public static let depth: Int64 = 30

  /// The first offset that was looked at.
  public let start: Int64
  /// The offset at which it ended.
  public let end: Int64
  /// How many rows were there: fewer than offsets where transactions, deletions or compaction took some.
  public private(set) var rows: Int64 = 0
  /// The bytes of these rows and their keys.
  public private(set) var bytes: Int64 = 0
  /// The time of the last row in milliseconds since 1970, where it has one.
  public private(set) var lastRow: Int64?

  /// An empty sample of the last offsets before the end.
  public init(of watermarks: Watermarks) {
    start = max(watermarks.low, watermarks.high - Self.depth)
    end = watermarks.high
  }

  /// Takes a row in.
  public mutating func add(bytes count: Int, timestamp: Int64?) {
    rows += 1
    bytes += Int64(count)
    lastRow = timestamp ?? lastRow
  }

  /// Whether it holds every row of the partition.
  func isWhole(_ watermarks: Watermarks) -> Bool { start <= watermarks.low && end >= watermarks.high }

  /// How many rows the partition holds if it is like its end.
  func estimatedRows(of watermarks: Watermarks) -> Int64 {
    if isWhole(watermarks) { return rows }
    let count = watermarks.high - watermarks.low
    return Int64((Double(count) * Double(rows) / Double(end - start)).rounded())
  }

  /// How many bytes so many rows have if they are like these.
  func estimatedBytes(rows count: Int64) -> Int64 {
    guard rows > 0, count != rows else { return bytes }
    return Int64((Double(count) * Double(bytes) / Double(rows)).rounded())
  }
}
