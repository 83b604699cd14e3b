/// Arithmetic on eight bytes at once, held in an integer with the first byte lowest.
enum EightBytes {
  /// A word whose eight bytes are all `byte`.
  @inline(__always)
  static func repeating(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

  /// The high bit of the first byte that is not a decimal digit is the lowest bit set; 0 if all eight are digits.
  ///
  /// The sum carries out of a byte only from one that is itself no digit, so nothing below the lowest bit set is wrong;
  /// bits above may be.
  @inline(__always)
  static func nonDigits(_ word: UInt64) -> UInt64 {
    let values = word ^ repeating(UInt8(ascii: "0"))
    return ((values &+ repeating(0x76)) | values) & repeating(0x80)
  }

  /// The high bit of the first byte that is zero is the lowest bit set; 0 if none is.
  ///
  /// Only the lowest set bit is reliable.
  @inline(__always)
  static func zeros(_ word: UInt64) -> UInt64 { (word &- repeating(1)) & ~word & repeating(0x80) }

  /// The high bit of every byte that is zero, and no other bit.
  @inline(__always)
  static func allZeros(_ word: UInt64) -> UInt64 {
    let rest = repeating(0x7F)
    return ~(((word & rest) &+ rest) | word | rest)
  }

  /// The position (0 to 7) of the byte whose high bit is the lowest one set in `marks`; 8 for none.
  @inline(__always)
  static func position(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

  /// The number that eight decimal digits write.
  ///
  /// The word must hold nothing else.
  @inline(__always)
  static func decimal(_ word: UInt64) -> UInt64 { decimal(values: word ^ repeating(UInt8(ascii: "0"))) }

  /// The number that eight bytes of value 0 to 9 mean, the first one the most significant.
  ///
  /// Pairs, then fours, then all eight, each in one multiplication; no sum exceeds its lane.
  @inline(__always)
  static func decimal(values: UInt64) -> UInt64 {
    let pairs = (values &* 10) &+ (values >> 8)
    let lanes: UInt64 = 0x0000_00FF_0000_00FF
    return (((pairs & lanes) &* 0x000F_4240_0000_0064) &+ (((pairs >> 16) & lanes) &* 0x0000_2710_0000_0001)) >> 32
  }
}
