extension ProvenanceKey {
  /// Takes a key apart, without allocating.
  ///
  /// - Returns: the part before the offset, with its slash, and the offset; `nil` for what `write` never writes: then it
  ///   is no key of a row.
  static func read(_ key: UnsafeRawBufferPointer) -> (prefix: UnsafeRawBufferPointer, offset: Int64)? {
    guard let slash = key.lastIndex(of: UInt8(ascii: "/")), slash > 0,
      let offset = number(UnsafeRawBufferPointer(rebasing: key[(slash + 1)...])),
      let before = key[..<slash].lastIndex(of: UInt8(ascii: "/")), before > 0,
      let partition = number(UnsafeRawBufferPointer(rebasing: key[(before + 1)..<slash])),
      partition <= Int64(Int32.max)
    else { return nil }
    return (UnsafeRawBufferPointer(rebasing: key[...slash]), offset)
  }

  /// A number as it is written: digits without a leading zero.
  private static func number(_ digits: UnsafeRawBufferPointer) -> Int64? {
    guard (1...19).contains(digits.count), digits.count == 1 || digits[0] != UInt8(ascii: "0") else { return nil }
    var number: UInt64 = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      number = number &* 10 &+ UInt64(byte &- 0x30)
    }
    return Int64(exactly: number)
  }
}
