internal import Kafka

/// What the way of a row needs of it, whether it was just consumed or has waited. Lent: valid as long as its bytes are.
struct ConsumedRow {
  /// The row's bytes; without a base address where the message has no value.
  let payload: UnsafeRawBufferPointer
  /// Its offset in the input partition.
  let offset: Int64
  /// Its own time in milliseconds since 1970, and `nil` where it has none.
  let timestamp: Int64?

  init(payload: UnsafeRawBufferPointer, offset: Int64, timestamp: Int64?) {
    self.payload = payload
    self.offset = offset
    self.timestamp = timestamp
  }

  /// The row in a message, as long as the message lives.
  @inline(__always)
  init(_ message: borrowing ConsumedMessage) {
    self.init(payload: message.payload, offset: message.offset, timestamp: message.timestamp)
  }
}
