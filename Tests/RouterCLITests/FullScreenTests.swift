import Glibc
import Testing

@testable import RouterCLI

/// Serialized: which screen is shown is the process's business.
@Suite(.serialized, .timeLimit(.minutes(1))) struct FullScreenTests {
  private func output(columns: Int = 10, rows: Int = 4) -> Output {
    Output(capturingFor: Terminal(columns: columns, rows: rows, usesColours: false))
  }

  @Test func redrawsInPlaceAndGivesBackWhatWasThere() throws {
    let output = output()
    try output.line("before")
    let screen = FullScreen(output: output)
    func shown() -> Screen { Screen(columns: 10, output.text) }
    try screen.draw(["one", "0123456789", "three", "four"])
    #expect(shown().lines == ["one", "0123456789", "three", "four"])
    #expect(shown().isWhole && !shown().cursorIsVisible)
    try screen.draw(["1", "", "3"])
    #expect(shown().lines == ["1", "", "3"])
    try screen.draw(["0123456789a", "2", "3", "4", "5"])
    #expect(shown().lines == ["012345678…", "2", "3", "4"])
    try screen.draw([])
    #expect(shown().lines == [])
    try screen.leave()
    #expect(shown().lines == ["before"])
    #expect(!shown().isWhole && shown().cursorIsVisible)
    // As after Ctrl-Z.
    try screen.draw(["again"])
    #expect(shown().lines == ["again"] && shown().isWhole)
    try screen.leave()
    try output.line("after")
    #expect(shown().lines == ["before", "after"])
  }

  @Test func isGivenBackWhenItIsForgotten() throws {
    let output = output()
    do {
      let screen = FullScreen(output: output)
      try screen.draw(["one"])
    }
    #expect(!Screen(columns: 10, output.text).isWhole)
  }

  @Test func isGivenBackWhenASignalEndsTheProcess() async throws {
    let result = try #require(
      await #expect(processExitsWith: .signal(SIGTERM), observing: [\.standardOutputContent]) {
        let output = Output(
          descriptor: 1, name: "standard output", terminal: Terminal(columns: 20, rows: 6, usesColours: false))
        let screen = FullScreen(output: output)
        try screen.draw(["one"])
        raise(SIGTERM)
      })
    let text = String(decoding: result.standardOutputContent, as: UTF8.self)
    #expect(text.hasSuffix("one\u{1B}[K\r\n\u{1B}[J\u{1B}[?1049l\u{1B}[?25h"))
  }
}
