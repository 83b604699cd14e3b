/// The number formats of `strbuf_printcol_*` in `ldms/src/ldmsd/ldmsd_decomp.c`.
extension PayloadBytes {
  /// The longest integer that LDMS prints: 18446744073709551615.
  static let longestInteger = 20

  /// The end of an unsigned integer at a position: one to twenty digits.
  ///
  /// `nil` if there is none.
  @inline(__always)
  func endOfUnsigned(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let digitsEnd = endOfDigits(position)
    let length = digitsEnd - position
    return length >= 1 && length <= Self.longestInteger ? digitsEnd : nil
  }

  /// The end of one to seven digits that a comma follows, which is what most undeclared values are; `nil` for anything
  /// else.
  @inline(__always)
  func endOfShortInteger(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let word = word(position)
    let length = EightBytes.position(EightBytes.nonDigits(word))
    let next = UInt8(truncatingIfNeeded: word >> UInt64(8 * length))
    return length >= 1 && next == UInt8(ascii: ",") ? position + length : nil
  }

  /// The end of an integer with or without a minus sign.
  ///
  /// `nil` if there is none.
  @inline(__always)
  func endOfSigned(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    endOfUnsigned(has(UInt8(ascii: "-"), at: position) ? position + 1 : position)
  }

  /// The end of what `%.17g` prints: an integer, a decimal fraction, an exponent, `nan` or `inf`.
  ///
  /// `nil` if there is none.
  @inline(__always)
  func endOfFloat(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let unsigned = has(UInt8(ascii: "-"), at: position) ? position + 1 : position
    var end = endOfDigits(unsigned)
    guard end != unsigned else { return endOfNotFinite(unsigned) }
    guard end - unsigned <= Self.longestInteger else { return nil }
    if has(UInt8(ascii: "."), at: end) {
      let fraction = end + 1
      end = endOfDigits(fraction)
      guard end != fraction else { return nil }
    }
    if has(UInt8(ascii: "e"), at: end) {
      let sign = end + 1
      guard has(UInt8(ascii: "-"), at: sign) || has(UInt8(ascii: "+"), at: sign) else { return nil }
      end = endOfDigits(sign + 1)
      let length = end - (sign + 1)
      guard length >= 2, length <= 3 else { return nil }
    }
    return end
  }

  @inline(never)
  private func endOfNotFinite(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let letters = word(position) & 0xFF_FFFF
    let nan: UInt64 = 0x6E_616E
    let inf: UInt64 = 0x66_6E69
    return letters == nan || letters == inf ? position + 3 : nil
  }

  /// The value of the unsigned integer between two positions; `nil` if it is none or exceeds 2^64-1.
  @inline(__always)
  func unsignedValue(_ position: UnsafeRawPointer, _ valueEnd: UnsafeRawPointer) -> UInt64? {
    let length = valueEnd - position
    if length >= 1, length <= 8 {
      let word = word(position)
      // The digits go to the top of the word; what follows them in the payload is shifted out, and zeros lead.
      let values = (word ^ EightBytes.repeating(UInt8(ascii: "0"))) << UInt64(8 * (8 - length))
      guard EightBytes.position(EightBytes.nonDigits(word)) >= length else { return nil }
      return EightBytes.decimal(values: values)
    }
    return longUnsignedValue(position, valueEnd)
  }

  @inline(never)
  private func longUnsignedValue(_ position: UnsafeRawPointer, _ valueEnd: UnsafeRawPointer) -> UInt64? {
    guard valueEnd > position, valueEnd - position <= Self.longestInteger else { return nil }
    var value: UInt64 = 0
    var position = position
    while position < valueEnd {
      let digit = position.load(as: UInt8.self) ^ UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
      guard !tooLarge, !carried else { return nil }
      value = sum
      position += 1
    }
    return value
  }

  /// A timestamp at a position, and where it ends.
  struct ScannedTimestamp {
    var value: RowTimestamp
    var end: UnsafeRawPointer
  }

  /// What `%u.%06u` prints, at a position; `nil` if something else stands there or a number exceeds 2^32-1.
  @inline(__always)
  func timestamp(_ position: UnsafeRawPointer) -> ScannedTimestamp? {
    // Every real one since 2001 has ten digits, the point, and six digits: seventeen bytes, read as 8 + 8 + 1 and
    // checked together.
    if end - position >= 18 {
      let first = Self.load(position)
      let second = Self.load(position + 8)
      let last = (position + 16).load(as: UInt8.self) ^ UInt8(ascii: "0")
      let next = (position + 17).load(as: UInt8.self) ^ UInt8(ascii: "0")
      // A point leaves 0x1E, and with 0x76 on top no carry: all marks of the second word are right.
      let point: UInt64 = 0x80_0000
      let isPoint = second & 0xFF_0000 == UInt64(UInt8(ascii: ".")) << 16
      if EightBytes.nonDigits(first) == 0, EightBytes.nonDigits(second) == point, isPoint, last <= 9, next > 9 {
        let values = second ^ EightBytes.repeating(UInt8(ascii: "0"))
        let seconds = EightBytes.decimal(first) &* 100 &+ (values & 0xFF) &* 10 &+ (values >> 8) & 0xFF
        let microseconds = EightBytes.decimal(values: (values >> 24) << 16 | UInt64(last) << 56)
        guard seconds <= UInt64(UInt32.max) else { return nil }
        return ScannedTimestamp(
          value: RowTimestamp(
            seconds: UInt32(truncatingIfNeeded: seconds), microseconds: UInt32(truncatingIfNeeded: microseconds)),
          end: position + 17)
      }
    }
    return unusualTimestamp(position)
  }

  @inline(never)
  private func unusualTimestamp(_ position: UnsafeRawPointer) -> ScannedTimestamp? {
    let point = endOfDigits(position)
    guard has(UInt8(ascii: "."), at: point) else { return nil }
    let fraction = point + 1
    let fractionEnd = endOfDigits(fraction)
    guard fractionEnd - fraction >= 6, let seconds = unsignedValue(position, point).flatMap(UInt32.init(exactly:)),
      let microseconds = unsignedValue(fraction, fractionEnd).flatMap(UInt32.init(exactly:))
    else { return nil }
    return ScannedTimestamp(value: RowTimestamp(seconds: seconds, microseconds: microseconds), end: fractionEnd)
  }
}
