internal import Kafka

/// What the way of a row needs of it, whether it was just consumed or was parked. Lent: valid as long as its bytes are.
struct ConsumedRow {
  /// The row's bytes; without a base address where the message has no value.
  let payload: UnsafeRawBufferPointer
  /// The offset in the input partition.
  let offset: Int64
  /// The timestamp of the message, in milliseconds since 1970; `nil` if it has none.
  let timestamp: Int64?
  /// The slot of its partition.
  let slot: Int
  /// The tag of the row: its batch and its place there. Without a meaning before the row is added to a batch.
  var tag: DeliveryTracker.Tag
  /// The wait of a row from the topic of waiting rows; `nil` for a row from an input.
  let wait: OwnerWait?

  /// The row in a message, as long as the message lives.
  @inline(__always)
  init(_ message: borrowing ConsumedMessage, slot: Int) {
    payload = message.payload
    offset = message.offset
    timestamp = message.timestamp
    wait = nil
    self.slot = slot
    tag = DeliveryTracker.Tag(batch: 0, row: 0, copy: .user)
  }

  /// A row in a message of the topic of waiting rows.
  init(_ message: borrowing ConsumedMessage, slot: Int, waited wait: OwnerWait) {
    payload = message.payload
    offset = message.offset
    timestamp = wait.timestamp
    self.wait = wait
    self.slot = slot
    tag = DeliveryTracker.Tag(batch: 0, row: 0, copy: .user)
  }

  /// A row that was parked.
  ///
  /// - Parameter payload: its bytes, lent.
  init(_ row: WaitingRow, payload: UnsafeRawBufferPointer) {
    self.payload = payload
    wait = row.wait
    offset = row.offset
    timestamp = row.timestamp
    slot = row.slot
    tag = row.tag
  }

  /// The tag of one copy of the row.
  @inline(__always)
  func copy(_ copy: DeliveryTracker.Tag.Copy) -> ConsumedRow {
    var row = self
    row.tag.copy = copy
    return row
  }
}
