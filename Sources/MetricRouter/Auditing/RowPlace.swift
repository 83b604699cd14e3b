public import Kafka

/// The place of a row in an input topic, as the keys of its copies name it: `meminfo/0/4711`.
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
  public init?(_ text: String) {
    var text = text
    let place: RowPlace? = text.withUTF8 { text in
      guard let (prefix, offset) = ProvenanceKey.read(UnsafeRawBufferPointer(text)) else { return nil }
      let parts = prefix.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      guard parts.count == 3, let partition = Int32(String(decoding: parts[1], as: UTF8.self)) else { return nil }
      return RowPlace(
        TopicPartition(topic: String(decoding: parts[0], as: UTF8.self), partition: partition), offset: offset)
    }
    guard let place else { return nil }
    self = place
  }

  /// `TOPIC/PARTITION/OFFSET`.
  public var description: String { "\(partition)/\(offset)" }
}
