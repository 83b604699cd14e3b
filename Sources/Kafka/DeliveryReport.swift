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

  /// `nil` when all in-sync replicas have the row.
  @inline(__always)
  public var error: KafkaErrorCode? {
    message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaErrorCode(message.pointee.err)
  }

  /// The topic's name.
  public var topic: String { String(cString: rd_kafka_topic_name(message.pointee.rkt)) }

  /// The partition it went to.
  public var partition: Int32 { message.pointee.partition }

  /// Where it stands in the partition, when it arrived.
  public var offset: Int64 { message.pointee.offset }

  /// The row's bytes, valid while the report is.
  public var payload: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)
  }

  /// The key's bytes, valid while the report is.
  public var key: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: message.pointee.key, count: message.pointee.key_len)
  }

  /// Milliseconds since 1970.
  public var timestamp: Int64 { rd_kafka_message_timestamp(message, nil) }
}
