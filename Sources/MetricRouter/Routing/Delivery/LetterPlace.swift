package import Kafka

/// The place of a dead letter in the dead-letter topic.
///
/// `router redrive` gives it to a row that it resends, as the header `redriven: <partition>/<offset>`, so that a
/// second run knows what has been sent. If the row becomes a dead letter once more, the new dead letter has the header, too.
package struct LetterPlace: Hashable {
  /// The partition of the dead-letter topic.
  package let partition: Int32
  /// The dead letter's offset there.
  package let offset: Int64

  private static let headerName = "redriven"

  /// The dead letter at that offset of the partition.
  package init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }

  /// The place that a message's headers name; `nil` if the row was not resent.
  package init?(headers: [MessageHeader]) {
    guard let value = headers.last(where: { $0.name == Self.headerName })?.value else { return nil }
    let parts = String(decoding: value, as: UTF8.self).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0, offset >= 0
    else { return nil }
    self.init(partition: partition, offset: offset)
  }

  /// The header that names it.
  package var header: MessageHeader { MessageHeader(Self.headerName, "\(partition)/\(offset)") }
}
