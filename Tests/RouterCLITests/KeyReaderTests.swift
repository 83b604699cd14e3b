import Testing

@testable import RouterCLI

/// Keys, as terminals send them.
struct KeyReaderTests {
  private func keys(_ pieces: String...) -> [Key] {
    var reader = KeyReader()
    return pieces.flatMap { reader.read(Array($0.utf8)) }
  }

  @Test func knowsKeys() {
    #expect(keys("qj \u{1A}") == [.character("q"), .character("j"), .character(" "), .suspend])
    #expect(keys("\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~") == [.up, .down, .pageUp, .pageDown])
    #expect(keys("\u{1B}[H\u{1B}OF\u{1B}[1~\u{1B}[4~") == [.home, .end, .home, .end])
  }

  @Test func putsPiecesTogether() {
    #expect(keys("\u{1B}", "[", "A", "\u{1B}[5", "~k") == [.up, .pageUp, .character("k")])
  }

  @Test func leavesOutWhatItDoesNotKnow() {
    #expect(keys("\u{1B}[15~q") == [.character("q")])
    #expect(keys("\u{1B}[1;5Aq") == [.character("q")])
    // The escape key, and then another; letters of other scripts.
    #expect(keys("\u{1B}q") == [.character("q")])
    #expect(keys("é漢q") == [.character("q")])
    // A sequence that never ends is given up.
    #expect(keys("\u{1B}[" + String(repeating: "1", count: 40), "q") == [.character("q")])
    #expect(keys("\u{1B}[\u{0}\u{1B}\u{7}") == [])
  }
}
