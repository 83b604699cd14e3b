import Testing

@testable import Wording

@Suite struct QuotingTests {
  @Test func longStringsAreCutBetweenCharacters() {
    let cut = quoted(String(repeating: "a", count: 79) + "é" + "b")
    #expect(cut == "\"" + String(repeating: "a", count: 79) + "...\"")
    #expect(quoted(String(repeating: "é", count: 40)) == "\"" + String(repeating: "é", count: 40) + "\"")
  }

  @Test func nothingThatSteersATerminalGetsThrough() {
    #expect(quoted("a\u{1B}[2J\n\u{202E}\"\\") == #""a\u{1b}[2J\n\u{202e}\"\\""#)
    #expect(Escaping.printable("a\u{1B}\tb\u{202E}") == "a\\u{1b}\\tb\\u{202e}")
    #expect(Escaping.printable(bytes: [0x61, 0xFF, 0x0A]) == "a\\xff\\x0a")
    #expect(Escaping.printable(bytes: Array("abcdef".utf8), limit: 3) == "abc...")
  }

  @Test func jsonStringsAreValid() {
    #expect(Escaping.json("a\"b\\c\n\u{01}é") == #""a\"b\\c\n\u0001é""#)
  }
}
