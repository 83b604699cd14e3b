package import Kafka
package import Naming

extension DeadLetterReason {
  /// The header of a dead letter that says why it is one.
  static let header = "reason"

  /// The reason of a dead letter; `nil` where its headers name none that this version knows.
  package init?(headers: [MessageHeader]) {
    guard let value = headers.first(where: { $0.name == Self.header })?.value else { return nil }
    self.init(rawValue: String(decoding: value, as: UTF8.self))
  }
}
