/// A range of a payload's bytes.
///
/// The range does not keep the payload alive: its user must.
public struct ByteRange: Sendable, Hashable {
  /// The distance of the first byte from the payload's beginning.
  public var offset: Int
  /// The number of bytes; may be 0.
  public var count: Int

  /// A stretch of `count` bytes from `offset` on.
  public init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }

  /// The offset behind the last byte.
  public var end: Int { offset + count }

  /// The bytes themselves, as long as the payload lives.
  ///
  /// The payload must be the one that was decoded.
  public func bytes(in payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: payload[offset..<offset + count])
  }

  /// A copy of the bytes as text, with U+FFFD for what is not UTF-8.
  ///
  /// For messages and tests; it allocates.
  public func text(in payload: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes(in: payload), as: UTF8.self)
  }
}
