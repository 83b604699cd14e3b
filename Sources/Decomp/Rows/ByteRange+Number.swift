internal import Glibc

extension ByteRange {
  /// The longest number that LDMS prints is `-2.2250738585072014e-308`; with room to spare.
  private static let longestNumber = 47

  /// The number that stands here; `nil` for anything else: a string, an array, `nan`, `inf`.
  ///
  /// It is read as LDMS prints it, integers and `%.17g`, to the nearest `Double`. Integers above 2^53 are rounded. The
  /// payload must be the one that was decoded. Without allocation.
  public func number(in payload: UnsafeRawBufferPointer) -> Double? {
    guard count > 0, count <= Self.longestNumber, let bytes = PayloadBytes(payload), offset >= 0,
      end <= payload.count
    else { return nil }
    let first = bytes.start + offset
    let last = bytes.start + end
    // What most metrics are: up to eight digits.
    if let value = bytes.unsignedValue(first, last) { return Double(value) }
    guard bytes.endOfFloat(first) == last else { return nil }
    let number = withUnsafeTemporaryAllocation(byteCount: Self.longestNumber + 1, alignment: 1) { text in
      text.copyMemory(from: UnsafeRawBufferPointer(start: first, count: count))
      text[count] = 0
      // In the C locale, as nothing here calls setlocale.
      return text.withMemoryRebound(to: CChar.self) { strtod($0.baseAddress.unsafelyUnwrapped, nil) }
    }
    return number.isFinite ? number : nil
  }
}
