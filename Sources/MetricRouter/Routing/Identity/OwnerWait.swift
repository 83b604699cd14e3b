package import Kafka

/// What the topic of waiting rows keeps of a row beside its bytes: where it came from, when it came to wait, and its time.
///
/// The topic holds rows whose job has no known owner yet, and rows that an operator resends. The message has the row's bytes, its
/// key (`ProvenanceKey`), and the headers `since`, `timestamp` and, from an operator, `redriven`.
package struct OwnerWait {
  /// The row's key, by which readers of its copies know it.
  let key: [UInt8]
  /// The origin of the row.
  let origin: ProvenanceKey.Origin
  /// The time since which the row waits, in milliseconds since 1970.
  let since: Int64
  /// The time of the row's message in its input, in milliseconds since 1970; `nil` where it had none.
  let timestamp: Int64?
  /// The dead letter of the row, if an operator has resent it.
  let letter: LetterPlace?

  private static let sinceHeader = "since"
  /// The header with the time of a row's message in its input; dead letters have it, too.
  static let timestampHeader = "timestamp"

  /// Reads a message of the topic; `nil` where no router has written it.
  init?(_ message: borrowing ConsumedMessage) {
    guard let bytes = message.key else { return nil }
    self.init(key: Array(bytes), headers: message.headers)
  }

  /// Reads the key and the headers of a message.
  init?(key: [UInt8], headers: [MessageHeader]) {
    guard key.count <= ProvenanceKey.longest, let origin = ProvenanceKey.origin(of: key),
      let since = Self.number(Self.sinceHeader, in: headers)
    else { return nil }
    self.key = key
    self.origin = origin
    self.since = since
    timestamp = Self.time(in: headers)
    letter = LetterPlace(headers: headers)
  }

  /// The headers of a row that begins to wait now.
  ///
  /// - Parameters:
  ///   - now: in milliseconds since 1970.
  ///   - timestamp: the time of the row's message; 0 or `nil` where it has none.
  static func headers(now: Int64, timestamp: Int64?) -> [MessageHeader] {
    [MessageHeader(sinceHeader, String(now))] + timeHeaders(timestamp)
  }

  /// The headers of a resent dead letter. The row is decided at once, and does not wait for an owner.
  package static func headers(redriving letter: LetterPlace, timestamp: Int64?) -> [MessageHeader] {
    headers(now: 0, timestamp: timestamp) + [letter.header]
  }

  /// The time of a row's message, as the headers of a waiting row or of a dead letter have it.
  package static func time(in headers: [MessageHeader]) -> Int64? { number(timestampHeader, in: headers) }

  /// The header with the time of a row's message, where it has one.
  static func timeHeaders(_ timestamp: Int64?) -> [MessageHeader] {
    guard let timestamp, timestamp > 0 else { return [] }
    return [MessageHeader(timestampHeader, String(timestamp))]
  }

  private static func number(_ name: String, in headers: [MessageHeader]) -> Int64? {
    headers.last { $0.name == name }?.value.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
  }
}
