/// How far a consumer is behind in a partition.
public struct PartitionLag: Sendable, Hashable {
  /// The partition.
  public var partition: TopicPartition
  /// The rows between the one that was consumed last and the end of the partition, as far as its end is known.
  public var rows: Int64

  /// The lag of a partition.
  public init(_ partition: TopicPartition, rows: Int64) {
    self.partition = partition
    self.rows = rows
  }
}
