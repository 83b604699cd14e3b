public import Kafka
internal import MetricRouter

/// The place of a row in an input topic: `meminfo/0/4711`. The keys of its copies name the life of the partition besides.
public struct RowPlace: Sendable, Hashable, CustomStringConvertible {
  /// The input topic's partition.
  public var partition: TopicPartition
  /// The row's offset there.
  public var offset: Int64

  /// This place.
  public init(_ partition: TopicPartition, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }

  /// The place that a text names; `nil` where it is not a topic, a partition and an offset with slashes between them.
  /// Of a key, the life is left out.
  public init?(_ text: String) {
    guard let origin = ProvenanceKey.origin(of: Array(text.utf8)) else { return nil }
    self.init(origin.partition, offset: origin.offset)
  }

  /// `TOPIC/PARTITION/OFFSET`.
  public var description: String { "\(partition)/\(offset)" }
}
