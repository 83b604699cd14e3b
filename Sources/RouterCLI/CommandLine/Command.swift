/// A command of the `router` executable: a declaration from which parsing, help, completion and man page follow.
///
/// A command lives in one file of `Commands/`, as an enum that holds its options as constants, its
/// declaration and the function that runs it; `CompletionCommand` is a small one to start from.
struct Command: Sendable {
  /// Does the work.
  ///
  /// Prints through the context's outputs only; what it throws is printed for it.
  typealias Action = @Sendable (ParsedArguments, CommandContext) throws(CommandFailure) -> ExitCode

  /// What is typed, such as `tail`.
  let name: String
  /// What it does in one line, beginning with a verb, without a full stop.
  let abstract: String
  /// More, in paragraphs that an empty line separates; an indented line is kept as it is.
  let discussion: String
  /// The heading under which its parent's help lists it.
  let group: String
  /// Accepted by its subcommands too.
  let options: [OptionDeclaration]
  let arguments: [ArgumentDeclaration]
  /// The options that exclude or need each other.
  let rules: [OptionRule]
  let examples: [CommandExample]
  /// The exit codes that matter beside `ok` and `usage`.
  let exits: [CommandExit]
  let environment: [EnvironmentVariable]
  let subcommands: [Command]
  /// The subcommand that runs if none is named.
  let defaultSubcommand: String?
  /// Whether help and completion leave it out: it is for scripts.
  let isHidden: Bool
  /// Nil for a command that only holds subcommands.
  let run: Action?

  init(
    name: String,
    abstract: String,
    discussion: String = "",
    group: String = "Commands",
    options: [any DeclaredOption] = [],
    arguments: [any DeclaredArgument] = [],
    rules: [OptionRule] = [],
    examples: [CommandExample] = [],
    exits: [CommandExit] = [],
    environment: [EnvironmentVariable] = [],
    subcommands: [Command] = [],
    defaultSubcommand: String? = nil,
    isHidden: Bool = false,
    run: Action? = nil
  ) {
    self.name = name
    self.abstract = abstract
    self.discussion = discussion
    self.group = group
    self.options = options.map { $0.declaration }
    self.arguments = arguments.map { $0.declaration }
    self.rules = rules
    self.examples = examples
    self.exits = exits
    self.environment = environment
    self.subcommands = subcommands
    self.defaultSubcommand = defaultSubcommand
    self.isHidden = isHidden
    self.run = run
  }

  /// The subcommand of exactly that name; abbreviations are not accepted, so that new commands never break scripts.
  func subcommand(_ name: String) -> Command? {
    subcommands.first { $0.name == name }
  }
}
