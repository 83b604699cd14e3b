import Testing

@testable import RouterCLI

struct TableTests {
  private func table() -> Table {
    var table = Table([.shrinking("TOPIC", minimum: 10), .text("STATE"), .number("ROWS"), .number("AGE")])
    table.add(["ldms.user.alice.rows", TableCell("active", .good), "4,671", "3 s"])
    table.add(["ldms.user.jean-2dluc.job.12345", "ended", "12", "2 h"])
    return table
  }

  private func lines(_ columns: Int?) -> [String] {
    table().lines(for: columns.map { Terminal(columns: $0, rows: 24, usesColours: false) } ?? .none)
  }

  @Test(arguments: [nil, 200, 52])
  func alignsItsColumns(_ columns: Int?) {
    #expect(
      lines(columns) == [
        "TOPIC                           STATE    ROWS  AGE",
        "ldms.user.alice.rows            active  4,671  3 s",
        "ldms.user.jean-2dluc.job.12345  ended      12  2 h",
      ])
  }

  @Test func shrinksTheDeclaredColumnOnATerminal() {
    #expect(
      lines(40) == [
        "TOPIC                 STATE    ROWS  AGE",
        "ldms.user.alice.rows  active  4,671  3 s",
        "ldms.user.jean-2dlu…  ended      12  2 h",
      ])
  }

  @Test func fitsEvenWhenNothingCanShrinkFurther() {
    #expect(
      lines(20) == [
        "TOPIC       STATE",
        "ldms.user…  active",
        "ldms.user…  ended",
      ])
  }

  @Test(arguments: 1...80)
  func isNeverWiderThanTheTerminal(_ columns: Int) {
    for line in lines(columns) {
      #expect(DisplayWidth.columns(line) <= columns)
      #expect(line.last != " ")
    }
  }

  @Test func neverEndsALineInBlanks() {
    var table = Table([.text("A"), .number("B"), .text("C")])
    table.add(["long value", "", ""])
    table.add(["", "", "x"])
    #expect(table.lines(for: .none) == ["A           B  C", "long value", "               x"])
  }

  @Test func sharesTheLossBetweenShrinkingColumns() {
    var table = Table([.shrinking("A", minimum: 4), .shrinking("B", minimum: 4)])
    table.add(["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbb"])
    #expect(table.lines(for: Terminal(columns: 22, rows: 24, usesColours: false))[1] == "aaaaaaaaa…  bbbbbbbbbb")
    #expect(table.lines(for: Terminal(columns: 14, rows: 24, usesColours: false))[1] == "aaaaa…  bbbbb…")
  }

  @Test func measuresWideAndCombiningCharacters() {
    var table = Table([.shrinking("NAME", minimum: 4), .number("N")])
    table.add(["日本語", "1"])
    table.add(["e\u{301}te\u{301}", "2"])
    table.add(["🦆🦆", "3"])
    #expect(table.lines(for: .none) == ["NAME    N", "日本語  1", "e\u{301}te\u{301}     2", "🦆🦆    3"])
    #expect(table.lines(for: Terminal(columns: 8, rows: 24, usesColours: false))[1] == "日本…  1")
    // Half of a wide character cannot be shown.
    #expect(table.lines(for: Terminal(columns: 7, rows: 24, usesColours: false))[1] == "日…   1")
  }

  @Test func showsHostileCellsEscaped() {
    var table = Table([.text("USER"), .number("N")])
    table.add(["\u{1B}[2Jroot\r\n", "1"])
    table.add(["\u{202E}ecila", "2"])
    table.add([TableCell(PrintableText.escaped(bytes: [0x61, 0xFF, 0xC3, 0xBC, 0x00])), "3"])
    #expect(
      table.lines(for: .none) == [
        "USER             N",
        "\\x1b[2Jroot\\r\\n  1",
        "\\u{202e}ecila    2",
        "a\\xffü\\x00       3",
      ])
  }

  @Test func coloursDoNotChangeTheLayout() {
    let lines = table().lines(for: Terminal(columns: 40, rows: 24, usesColours: true))
    #expect(lines[0].hasPrefix("\u{1B}[1mTOPIC\u{1B}[0m                 \u{1B}[1mSTATE"))
    #expect(lines[1] == "ldms.user.alice.rows  \u{1B}[32mactive\u{1B}[0m  4,671  3 s")
    #expect(lines.map { StyledText.columns($0) } == [40, 40, 40])
  }

  @Test func anEmptyTableHasItsHeadings() {
    #expect(Table([.text("USER"), .number("ROWS")]).lines(for: .none) == ["USER  ROWS"])
  }

  @Test func leavesColumnsOutThatMayBe() {
    var table = Table([
      .text("JOB"), .number("ROWS").dropping(1), .shrinking("NAME", minimum: 4).dropping(3), .number("AGE").dropping(2),
    ])
    table.add(["4711", "123,456", "a long name", "3 s"])
    func row(_ columns: Int) -> String {
      table.lines(for: Terminal(columns: columns, rows: 24, usesColours: false))[1]
    }
    #expect(row(31) == "4711  123,456  a long name  3 s")
    // What may be shortened is, before anything is left out.
    #expect(row(24) == "4711  123,456  a l…  3 s")
    #expect(row(23) == "4711  123,456  3 s")
    #expect(row(17) == "4711  123,456")
    #expect(row(12) == "4711")
    #expect(row(3) == "47…")
    #expect(table.lines(for: .none)[1] == "4711  123,456  a long name  3 s")
  }
}
