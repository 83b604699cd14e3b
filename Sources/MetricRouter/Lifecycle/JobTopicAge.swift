public import Kafka
public import Topics

/// Whether the topic of a job is old enough to be deleted by hand, as far as it can be told.
public enum JobTopicAge: Sendable, Equatable {
  /// The last message is old enough, or retention has deleted every message.
  case old
  /// The last message is younger.
  case young
  /// The topic never had a message: it may have been created for a row that is about to arrive.
  case neverWritten
  /// Rows of a transaction that is still open are in it.
  case beingWritten
  /// What it holds could not be read.
  case unknown

  /// Judges a topic.
  ///
  /// - Parameters:
  ///   - partitions: what readers of committed rows find in each partition.
  ///   - ends: the ends of the partitions with what belongs to open transactions; `nil` where they cannot be had.
  ///   - now: milliseconds since 1970.
  ///   - age: how old the last message has to be, in milliseconds.
  public init(_ partitions: [PartitionContent], ends: [Watermarks?], now: Int64, age: Int64) {
    let watermarks = partitions.compactMap(\.watermarks)
    let all = ends.compactMap { $0 }
    guard watermarks.count == partitions.count, all.count == partitions.count, !partitions.isEmpty else {
      self = .unknown
      return
    }
    guard zip(watermarks, all).allSatisfy({ $0.high >= $1.high }) else {
      self = .beingWritten
      return
    }
    guard watermarks.contains(where: { $0.high > 0 }) else {
      self = .neverWritten
      return
    }
    let filled = partitions.filter { ($0.watermarks?.high ?? 0) > ($0.watermarks?.low ?? 0) }
    guard filled.allSatisfy({ $0.sample?.lastMessage != nil }) else {
      self = .unknown
      return
    }
    let last = filled.compactMap { $0.sample?.lastMessage }.max()
    self = last.map { now - $0 >= age } ?? true ? .old : .young
  }
}
