internal import MetricRouter

/// `router help`: what `--help` shows, for who types it the other way round.
enum HelpCommand {
  static let names: Argument<[String]> = Argument.repeating(
    "COMMAND", completion: .dynamic { subcommands(after: $0[names], root: $1.root) },
    help: "The command to explain, with its subcommand.")

  static let command = Command(
    name: "help",
    abstract: "Explain a command",
    group: Router.shellGroup,
    arguments: [names],
    examples: [CommandExample("router help completion", "The same as 'router completion --help'.")],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let path = try Self.path(arguments[names], root: context.root)
    try context.output.write(HelpText(path, terminal: context.output.terminal).full)
    return .ok
  }

  /// The path that the names spell; `manual` takes the same.
  ///
  /// - Throws: `usage` with the near miss when a name is not a command.
  static func path(_ names: [String], root: Command) throws(CommandFailure) -> CommandPath {
    var path = CommandPath(root: root)
    for name in names {
      guard let subcommand = path.current.subcommand(name) else {
        let nearest = NearMiss.nearest(to: name, among: path.visibleSubcommands.map(\.name))
        throw CommandFailure(
          .usage, "unknown command \(PrintableText.quoted(name))",
          hint: (nearest.map { "Did you mean '\($0)'? " } ?? "") + "'\(path.helpCommand)' lists the commands.")
      }
      path.descend(into: subcommand)
    }
    return path
  }

  /// What may follow these names.
  static func subcommands(after names: [String], root: Command) -> [CompletionCandidate] {
    guard let path = try? path(names, root: root) else { return [] }
    return path.visibleSubcommands.map { CompletionCandidate($0.name, $0.abstract) }
  }
}
