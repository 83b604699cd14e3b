/// A payload for reading: where it begins and ends, with the scans that the decoder is made of.
///
/// Every method takes a position between `start` and `end`, both included, and reads nothing outside of them: a word
/// that would reach past `end` is put together from what is there, with zero bytes behind. The pointers are valid as
/// long as the buffer that was given to `init` is.
struct PayloadBytes {
  let start: UnsafeRawPointer
  let end: UnsafeRawPointer

  /// The bytes of a buffer; `nil` for an empty one.
  init?(_ payload: UnsafeRawBufferPointer) {
    guard let base = payload.baseAddress, payload.count > 0 else { return nil }
    start = base
    end = base + payload.count
  }

  @inline(__always)
  var count: Int { end - start }

  @inline(__always)
  func offset(_ position: UnsafeRawPointer) -> Int { position - start }

  /// Whether this very byte stands at a position.
  ///
  /// Nothing stands at the end.
  @inline(__always)
  func has(_ byte: UInt8, at position: UnsafeRawPointer) -> Bool {
    position < end && position.load(as: UInt8.self) == byte
  }

  /// The position behind a text, if it stands at a position.
  @inline(__always)
  func end(of text: StaticString, at position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let length = text.utf8CodeUnitCount
    guard end - position >= length else { return nil }
    for index in 0..<length where (position + index).load(as: UInt8.self) != text.utf8Start[index] { return nil }
    return position + length
  }

  /// The position behind these bytes, if they stand at a position.
  @inline(__always)
  func end(of text: [UInt8], at position: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard end - position >= text.count else { return nil }
    for index in text.indices where (position + index).load(as: UInt8.self) != text[index] { return nil }
    return position + text.count
  }

  /// The eight bytes from a position on, zeros for those past the end.
  @inline(__always)
  func word(_ position: UnsafeRawPointer) -> UInt64 {
    if end - position >= 8 { return Self.load(position) }
    return lastWord(position)
  }

  /// The eight bytes from a position on, all of which must be there.
  @inline(__always)
  static func load(_ position: UnsafeRawPointer) -> UInt64 {
    UInt64(littleEndian: position.loadUnaligned(as: UInt64.self))
  }

  /// The word where fewer than eight bytes are left.
  ///
  /// The payload's last eight are read and the ones before the position shifted out; a shift by 64 gives 0.
  @inline(__always)
  private func lastWord(_ position: UnsafeRawPointer) -> UInt64 {
    if count >= 8 { return Self.load(end - 8) >> UInt64(8 * (8 - (end - position))) }
    return shortWord(position)
  }

  @inline(never)
  private func shortWord(_ position: UnsafeRawPointer) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<(end - position) {
      word |= UInt64((position + index).load(as: UInt8.self)) << UInt64(8 * index)
    }
    return word
  }

  /// Whether the bytes of a template stand at a position.
  ///
  /// `expected` holds `length` bytes as ``RowTemplate`` lays them out.
  @inline(__always)
  func matches(_ expected: UnsafePointer<UInt64>, length: Int, at position: UnsafeRawPointer) -> Bool {
    // With `length` bytes there, each load below stays inside: the last ones end where the expected bytes end.
    guard end - position >= length else { return false }
    if length <= 16 {
      if length >= 8 {
        return (Self.load(position) ^ expected[0]) | (Self.load(position + (length - 8)) ^ expected[1]) == 0
      }
      return (word(position) ^ expected[0]) << UInt64(8 * (8 - length)) == 0
    }
    if length <= 32 {
      let front = (Self.load(position) ^ expected[0]) | (Self.load(position + 8) ^ expected[1])
      let back =
        (Self.load(position + (length - 16)) ^ expected[2]) | (Self.load(position + (length - 8)) ^ expected[3])
      return front | back == 0
    }
    var index = 0
    while 8 * index + 8 <= length {
      if Self.load(position + 8 * index) != expected[index] { return false }
      index &+= 1
    }
    return Self.load(position + (length - 8)) == expected[index]
  }

  /// The end of the run of decimal digits from a position on.
  @inline(__always)
  func endOfDigits(_ position: UnsafeRawPointer) -> UnsafeRawPointer {
    var position = position
    while true {
      // Past the end the word is padded with zero bytes, which are no digits: the run cannot leave the payload.
      let marks = EightBytes.nonDigits(word(position))
      if marks != 0 { return position + EightBytes.position(marks) }
      position += 8
    }
  }

  /// The first quote or NUL from a position on; the end if there is none.
  @inline(__always)
  func quoteOrNUL(_ position: UnsafeRawPointer) -> UnsafeRawPointer {
    var position = position
    while position < end {
      let word = word(position)
      let marks = EightBytes.zeros(word ^ EightBytes.repeating(UInt8(ascii: "\""))) | EightBytes.zeros(word)
      // The zero bytes behind the end count as NUL: the first mark is in the payload or at its end.
      if marks != 0 { return position + EightBytes.position(marks) }
      position += 8
    }
    return end
  }

  /// The end of a value that is no string, as a reading has it.
  ///
  /// An array reaches to its first `]`, a number to the next `,` or `}`; neither holds a quote. `nil` if there is no
  /// such end or nothing before it.
  func endOfBareValue(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    let isArray = has(UInt8(ascii: "["), at: position)
    var end = position
    while end < self.end {
      switch end.load(as: UInt8.self) {
      case UInt8(ascii: "\""): return nil
      case UInt8(ascii: "]") where isArray: return end + 1
      case UInt8(ascii: ","), UInt8(ascii: "}"):
        if !isArray { return end > position ? end : nil }
      default: break
      }
      end += 1
    }
    return nil
  }

  /// Whether the bytes from `position` to `valueEnd` are what LDMS prints for a kind of value.
  func isValue(_ kind: PrintedKind, _ position: UnsafeRawPointer, _ valueEnd: UnsafeRawPointer) -> Bool {
    let isQuoted =
      valueEnd - position >= 2 && has(UInt8(ascii: "\""), at: position) && has(UInt8(ascii: "\""), at: valueEnd - 1)
    switch kind {
    case .unsigned: return endOfUnsigned(position) == valueEnd
    case .signed: return endOfSigned(position) == valueEnd
    case .float: return endOfFloat(position) == valueEnd
    case .timestamp: return timestamp(position)?.end == valueEnd
    case .char: return isQuoted && valueEnd - position == 3
    case .string: return isQuoted && !hasNUL(position, valueEnd)
    case .unsignedArray, .signedArray, .floatArray: return endOfArray(position, of: kind) == valueEnd
    case .undeclared:
      if isQuoted { return valueEnd - position == 3 || !hasNUL(position, valueEnd) }
      return endOfUndeclaredNumbers(position) == valueEnd
    case .unprintable: return false
    }
  }

  private func hasNUL(_ position: UnsafeRawPointer, _ valueEnd: UnsafeRawPointer) -> Bool {
    UnsafeRawBufferPointer(start: position, count: valueEnd - position).contains(0)
  }

  /// The first quote from a position on, and `nil` if a NUL or the end comes before it.
  @inline(__always)
  func endOfString(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    var position = position
    while true {
      // The zero bytes behind the end count as NUL, so the search cannot leave the payload.
      let word = word(position)
      let marks = EightBytes.zeros(word ^ EightBytes.repeating(UInt8(ascii: "\""))) | EightBytes.zeros(word)
      if marks != 0 {
        let found = position + EightBytes.position(marks)
        return has(UInt8(ascii: "\""), at: found) ? found : nil
      }
      position += 8
    }
  }
}
