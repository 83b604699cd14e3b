internal import Logging
internal import MetricRouter

/// Runs one command line from its words to its exit code.
struct CommandRunner {
  private let context: CommandContext

  init(_ context: CommandContext) {
    self.context = context
  }

  /// Parses, runs and reports.
  ///
  /// What a command throws is printed on standard error, the output is written to its end, and an output that could not
  /// be written is a failure too.
  func run(_ words: [String]) -> ExitCode {
    let result: ExitCode
    do {
      result = try invoke(try CommandLineParser.parse(words, root: context.root))
    } catch {
      return report(error)
    }
    do {
      try context.output.close()
    } catch {
      return report(error)
    }
    // What a command remarked; where that cannot be written, nobody can be told.
    try? context.errors.flush()
    return result
  }

  private func invoke(_ invocation: Invocation) throws(CommandFailure) -> ExitCode {
    switch invocation {
    case .run(let action, let arguments):
      return try action(arguments, context)
    case .help(let path):
      try context.output.write(HelpText(path, terminal: context.output.terminal).full)
      return .ok
    case .version:
      try context.output.line(context.version)
      return .ok
    case .incomplete(let path):
      try context.errors.write(HelpText(path, terminal: context.errors.terminal).short)
      try context.errors.flush()
      return .usage
    }
  }

  /// Prints a failure after what the command printed before it.
  ///
  /// If even standard error cannot be written, the exit code has to do.
  @discardableResult
  func report(_ failure: CommandFailure) -> ExitCode {
    try? context.output.flush()
    guard !failure.message.isEmpty else { return failure.exitCode }
    let terminal = context.errors.terminal
    let name = terminal.styled("\(context.root.name):", .bad)
    let priority = context.errors.priority(.error)
    var text = "\(priority)\(name) \(failure.message)\n"
    for line in failure.hint.split(separator: "\n") {
      // An indented line is a command to copy, and a log is not for looking at: both stay whole.
      let columns = line.hasPrefix(" ") ? nil : terminal.columns
      let lines = columns.map { TextWrap.lines(String(line), columns: max(20, $0 - 2)) } ?? [String(line)]
      text += lines.map { "\(priority)  \($0)\n" }.joined()
    }
    try? context.errors.write(text)
    try? context.errors.flush()
    return failure.exitCode
  }
}
