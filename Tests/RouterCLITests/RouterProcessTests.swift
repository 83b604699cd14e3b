import Foundation
import Testing

@testable import MetricRouter
@testable import RouterCLI

/// The executable, as a shell sees it.
@Suite(.timeLimit(.minutes(2))) struct RouterProcessTests {
  @Test func printsItsVersion() throws {
    let outcome = try RouterExecutable.run("--version")
    #expect(outcome.output == Router.version + "\n")
    #expect(outcome.output.contains(/^router \d+\.\d+\.\d+ \(librdkafka \d+\.\d+\.\d+\)\n$/))
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
  }

  @Test func helpIsAnAnswer() throws {
    let outcome = try RouterExecutable.run("--help")
    #expect(outcome.output == HelpText(CommandPath(root: Router.command), terminal: .none).full)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == 0)
    #expect(try RouterExecutable.run("help").output == outcome.output)
    #expect(try RouterExecutable.run("help", "completion").output == RouterExecutable.run("completion", "-h").output)
  }

  @Test func nothingIsTooLittle() throws {
    let outcome = try RouterExecutable.run()
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("Usage: router "))
    #expect(outcome.exitCode == 64)
  }

  @Test(arguments: [
    (["hepl"], "router: unknown command 'hepl'\n  Did you mean 'help'? See 'router help'.\n"),
    (["--hepl"], "router: unknown option --hepl\n  Did you mean --help? See 'router help'.\n"),
    (["help", "hepl"], "router: unknown command 'hepl'\n  Did you mean 'help'? 'router help' lists the commands.\n"),
    (
      ["completion", "csh"],
      "router: SHELL cannot be 'csh'\n  Did you mean zsh? Use bash, zsh or fish.\n  See 'router help completion'.\n"
    ),
    (
      ["completion"],
      "router: SHELL is missing\n  Usage: router completion [OPTION]... SHELL\n  See 'router help completion'.\n"
    ),
  ])
  func nonsenseIsAUsageError(_ words: [String], _ errors: String) throws {
    let outcome = try RouterExecutable.run(executable: RouterExecutable.url, words)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == errors)
    #expect(outcome.exitCode == 64)
  }

  @Test func wordsThatAreNotUTF8AreRejected() throws {
    let outcome = try RouterExecutable.shell(#"router help $'\xff\xfe'"#)
    #expect(
      outcome.errors
        == "router: argument 2 is not UTF-8: \\xff\\xfe\n  Rename the file, or set the terminal to UTF-8.\n")
    #expect(outcome.exitCode == 64)
  }

  @Test func aReaderMayStopReading() throws {
    let outcome = try RouterExecutable.shell("router --help | head -1; echo ${PIPESTATUS[1]}")
    #expect(outcome.output.split(separator: "\n").count == 2)
    #expect(outcome.errors.isEmpty)
  }

  @Test func aClosedPipeIsQuietAndNotSuccess() throws {
    // The reader has gone before anything is written.
    let outcome = try RouterExecutable.shell("exec 3> >(true); wait $!; router --help >&3; echo $?")
    #expect(outcome.output == "141\n")
    #expect(outcome.errors.isEmpty)
  }

  @Test(arguments: ["router --help", "router completion bash", "router manual", "router --version"])
  func aFullDiskIsAnError(_ line: String) throws {
    let outcome = try RouterExecutable.shell("\(line) > /dev/full")
    #expect(
      outcome.errors == """
        router: cannot write to standard output: No space left on device
          Free space on the target device, and run the command again.

        """)
    #expect(outcome.exitCode == 74)
  }

  @Test func aClosedOutputIsAnError() throws {
    let outcome = try RouterExecutable.shell("router --help >&-")
    #expect(outcome.errors.hasPrefix("router: cannot write to standard output: Bad file descriptor\n"))
    #expect(outcome.exitCode == 74)
  }

  @Test func closedErrorsDoNotChangeTheExitCode() throws {
    #expect(try RouterExecutable.shell("router bogus 2>&-").exitCode == 64)
    #expect(try RouterExecutable.shell("router bogus 2>/dev/full").exitCode == 64)
    #expect(try RouterExecutable.shell("router --version <&- 2>&-").exitCode == 0)
  }

  @Test(
    arguments: [
      (["TERM": "xterm"], [], true), (["TERM": "xterm"], ["--no-color"], false),
      (["TERM": "xterm", "NO_COLOR": "1"], [], false), (["TERM": "dumb"], [], false), ([:], [], false),
    ] as [([String: String], [String], Bool)])
  func coloursOnATerminalOnly(_ environment: [String: String], _ words: [String], _ expected: Bool) throws {
    let text = try onTerminal(columns: 60, environment, ["--help"] + words)
    #expect(text.contains("\u{1B}[1mUsage:\u{1B}[0m") == expected)
    #expect(text.contains("\u{1B}") == expected)
    #expect(text.split(separator: "\r\n").allSatisfy { StyledText.columns(String($0)) <= 60 })
    let piped = try RouterExecutable.run(executable: RouterExecutable.url, ["--help"] + words, environment: environment)
    #expect(!piped.output.contains("\u{1B}"))
  }

  private func onTerminal(columns: UInt16, _ environment: [String: String], _ words: [String]) throws -> String {
    let pair = try PseudoTerminal(columns: columns, rows: 24)
    let handle = FileHandle(fileDescriptor: pair.terminal, closeOnDealloc: false)
    let outcome = try RouterExecutable.run(
      executable: RouterExecutable.url, words, environment: environment, terminal: handle)
    #expect(outcome.exitCode == 0)
    close(pair.terminal)
    defer { close(pair.controller) }
    return pair.readToEnd()
  }

  @Test func startsQuickly() throws {
    // The fastest of several, so that a busy machine does not decide. Help that is slow is not asked for.
    let times = try (0..<10).map { _ in
      let start = ContinuousClock.now
      _ = try RouterExecutable.run("--help")
      return ContinuousClock.now - start
    }
    #expect(try #require(times.min()) < .milliseconds(200))
  }
}
