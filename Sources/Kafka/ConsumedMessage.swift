internal import KafkaC

/// A row as it was consumed, with librdkafka's memory behind it.
///
/// It cannot be copied; its end frees the message. What `payload` and `key` lend is valid as long as it lives.
public struct ConsumedMessage: ~Copyable {
  private let message: UnsafeMutablePointer<rd_kafka_message_t>

  init(adopting message: UnsafeMutablePointer<rd_kafka_message_t>) {
    self.message = message
  }

  deinit {
    rd_kafka_message_destroy(message)
  }

  /// The topic of the message, cheap to compare.
  public var source: ConsumedTopic { ConsumedTopic(handle: message.pointee.rkt) }

  /// The topic's name. Makes a `String`: for once a topic, not once a row.
  public var topic: String { String(cString: rd_kafka_topic_name(message.pointee.rkt)) }

  /// The partition it comes from.
  public var partition: Int32 { message.pointee.partition }

  /// The offset in the partition.
  public var offset: Int64 { message.pointee.offset }

  /// The timestamp in milliseconds since 1970; `nil` if the producer set none.
  public var timestamp: Int64? {
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let timestamp = rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || timestamp < 0 ? nil : timestamp
  }

  /// Whether it has no value at all, which is not the same as an empty one.
  public var isTombstone: Bool { message.pointee.payload == nil }

  /// The row's bytes.
  public var payload: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)
  }

  /// The key's bytes; `nil` where it has none, as LDMS's rows have.
  public var key: UnsafeRawBufferPointer? {
    message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
  }

  /// The headers in their order.
  public var headers: [MessageHeader] { MessageHeader.read(from: message) }
}

/// Identifies a topic among those that one consumer reads: equal for rows of the same topic.
///
/// It is librdkafka's own handle, so it stays valid, and is not given to another topic, while the consumer lives and
/// `Consumer.retain` was called for it.
public struct ConsumedTopic: Hashable {
  let handle: OpaquePointer
}
