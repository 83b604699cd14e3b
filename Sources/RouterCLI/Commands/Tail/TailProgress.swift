internal import Kafka

/// How far `router tail` has read each partition, and whether that is far enough to stop. A value without I/O.
struct TailProgress {
  /// The partitions that are read from the start.
  let partitions: [TopicPartition]
  /// The offset behind the last message of each partition that is still read; empty while the reader follows the topic.
  private var ends: [TopicPartition: Int64] = [:]
  /// The partitions that have not been read to their end; `nil` while the reader follows the topic.
  private var unfinished: Set<TopicPartition>?
  /// The next offset of each partition, by its number.
  private var reached: [Int64]

  /// Progress of a reader that follows the topic and has read nothing.
  ///
  /// - Parameter partitionCount: the number of partitions of the topic, of which not all need be read.
  init(_ partitions: [TopicPartition], partitionCount: Int32) {
    self.partitions = partitions
    reached = Array(repeating: 0, count: Int(partitionCount))
  }

  /// Whether new messages are waited for.
  var follows: Bool { unfinished == nil }

  /// Whether all partitions have been read to their end.
  var isFinished: Bool { unfinished?.isEmpty == true }

  /// Stops at these ends from now on.
  ///
  /// - Parameter finished: a partition that has been read to its end, whatever its next offset is.
  mutating func stop(at ends: [TopicPartition: Int64], finished: Int32? = nil) {
    self.ends = ends
    // librdkafka does not repeat that a partition is at its end.
    unfinished = Set(
      partitions.filter { $0.partition != finished && reached[Int($0.partition)] < ends[$0, default: .max] })
  }

  /// The topic has more partitions than before.
  mutating func grow(by count: Int) { reached += Array(repeating: 0, count: count) }

  /// Notes a message.
  ///
  /// - Returns: whether it is before the end of its partition.
  mutating func take(_ partition: TopicPartition, offset: Int64) -> Bool {
    reached[Int(partition.partition)] = offset + 1
    guard unfinished != nil else { return true }
    let end = ends[partition] ?? .max
    if offset + 1 >= end { unfinished?.remove(partition) }
    return offset < end
  }

  /// Notes that a partition has no more messages.
  mutating func reachedEnd(of partition: TopicPartition, next offset: Int64) {
    reached[Int(partition.partition)] = offset
    unfinished?.remove(partition)
  }
}
