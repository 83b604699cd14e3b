import Glibc
import Testing

@testable import RouterCLI

struct TerminalTests {
  /// A pseudo-terminal of a size, closed at the end of the body.
  private func withPseudoTerminal(_ columns: UInt16, _ body: (Int32) -> Void) throws {
    let pair = try PseudoTerminal(columns: columns, rows: 30)
    defer { pair.close() }
    body(pair.terminal)
  }

  @Test func asksTheTerminalForItsSize() throws {
    try withPseudoTerminal(132) { descriptor in
      let terminal = Terminal(descriptor: descriptor, environment: ["TERM": "xterm"], allowsColours: true)
      #expect(terminal.isTerminal)
      #expect(terminal.columns == 132)
      #expect(terminal.size.rows == 30)
      #expect(terminal.styled("x", .good) == "\u{1B}[32mx\u{1B}[0m")
    }
  }

  @Test(arguments: [
    (["TERM": "xterm", "COLUMNS": "99"], 99), (["TERM": "xterm", "COLUMNS": "0"], 132), (["COLUMNS": "-5"], 132),
    (["COLUMNS": "wide"], 132), (["COLUMNS": ""], 132), (["COLUMNS": "99999999999999999999"], 132),
  ])
  func columnsOfTheEnvironmentGoFirst(_ environment: [String: String], _ expected: Int) throws {
    try withPseudoTerminal(132) { descriptor in
      #expect(Terminal(descriptor: descriptor, environment: environment, allowsColours: true).columns == expected)
    }
  }

  @Test func aTerminalWithoutASizeHas80Columns() throws {
    try withPseudoTerminal(0) { descriptor in
      #expect(Terminal(descriptor: descriptor, environment: [:], allowsColours: true).columns == 80)
    }
  }

  @Test(arguments: [
    (["TERM": "xterm", "NO_COLOR": "1"], true, false), (["TERM": "xterm", "NO_COLOR": ""], true, true),
    (["TERM": "dumb"], true, false), ([:], true, false), (["TERM": "xterm"], false, false),
    (["TERM": "xterm"], true, true),
  ])
  func coloursAreWelcome(_ environment: [String: String], _ allows: Bool, _ expected: Bool) throws {
    try withPseudoTerminal(80) { descriptor in
      #expect(Terminal(descriptor: descriptor, environment: environment, allowsColours: allows).usesColours == expected)
    }
  }

  @Test(arguments: [
    (["TERM": "xterm"], true, true), (["TERM": "dumb", "LANG": "C.UTF-8"], false, false), ([:], false, false),
    (["TERM": "xterm", "LANG": "de_DE.UTF-8"], true, true), (["TERM": "xterm", "LANG": "en_US.utf8"], true, true),
    (["TERM": "xterm", "LANG": "de_DE.UTF-8@euro"], true, true), (["TERM": "xterm", "LANG": "C"], true, false),
    (["TERM": "xterm", "LANG": "POSIX"], true, false), (["TERM": "xterm", "LANG": "de_DE.ISO-8859-1"], true, false),
    (["TERM": "xterm", "LANG": "de_DE.UTF-8", "LC_ALL": "C"], true, false),
    (["TERM": "xterm", "LANG": "C", "LC_CTYPE": "C.UTF-8", "LC_ALL": ""], true, true),
  ])
  func blocksAreDrawnWhereTheyCanBeShown(_ environment: [String: String], _ redraws: Bool, _ blocks: Bool) throws {
    try withPseudoTerminal(80) { descriptor in
      let terminal = Terminal(descriptor: descriptor, environment: environment, allowsColours: true)
      #expect(terminal.redraws == redraws && terminal.usesBlocks == blocks)
    }
  }

  @Test func aPipeIsNoTerminal() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let terminal = Terminal(descriptor: ends[1], environment: ["TERM": "xterm", "COLUMNS": "40"], allowsColours: true)
    #expect(!terminal.isTerminal)
    #expect(!terminal.usesColours)
    #expect(terminal.columns == nil)
    #expect(terminal.styled("x", .bad) == "x")
  }
}
