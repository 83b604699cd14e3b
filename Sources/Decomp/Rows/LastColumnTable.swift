/// The row schemas by the name of their last column, to find the schema of a row.
///
/// Row schemas mostly begin alike (time, host, job) and end differently. A key stands for the name: its last eight bytes. It is a
/// guess: whoever is told a schema has to see whether the row is one of it.
///
/// `@unchecked Sendable`: the memory is written in `init` and never again, and freed with the table.
final class LastColumnTable: @unchecked Sendable {
  private struct Slot {
    var key: UInt64 = 0
    /// The schemas, as a stretch of ``LastColumnTable/listed``.
    var first: Int32 = 0
    /// 0 for a free slot.
    var count: Int32 = 0
  }

  /// A power of two, at most half of them taken.
  private let slots: UnsafeMutableBufferPointer<Slot>
  private let listed: UnsafeMutableBufferPointer<Int32>
  private let shift: UInt64

  /// - Parameter columns: the name of each schema's last column, and the schema.
  init(_ columns: [(name: [UInt8], variant: Int)]) {
    var byKey: [UInt64: [Int32]] = [:]
    for column in columns { byKey[Self.key(of: column.name), default: []].append(Int32(column.variant)) }
    var bits: UInt64 = 1
    while 1 << bits < 2 * byKey.count { bits += 1 }
    shift = 64 - bits
    slots = .allocate(capacity: 1 << Int(bits))
    slots.initialize(repeating: Slot())
    listed = .allocate(capacity: columns.count)
    var count = 0
    for (key, variants) in byKey {
      var place = Int((key &* Self.spread) >> shift)
      while slots[place].count > 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Slot(key: key, first: Int32(count), count: Int32(variants.count))
      for variant in variants.sorted() {
        listed.initializeElement(at: count, to: variant)
        count += 1
      }
    }
  }

  deinit {
    slots.deallocate()
    listed.deallocate()
  }

  /// 2^64 divided by the golden ratio: keys that differ in any byte come to differ in the highest bits.
  private static let spread: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The schemas with this key, in their order.
  @inline(__always)
  func variants(of key: UInt64) -> UnsafeBufferPointer<Int32> {
    var place = Int((key &* Self.spread) >> shift)
    while slots[place].count > 0 {
      let slot = slots[place]
      if slot.key == key {
        return UnsafeBufferPointer(rebasing: listed[Int(slot.first)..<Int(slot.first + slot.count)])
      }
      place = (place + 1) & (slots.count - 1)
    }
    return UnsafeBufferPointer(start: nil, count: 0)
  }

  /// The key of a name.
  static func key(of name: [UInt8]) -> UInt64 {
    name.suffix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The key of a row's last column; `nil` where it cannot be seen from the row's end.
  @inline(__always)
  static func key(of bytes: PayloadBytes) -> UInt64? {
    let quote = UInt8(ascii: "\"")
    guard bytes.count > 4, let last = bytes.lastQuote(before: bytes.end - 1) else { return nil }
    // A number or an array has no quotes, so the last one ends the name; a string's last two are its own.
    guard last == bytes.end - 2 else { return bytes.nameKey(endingAt: last) }
    guard let first = bytes.lastQuote(before: last), first - bytes.start > 2,
      bytes.has(quote, at: first - 2), bytes.has(UInt8(ascii: ":"), at: first - 1)
    else { return nil }
    return bytes.nameKey(endingAt: first - 2)
  }
}

extension PayloadBytes {
  /// The last quote before a position.
  @inline(__always)
  fileprivate func lastQuote(before position: UnsafeRawPointer) -> UnsafeRawPointer? {
    var position = position
    while position - start >= 8 {
      let marks = EightBytes.allZeros(Self.load(position - 8) ^ EightBytes.repeating(UInt8(ascii: "\"")))
      if marks != 0 { return position - 1 - marks.leadingZeroBitCount >> 3 }
      position -= 8
    }
    while position > start {
      position -= 1
      if has(UInt8(ascii: "\""), at: position) { return position }
    }
    return nil
  }

  /// The last eight bytes of the name whose closing quote is here, or all of a shorter one's.
  @inline(__always)
  fileprivate func nameKey(endingAt quote: UnsafeRawPointer) -> UInt64? {
    guard quote - start >= 8 else { return nil }
    let word = Self.load(quote - 8)
    let marks = EightBytes.allZeros(word ^ EightBytes.repeating(UInt8(ascii: "\"")))
    // What stands before the opening quote is shifted out; a shift by 64 gives 0.
    return word >> UInt64(64 - marks.leadingZeroBitCount)
  }
}
