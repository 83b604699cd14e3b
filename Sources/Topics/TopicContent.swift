public import Kafka

/// What a topic holds, as far as it can be told.
public struct TopicContent: Sendable, Equatable {
  /// A number, and whether it is one that was counted.
  public struct Amount: Sendable, Equatable {
    /// How many.
    public var value: Int64
    /// Counted; otherwise an estimate.
    public var isExact: Bool

    /// A number.
    public init(_ value: Int64, isExact: Bool) {
      self.value = value
      self.isExact = isExact
    }
  }

  /// Whether rows come.
  public enum State: String, Sendable, CaseIterable {
    /// The last row is younger than `activeMilliseconds`.
    case active
    /// There are rows, but the last is older.
    case silent
    /// The last message says that the job has ended.
    case ended
    /// There are no rows.
    case empty
    /// There are rows, but not all partitions could be read: a younger row may be in one of the others.
    case unknown
  }

  /// How old the last row of an active topic may be.
  ///
  /// Samplers send each second; this bears some that are lost or late.
  public static let activeMilliseconds: Int64 = 15000

  /// The number of rows; `nil` where the offsets cannot be had.
  public let rows: Amount?
  /// The bytes of the rows and their keys, as they were sent, before compression; `nil` where none could be read.
  public let bytes: Amount?
  /// When the last row was stored (or made, by the topic's settings), in milliseconds since 1970.
  public let lastRow: Int64?
  /// When it was stored that the job has ended, in milliseconds since 1970; `nil` where rows have come since, or never.
  public let ended: Int64?
  /// Whether rows come, at the time for which it was asked.
  public let state: State

  /// Puts together what is known of a topic's partitions.
  ///
  /// - Parameters:
  ///   - hasGaps: whether offsets without rows are possible: the topic is compacted, or its settings may not be seen.
  ///   - now: when the partitions were looked at, in milliseconds since 1970.
  public init(_ partitions: [PartitionContent], hasGaps: Bool, now: Int64) {
    var rows: Int64 = 0
    var bytes: Int64 = 0
    var isKnown = true
    var isExact = true
    var isSampled = true
    var isWhole = true
    var lastRow: Int64?
    var ended: Int64?
    for partition in partitions {
      guard let watermarks = partition.watermarks else {
        isKnown = false
        continue
      }
      let count = watermarks.high - watermarks.low
      guard count > 0 else { continue }
      guard let sample = partition.sample else {
        isSampled = false
        rows += count
        isExact = isExact && !hasGaps
        continue
      }
      let found = sample.estimatedRows(of: watermarks)
      rows += found
      isExact = isExact && (sample.isWhole(watermarks) || (!hasGaps && sample.isWithoutGaps))
      isWhole = isWhole && sample.isWhole(watermarks)
      bytes += sample.estimatedBytes(rows: found)
      if let time = sample.lastRow { lastRow = max(lastRow ?? time, time) }
      if let time = sample.ended { ended = max(ended ?? time, time) }
    }
    if let time = ended, let lastRow, lastRow > time { ended = nil }
    let isActive = ended == nil && lastRow.map { now - $0 < Self.activeMilliseconds } ?? false
    let isRead = isKnown && isSampled
    self.rows = isKnown ? Amount(rows, isExact: isExact) : nil
    self.bytes = isRead ? Amount(bytes, isExact: isWhole) : nil
    // What was not read may be younger.
    self.lastRow = isRead || isActive ? lastRow : nil
    self.ended = isRead ? ended : nil
    state =
      if isActive {
        .active
      } else if !isRead {
        .unknown
      } else if ended != nil {
        .ended
      } else if lastRow != nil {
        .silent
      } else {
        rows == 0 ? .empty : .unknown
      }
  }
}

/// What is known of one partition.
public struct PartitionContent: Sendable, Equatable {
  /// The first and the next offset; `nil` if they are unknown.
  public var watermarks: Watermarks?
  /// The last rows; `nil` if they could not be read.
  public var sample: PartitionSample?

  /// What is known of one partition.
  public init(watermarks: Watermarks?, sample: PartitionSample?) {
    self.watermarks = watermarks
    self.sample = sample
  }
}
