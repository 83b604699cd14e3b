import Testing

@testable import Wording

/// JSON that is written value by value.
@Suite struct JSONWriterTests {
  @Test func commasComeByThemselves() {
    var json = JSONWriter()
    json.beginObject()
    json.name("a")
    json.beginList()
    json.write(1)
    json.write("x\"y")
    json.beginObject()
    json.endObject()
    json.beginList()
    json.endList()
    json.write(true)
    json.endList()
    json.name("b:")
    json.write(Optional<String>.none)
    json.name("c{")
    json.write(Optional<Int>.none)
    json.endObject()
    #expect(String(decoding: json.bytes, as: UTF8.self) == #"{"a":[1,"x\"y",{},[],true],"b:":null,"c{":null}"#)
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (3, "3.0"), (131_072_000, "1.31072e+08"), (1e20, "1e+20"), (-2.5e-7, "-2.5e-07"), (.nan, "null"),
      (-.infinity, "null"),
    ] as [(Float, String)])
  func numbersAreShort(_ number: Float, _ text: String) {
    var json = JSONWriter()
    json.write(number)
    #expect(String(decoding: json.bytes, as: UTF8.self) == text)
  }

  @Test(arguments: ["plain", "", "\u{7f}", "é\u{2028}", "a\\\n\t\r\u{01}\u{1F600}", "\u{202E}"])
  func escapedTextIsTheSameAsInATree(_ text: String) {
    var json = JSONWriter()
    json.write(text)
    #expect(json.bytes == JSONTree.text(text).lineBytes)
    #expect(!json.bytes.contains { $0 < 0x20 || $0 == 0x7f })
  }
}
