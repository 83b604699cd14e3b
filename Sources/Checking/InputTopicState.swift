internal import Kafka

/// An input topic as it is in the cluster.
struct InputTopicState {
  var name: String
  var partitionCount: Int32
  /// The first offset that is kept and the next one, by partition.
  var watermarks: [Int32: Watermarks] = [:]

  var partitions: [TopicPartition] {
    (0..<partitionCount).map { TopicPartition(topic: name, partition: $0) }
  }

  /// What a group has not routed yet.
  struct Lag: Equatable {
    /// Rows between the committed offsets, or the oldest rows, and the end.
    var rows: Int64 = 0
    /// Rows that were deleted before the group had routed them.
    var lost: Int64 = 0
    /// Whether the group has committed nothing.
    var isNew = true
  }

  /// The lag of a group that has committed these offsets, by partition; without an entry: none.
  func lag(committed: [Int32: Int64]) -> Lag {
    var lag = Lag()
    for (partition, mark) in watermarks {
      guard let offset = committed[partition], offset >= 0 else {
        lag.rows += mark.high - mark.low
        continue
      }
      lag.isNew = false
      lag.lost += max(0, mark.low - offset)
      lag.rows += max(0, mark.high - max(offset, mark.low))
    }
    return lag
  }
}
