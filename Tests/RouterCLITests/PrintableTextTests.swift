import Testing

@testable import RouterCLI

struct PrintableTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("jürgen 日本 🦆", "jürgen 日本 🦆"), ("a\tb\nc\r", "a\\tb\\nc\\r"), ("\u{0}\u{7F}", "\\x00\\x7f"),
    ("\u{1B}]0;x\u{7}", "\\x1b]0;x\\x07"), ("\u{9B}31m", "\\u{009b}31m"), ("\u{200B}\u{FEFF}", "\\u{200b}\\u{feff}"),
    ("\u{2028}", "\\u{2028}"), ("\u{E000}\u{E0041}", "\\u{e000}\\u{e0041}"), ("👩\u{200D}🚀", "👩\u{200D}🚀"),
  ])
  func escapes(_ text: String, _ expected: String) {
    #expect(PrintableText.escaped(text) == expected)
    #expect(PrintableText.escaped(bytes: text.utf8) == expected)
  }

  @Test(
    arguments: [
      ([0xFF], "\\xff"), ([0xC3], "\\xc3"), ([0xC3, 0x28], "\\xc3("), ([0xE2, 0x82], "\\xe2\\x82"),
      ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xF0, 0x9F, 0xA6, 0x86], "🦆"), ([0x80, 0x41], "\\x80A"),
      ([0xC0, 0x80], "\\xc0\\x80"), ([], ""),
    ] as [([UInt8], String)])
  func showsBytesThatAreNotText(_ bytes: [UInt8], _ expected: String) {
    #expect(PrintableText.escaped(bytes: bytes) == expected)
  }

  @Test func quotesShortly() {
    #expect(PrintableText.quoted("a\nb") == "'a\\nb'")
    #expect(DisplayWidth.columns(PrintableText.quoted(String(repeating: "日", count: 500))) <= 62)
  }
}
