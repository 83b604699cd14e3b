/// The ranges of the values of a row's observed columns.
///
/// A decoder that was told columns to observe notes here where their values stand; reading them is left to who wants
/// them, such as ``ByteRange/number(in:)``. A small plain value: 32 bytes, without a reference to the payload.
public struct ObservedValues: Sendable {
  /// How many columns of a row schema can be observed.
  public static let limit = 8
  /// The last place, counted from the payload's beginning, at which a value can be observed.
  public static let lastOffset = 1 << offsetBits - 1
  /// The longest value that can be observed, in bytes, quotes included.
  public static let longestValue = 1 << (32 - offsetBits) - 1

  private static let offsetBits = 22

  /// Eight places of 32 bits, one for each slot: the offset in the lower bits and the length above; 0 for none, since
  /// no value begins the payload.
  ///
  /// As words, which are made zero and copied with the row at next to no cost.
  private var places: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Values of which none is observed.
  public init() {}

  /// The range of the value in a slot, with the quotes of a string.
  ///
  /// `nil` where the decoder was not told so many columns, and for a value that begins behind ``lastOffset`` or is
  /// longer than ``longestValue``.
  public subscript(slot: Int) -> ByteRange? {
    precondition(slot >= 0 && slot < Self.limit, "there are eight slots")
    let place = withUnsafeBytes(of: places) { $0.load(fromByteOffset: 4 * slot, as: UInt32.self) }
    guard place != 0 else { return nil }
    return ByteRange(offset: Int(place) & Self.lastOffset, count: Int(place >> UInt32(Self.offsetBits)))
  }

  /// Notes where the value in a slot is, if that can be noted.
  @inline(__always)
  mutating func note(_ slot: UInt8, offset: Int, count: Int) {
    let fits = UInt(bitPattern: offset) <= UInt(Self.lastOffset) && UInt(bitPattern: count) <= UInt(Self.longestValue)
    let place = UInt32(truncatingIfNeeded: offset) | UInt32(truncatingIfNeeded: count) << UInt32(Self.offsetBits)
    // The template has seen to it that the slot is one.
    withUnsafeMutableBytes(of: &places) {
      $0.storeBytes(of: fits ? place : 0, toByteOffset: 4 * Int(slot & 7), as: UInt32.self)
    }
  }
}

extension ObservedValues: Hashable {
  /// Whether the same slots have values in the same places.
  public static func == (one: ObservedValues, other: ObservedValues) -> Bool { one.places == other.places }

  /// Hashes the places.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(places.0)
    hasher.combine(places.1)
    hasher.combine(places.2)
    hasher.combine(places.3)
  }
}
