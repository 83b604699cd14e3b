internal import KafkaC

/// What became of one row that was handed to a producer. Lent to the closure of `Producer.poll`; it cannot be kept.
public struct DeliveryReport: ~Copyable {
  private let message: UnsafePointer<rd_kafka_message_t>

  init(message: UnsafePointer<rd_kafka_message_t>) {
    self.message = message
  }

  /// What `produce` was given.
  @inline(__always)
  public var tag: UInt { UInt(bitPattern: message.pointee._private) }

  /// `nil` when all in-sync replicas have the row, and a broker said so. (With `acks: 0` none ever does.)
  ///
  /// Where a batch of an idempotent producer failed, and a later one that was under way with it did not, librdkafka takes
  /// the first for stored: the broker would not have taken the second otherwise (`rd_kafka_dr_implicit_ack`, in every
  /// release up to 2.15). But a broker takes whatever comes first from a producer of which it knows nothing in that
  /// partition, and the first batch may have come a moment too early, before the broker led the new partition. Then the
  /// rows are lost. They are told by their offset, which nobody has given them: ``KafkaErrorCode/unproven``.
  @inline(__always)
  public var error: KafkaErrorCode? {
    guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaErrorCode(message.pointee.err) }
    return message.pointee.offset >= 0 ? nil : .unproven
  }

  /// The topic's name.
  public var topic: String { String(cString: rd_kafka_topic_name(message.pointee.rkt)) }

  /// The partition it went to.
  public var partition: Int32 { message.pointee.partition }

  /// The offset in the partition, if the message arrived.
  public var offset: Int64 { message.pointee.offset }

  /// The row's bytes, valid while the report is.
  public var payload: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)
  }

  /// The key's bytes, valid while the report is.
  public var key: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.key, count: message.pointee.key_len)
  }

  /// The headers in their order.
  public var headers: [MessageHeader] { MessageHeader.read(from: message) }

  /// Milliseconds since 1970.
  public var timestamp: Int64 { rd_kafka_message_timestamp(message, nil) }
}
