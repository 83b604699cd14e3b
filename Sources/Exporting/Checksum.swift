/// FNV-1a: says whether bytes were written whole, and tells rows from others. No protection from somebody who forges them.
public struct Checksum: Sendable, Hashable {
  /// The sum of what was added.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Of no bytes.
  public init() {}

  /// Of these bytes.
  public init(_ bytes: some Sequence<UInt8>) { add(bytes) }

  /// Adds bytes.
  @inline(__always)
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The value in 16 digits.
  public var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
