/// The name of a user, job, node, producer or schema: its bytes are what it is.
///
/// Not a `String`, because Swift compares strings by what they look like: `é` as one scalar and `é` as `e` and an
/// accent are equal strings, but two accounts. Two names are the same only when their bytes are.
public struct Name: Sendable, Hashable, Comparable {
  /// The name as it stood in the row or topic, never changed.
  public let bytes: [UInt8]

  /// A name of these bytes.
  public init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// A name of this text's UTF-8.
  public init(_ text: String) {
    self.init(text.utf8)
  }

  /// The name as text, for JSON and for a terminal; what is not UTF-8 becomes U+FFFD.
  ///
  /// Names that passed `ProducerTemplates` are valid UTF-8 without controls. Use `description` for any other.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Orders names by bytes, so that the order is the same on every machine.
  public static func < (one: Name, other: Name) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }
}
