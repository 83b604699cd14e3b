import TestSupport
import Testing

@testable import Naming

@Suite struct NameTests {
  @Test(
    arguments: [
      (Array("userA-c2".utf8), "userA-c2"),
      (Array("j\u{fc}rgen".utf8), "j\u{fc}rgen"),
      (Array("a\\b\"c d".utf8), "a\\\\b\"c d"),
      ([0x61, 0x00, 0x0a, 0x1b, 0x7f], "a\\x00\\x0a\\x1b\\x7f"),
      ([0xff, 0xc3], "\\xff\\xc3"),
      (Array("a\u{202e}b\u{200b}".utf8), "a\\xe2\\x80\\xaeb\\xe2\\x80\\x8b"),
      ([], ""),
      (Array(String(repeating: "x", count: 121).utf8), String(repeating: "x", count: 120) + "..."),
      (Array(String(repeating: "x", count: 120).utf8), String(repeating: "x", count: 120)),
    ] as [([UInt8], String)])
  func showsSafely(bytes: [UInt8], shown: String) {
    #expect("\(Name(bytes))" == shown)
  }

  @Test func comparesBytes() {
    #expect(Name("\u{e9}") != Name("e\u{301}"))
    #expect("\u{e9}" == "e\u{301}")
    #expect(
      [Name("b"), Name("a"), Name(""), Name("ab"), Name("A")].sorted() == ["", "A", "a", "ab", "b"].map { Name($0) })
  }

  @Test func scansEveryByteOnce() {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        [0x61, 0x80, 0xc3, 0xbc, 0xe2, 0x80, 0xed, 0xa0, 0xf0, 0x9f, 0xff].randomElement(using: &generator) ?? UInt8(0)
      }
      var position = 0
      var valid = true
      for unit in NameScanner(bytes) {
        #expect(unit.range.lowerBound == position)
        #expect(!unit.range.isEmpty)
        position = unit.range.upperBound
        if unit.scalar == nil { valid = false }
      }
      #expect(position == bytes.count)
      #expect(valid == (String(validating: bytes, as: UTF8.self) != nil))
    }
  }
}
