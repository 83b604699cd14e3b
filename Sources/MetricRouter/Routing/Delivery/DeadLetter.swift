internal import Kafka

/// A message for the dead-letter topic or for that of waiting rows. Its row is lent: it is valid as long as the row's bytes are.
struct DeadLetter {
  /// The row's bytes, without a base address where the message had no value; `nil` where the dead letter has no row.
  private(set) var row: UnsafeRawBufferPointer?
  let key: [UInt8]
  let timestamp: Int64
  private(set) var headers: [MessageHeader]
  let tag: DeliveryTracker.Tag

  /// A dead letter with its row, or a message about rows that are gone.
  init(
    _ row: UnsafeRawBufferPointer?, key: [UInt8], timestamp: Int64, headers: [MessageHeader], _ tag: DeliveryTracker.Tag
  ) {
    self.row = row
    self.key = key
    self.timestamp = timestamp
    self.headers = headers
    self.tag = tag
  }

  /// This dead letter without its row, which is too large (`OversizedDeadLetter`); `nil` if it has no row.
  func withoutRow() -> DeadLetter? {
    guard let row, !OversizedDeadLetter.isMark(headers) else { return nil }
    var letter = self
    letter.row = nil
    letter.headers = OversizedDeadLetter.headers(headers, size: row.count, key: key)
    return letter
  }
}
