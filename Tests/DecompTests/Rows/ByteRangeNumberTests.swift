import Decomp
import Foundation
import FuzzSupport
import TestSupport
import Testing

/// Numbers as LDMS prints them.
@Suite struct ByteRangeNumberTests {
  /// The number of `text`, as it stands in a row, and with nothing readable behind it.
  private func number(_ text: String) -> Double? {
    let inside = Array("x1\(text),2".utf8).withUnsafeBytes {
      ByteRange(offset: 2, count: text.utf8.count).number(in: $0)
    }
    let atEnd = GuardedPayload().atEnd(Array("{\(text)".utf8)) {
      ByteRange(offset: 1, count: text.utf8.count).number(in: $0)
    }
    #expect(inside == atEnd)
    return atEnd
  }

  @Test(arguments: [
    ("0", 0.0), ("7", 7), ("12345678", 12_345_678), ("123456789", 123_456_789), ("18446744073709551615", 0x1p64),
    ("99999999999999999999", 1e20), ("-0", 0), ("-1", -1), ("-9223372036854775808", -0x1p63), ("0.02", 0.02),
    ("0.59999999999999998", 0.6), ("0.100000001", 0.100000001), ("-7.5", -7.5), ("1e+300", 1e300),
    ("1.0000000000000001e+300", 1e300), ("4.9406564584124654e-324", Double.leastNonzeroMagnitude),
    ("2.2250738585072014e-308", Double.leastNormalMagnitude),
    ("-1.7976931348623157e+308", -Double.greatestFiniteMagnitude),
    ("1795496194.114853", 1_795_496_194.114853), ("9007199254740993", 9_007_199_254_740_992),
  ])
  func `what LDMS prints is read to the nearest value`(text: String, value: Double) {
    #expect(number(text) == value)
  }

  @Test(arguments: [
    "", "nan", "-nan", "inf", "-inf", "\"1\"", "\"cpu\"", "[1]", "[]", "-", ".", "1.", ".5", "1e5", "1e", "0x10", "1,2",
    " 1", "1 ", "+1", "1e+999", "infinity", "1_000", "1\0", "\u{661}",
    "000000000000000000000000000000000000000000000000001",
  ])
  func `anything else is none`(text: String) {
    #expect(number(text) == nil)
  }

  @Test func `any double is read back as it was`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      #expect(number(String(format: "%.17g", value)) == value)
    }
  }

  @Test func `a range outside of the payload has none`() {
    for range in [ByteRange(offset: 0, count: 4), ByteRange(offset: 3, count: 1), ByteRange(offset: -1, count: 1)] {
      #expect(Array("123".utf8).withUnsafeBytes { range.number(in: $0) } == nil)
    }
    #expect(ByteRange(offset: 0, count: 1).number(in: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
  }
}
