import Glibc
import Logging
import MetricRouter

/// The `router` executable.
@main
enum Main {
  static func main() {
    ProcessStart.secure()
    let code = run()
    fflush(nil)
    // Not exit: clients that are still ending in the background must not meet what its handlers have torn down.
    _exit(code.rawValue)
  }

  private static func run() -> ExitCode {
    let environment = ProcessArguments.environment
    let words: [String]
    let failure: CommandFailure?
    do {
      words = try ProcessArguments.words()
      failure = nil
    } catch {
      words = []
      failure = error
    }
    // Decided before parsing, so that what is wrong with the command line is told without colours too.
    let allowsColours = !words.prefix { $0 != "--" }.contains(SharedOptions.noColour.declaration.flag)
    let output = Output(
      descriptor: STDOUT_FILENO, name: "standard output",
      terminal: Terminal(descriptor: STDOUT_FILENO, environment: environment, allowsColours: allowsColours))
    let errors = Output(
      descriptor: STDERR_FILENO, name: "standard error",
      terminal: Terminal(descriptor: STDERR_FILENO, environment: environment, allowsColours: allowsColours),
      isJournal: JournalStream.isBehind(STDERR_FILENO, environment: environment))
    let runner = CommandRunner(
      CommandContext(
        root: Router.command, version: Router.version, output: output, errors: errors, environment: environment))
    return failure.map { runner.report($0) } ?? runner.run(words)
  }
}
