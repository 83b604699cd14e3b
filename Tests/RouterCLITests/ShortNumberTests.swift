import MetricRouter
import Naming
import Testing

@testable import RouterCLI

/// Numbers of rows in a table: no more digits than it takes to read the same value.
struct ShortNumberTests {
  @Test(arguments: [
    // d64, by %.17g.
    ("0.14999999999999999", "0.15"), ("0.029999999999999999", "0.03"), ("-12.300000000000001", "-12.3"),
    ("1.7976931348623157e+308", "1.7976931348623157e+308"), ("3.1415926535897931", "3.141592653589793"),
    ("0.10000000149011612", "0.10000000149011612"),
    // f32, by %.9g.
    ("0.150000006", "0.15"), ("3.14159274", "3.1415927"), ("12345.6787", "12345.679"),
    // Nothing to be shortened: whole numbers, times, what is none.
    ("0.5", "0.5"), ("18446744073709551615", "18446744073709551615"), ("1795497251.002000", "1795497251.002000"),
    ("1795497251.002199", "1795497251.002199"), ("nan", "nan"), ("-inf", "-inf"), ("", ""),
    ("1.2.3456789012", "1.2.3456789012"),
    ("0.1499999999999999999999", "0.1499999999999999999999"),
    // Lists, each element for itself.
    ("[0.14999999999999999,2,0.29999999999999999]", "[0.15,2,0.3]"), ("[]", "[]"), ("[", "["),
  ])
  func isShortAndTheSame(_ text: String, _ expected: String) throws {
    let short = String(decoding: ShortNumber.text(Array(text.utf8)), as: UTF8.self)
    #expect(short == expected)
    if let value = Double(text), expected.utf8.count != text.utf8.count, text.utf8.count > 12 {
      #expect(Double(short) == value)
    }
  }

  @Test func onlyTheTableIsShortened() {
    let cell = TailCell(bytes: Array("0.14999999999999999".utf8), isNumber: true)
    var table = TailTable()
    let shown = table.lines([Name("load1min")], [cell], .none)
    #expect(shown.last?.hasSuffix(" 0.15") == true, "\(shown)")
    #expect(String(decoding: cell.bytes, as: UTF8.self) == "0.14999999999999999")
    // Text stays as it is, whatever it looks like.
    let text = TailCell(bytes: Array("0.14999999999999999".utf8), isNumber: false)
    let same = table.lines([Name("load1min")], [text], .none)
    #expect(same.last?.contains("0.14999999999999999") == true)
  }
}
