/// One row of a recording, and where in Kafka it was found.
public struct RecordedRow: Sendable, Hashable {
  /// The input topic.
  public let topic: String
  /// The partition of the topic.
  public let partition: Int32
  /// The offset in the partition; it rises by at least one from row to row of a partition.
  public let offset: Int64
  /// The message's timestamp, in milliseconds since 1970.
  public let timestamp: Int64
  /// The bytes that LDMS wrote, unchanged.
  public let payload: [UInt8]

  /// A row found there.
  public init(topic: String, partition: Int32, offset: Int64, timestamp: Int64, payload: [UInt8]) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.timestamp = timestamp
    self.payload = payload
  }
}
