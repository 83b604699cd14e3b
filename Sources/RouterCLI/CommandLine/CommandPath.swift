/// The path from the root command to a subcommand, such as `router topics plan`.
struct CommandPath: CustomStringConvertible, Sendable {
  private(set) var commands: [Command]
  private(set) var current: Command

  init(root: Command) {
    commands = [root]
    current = root
  }

  mutating func descend(into subcommand: Command) {
    commands.append(subcommand)
    current = subcommand
  }

  /// The command as it is typed.
  var spelled: String { commands.map(\.name).joined(separator: " ") }
  var description: String { spelled }
  /// What is typed for its help.
  var helpCommand: String {
    ([commands[0].name, "help"] + commands.dropFirst().map(\.name)).joined(separator: " ")
  }
  /// What its parents declare for it, outermost last.
  var inheritedOptions: [OptionDeclaration] { commands.dropLast().reversed().flatMap(\.options) }
  /// Every option that is accepted here.
  var options: [OptionDeclaration] { current.options + inheritedOptions }

  /// The subcommand that runs if none is named.
  var defaultSubcommand: Command? { current.defaultSubcommand.flatMap { current.subcommand($0) } }
  /// The path to what runs when nothing more is named.
  var descendingToDefault: CommandPath {
    guard let subcommand = defaultSubcommand else { return self }
    var path = self
    path.descend(into: subcommand)
    return path
  }

  /// The subcommands that help shows.
  var visibleSubcommands: [Command] { current.subcommands.filter { !$0.isHidden } }

  func option(named name: String) -> OptionDeclaration? { options.first { $0.name == name } }
  func option(short: Character) -> OptionDeclaration? { options.first { $0.short == short } }
}
