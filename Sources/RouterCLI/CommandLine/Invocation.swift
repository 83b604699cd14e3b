/// What a command line asks for.
enum Invocation: Sendable {
  case run(Command.Action, ParsedArguments)
  case help(path: CommandPath)
  case version
  /// A command that only holds subcommands, without one of them.
  case incomplete(path: CommandPath)
}
