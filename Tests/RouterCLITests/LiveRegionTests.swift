import Glibc
import Testing

@testable import RouterCLI

/// Serialized: where the cursor is hidden is the process's business.
@Suite(.serialized) struct LiveRegionTests {
  private func output(columns: Int = 20, rows: Int = 6, colours: Bool = false) -> Output {
    Output(capturingFor: Terminal(columns: columns, rows: rows, usesColours: colours))
  }

  @Test func redrawsInPlace() throws {
    let output = output()
    try output.line("before")
    let region = LiveRegion(output: output)
    try region.draw(["one", "two", "three"])
    #expect(Screen(columns: 20, output.text).lines == ["before", "one", "two", "three"])
    #expect(!Screen(columns: 20, output.text).cursorIsVisible)
    try region.draw(["1", "", "3"])
    #expect(Screen(columns: 20, output.text).lines == ["before", "1", "", "3"])
    try region.draw(["fewer"])
    #expect(Screen(columns: 20, output.text).lines == ["before", "fewer"])
    try region.printAbove("stays")
    try region.draw(["again"])
    #expect(Screen(columns: 20, output.text).lines == ["before", "stays", "again"])
    try region.finish()
    try output.line("after")
    #expect(Screen(columns: 20, output.text).lines == ["before", "stays", "again", "after"])
    #expect(Screen(columns: 20, output.text).cursorIsVisible)
  }

  @Test func canTakeItsLinesAway() throws {
    let output = output()
    let region = LiveRegion(output: output)
    try region.draw(["one", "two"])
    try region.finish(keepingLines: false)
    try output.line("after")
    #expect(Screen(columns: 20, output.text).lines == ["after"])
  }

  @Test func cutsLongLinesAndCountsTheOnesThatDoNotFit() throws {
    let output = output(columns: 10, rows: 4)
    let region = LiveRegion(output: output)
    try region.draw(["0123456789", "0123456789a", "c", "d", "e"])
    #expect(Screen(columns: 10, output.text).lines == ["0123456789", "012345678…", "… 3 more"])
    try region.draw(["x"])
    #expect(Screen(columns: 10, output.text).lines == ["x"])
    try region.finish()
  }

  @Test func coloursDoNotCountAsWidth() throws {
    let output = output(columns: 10, colours: true)
    let region = LiveRegion(output: output)
    try region.draw([output.terminal.styled("0123456789", .good), output.terminal.styled("0123456789a", .bad) + "b"])
    #expect(Screen(columns: 10, output.text).lines == ["0123456789", "012345678…"])
    #expect(output.text.contains("\u{1B}[1;31m012345678…\u{1B}[0m"))
    try region.finish()
  }

  @Test func isSilentWithoutATerminal() throws {
    let output = Output(capturingFor: .none)
    let region = LiveRegion(output: output)
    try region.draw(["one"])
    try region.printAbove("a line that stays")
    try region.finish()
    #expect(output.text == "a line that stays\n")
  }

  @Test func givesTheCursorBackWhenItIsForgotten() throws {
    let output = output()
    do {
      let region = LiveRegion(output: output)
      try region.draw(["one"])
    }
    #expect(Screen(columns: 20, output.text).cursorIsVisible)
  }

  @Test(.timeLimit(.minutes(1))) func givesTheCursorBackWhenASignalEndsTheProcess() async throws {
    let result = try #require(
      await #expect(processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent]) {
        let output = Output(
          descriptor: 1, name: "standard output", terminal: Terminal(columns: 20, rows: 6, usesColours: false))
        let region = LiveRegion(output: output)
        try region.draw(["one"])
        raise(SIGINT)
      })
    let text = String(decoding: result.standardOutputContent, as: UTF8.self)
    #expect(text.hasSuffix("one\n\u{1B}[J\u{1B}[?25h"))
  }
}
