/// Tells one life of an input partition from the next: a topic that is deleted and created again counts its offsets
/// from 0 again, and the keys of its rows must not be those of other rows.
///
/// It is chosen when the group begins a partition of which it has committed nothing, and committed with every offset.
public struct PartitionLife: Sendable, Hashable, CustomStringConvertible {
  /// Small letters and digits; empty for a partition that the group read before lives were kept.
  public let description: String

  /// A partition that the group read before lives were kept: the keys of its rows name no life.
  public static let unnamed = PartitionLife(unchecked: "")

  static let longest = 16

  /// The life that a text names; `nil` where it is not such a text.
  public init?(_ text: some StringProtocol) {
    guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy(Self.isDigit) else { return nil }
    description = String(text)
  }

  /// A life that begins at this time, in milliseconds since 1970. No two of a partition begin in the same millisecond.
  init(begunAt time: Int64) {
    description = String(max(0, time), radix: 36)
  }

  private init(unchecked text: String) {
    description = text
  }

  /// Whether keys name it.
  public var isNamed: Bool { !description.isEmpty }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) }
}
