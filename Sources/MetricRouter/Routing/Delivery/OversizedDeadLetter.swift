package import Kafka

/// A dead letter without its row: the row is larger than the dead-letter topic, or the producer, takes.
///
/// It has the row's key, an empty value, and one header more than others, `size`. The row itself is where the key says,
/// for as long as the input topic keeps it.
package enum OversizedDeadLetter {
  /// The header that no other dead letter has: the number of the row's bytes.
  static let sizeHeader = "size"

  /// The headers of such a dead letter.
  ///
  /// - Parameter headers: those of the dead letter that was too large.
  static func headers(_ headers: [MessageHeader], size: Int, key: [UInt8]) -> [MessageHeader] {
    let row =
      ProvenanceKey.origin(of: key).map { "\($0.partition)/\($0.offset)" } ?? String(decoding: key, as: UTF8.self)
    let note = "the row is not here: its \(size) bytes exceed the limit of the dead-letter topic; read it at \(row)"
    return headers.map { header in
      guard header.name == "detail", let value = header.value else { return header }
      return MessageHeader("detail", "\(String(decoding: value, as: UTF8.self)); \(note)")
    } + [MessageHeader(sizeHeader, String(size))]
  }

  /// Whether these are the headers of one.
  package static func isMark(_ headers: [MessageHeader]) -> Bool { headers.contains { $0.name == sizeHeader } }
}
