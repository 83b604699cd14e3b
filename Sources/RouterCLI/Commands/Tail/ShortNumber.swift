/// Numbers of rows as people read them in a table.
///
/// LDMS prints a `d64` by `%.17g` and an `f32` by `%.9g`, which is always enough to read the same value and mostly more:
/// 0.15 stands in the row as `0.14999999999999999`, as an `f32` `0.150000006`. The type itself is not in the row, but
/// more than nine digits are a `d64`, and nine are an `f32` that prints to just these.
enum ShortNumber {
  /// The shortest number that reads as the same value; anything else as it is, each element of a list for itself.
  static func text(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return number(bytes[...]) }
    let elements = bytes.dropFirst().dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    return [UInt8(ascii: "[")] + elements.map { number($0) }.joined(separator: [UInt8(ascii: ",")])
      + [UInt8(ascii: "]")]
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let whole = Array(bytes)
    let mantissa = bytes.prefix { $0 != UInt8(ascii: "e") }
    let digits = mantissa.drop { !(0x31...0x39).contains($0) }.count { (0x30...0x39).contains($0) }
    // Fewer are short already; a zero at the end of a fraction says that it was not printed by %g.
    guard (9...17).contains(digits), mantissa.contains(UInt8(ascii: ".")), mantissa.last != UInt8(ascii: "0"),
      whole.allSatisfy({ (0x30...0x39).contains($0) || "+-.e".utf8.contains($0) })
    else { return whole }
    let text = String(decoding: whole, as: UTF8.self)
    let short: String
    if digits > 9 {
      guard let value = Double(text), value.isFinite else { return whole }
      short = value.description
    } else {
      guard let value = Float(text), value.isFinite else { return whole }
      short = value.description
    }
    let shown = Array((short.hasSuffix(".0") ? String(short.dropLast(2)) : short).utf8)
    return shown.count < whole.count ? shown : whole
  }
}
