import Testing

@testable import MetricRouter
@testable import RouterCLI

/// What every command of the router keeps to, so that help reads alike and nothing in a declaration contradicts itself.
struct CommandTreeTests {
  /// Every command with the path to it.
  private static let paths: [CommandPath] = below(CommandPath(root: Router.command))

  private static func below(_ path: CommandPath) -> [CommandPath] {
    [path]
      + path.current.subcommands.flatMap { subcommand in
        var deeper = path
        deeper.descend(into: subcommand)
        return below(deeper)
      }
  }

  @Test(arguments: paths) func explainsItself(_ path: CommandPath) throws {
    let command = path.current
    #expect(command.name.allSatisfy { $0.isLowercase && $0.isASCII || $0 == "-" })
    #expect(command.abstract.first?.isUppercase == true && command.abstract.last != ".")
    #expect(command.abstract.count <= 90)
    for help in command.options.map(\.help) + command.arguments.map(\.help) + command.environment.map(\.help) {
      #expect(help.first?.isUppercase == true && help.last == ".", "\(help)")
    }
    for example in command.examples {
      #expect(example.explanation.last == ".")
      #expect(example.line.count <= 76, "\(example.line)")
      #expect(example.line.contains("router"))
    }
    if command.run != nil, !command.isHidden { #expect(!command.examples.isEmpty, "\(path.spelled) has no example") }
    #expect(command.run != nil || !command.subcommands.isEmpty)
  }

  @Test(arguments: paths) func contradictsItselfNowhere(_ path: CommandPath) {
    let command = path.current
    let names = path.options.map(\.name)
    #expect(Set(names).count == names.count, "an option is declared twice on the way to \(path.spelled)")
    let letters = path.options.compactMap(\.short)
    #expect(Set(letters).count == letters.count, "a short option is declared twice on the way to \(path.spelled)")
    #expect(Set(command.subcommands.map(\.name)).count == command.subcommands.count)
    #expect(Set(command.arguments.map(\.name)).count == command.arguments.count)
    #expect(command.defaultSubcommand == nil || path.defaultSubcommand != nil)
    #expect(command.arguments.dropLast().allSatisfy { !$0.isRepeating })
    let firstOptional = command.arguments.firstIndex { !$0.isRequired } ?? command.arguments.endIndex
    #expect(command.arguments[firstOptional...].allSatisfy { !$0.isRequired })
    for option in command.rules.flatMap(\.options) { #expect(names.contains(option.name)) }
    if let subcommand = path.defaultSubcommand { #expect(subcommand.run != nil) }
  }

  /// A default has to be something that can be typed.
  @Test(arguments: paths) func defaultsAreAllowed(_ path: CommandPath) throws {
    for option in path.current.options {
      guard let text = option.defaultText else { continue }
      #expect(throws: Never.self, "\(option.flag)") { _ = try option.kind.parse(text) }
    }
  }

  @Test(arguments: paths) func fits80Columns(_ path: CommandPath) {
    let help = HelpText(path, terminal: .none)
    for line in (help.full + help.short).split(separator: "\n") {
      #expect(DisplayWidth.columns(line) <= 80, "\(line)")
    }
  }

  /// The examples of the help are command lines that the parser takes.
  @Test(arguments: paths) func examplesAreAccepted(_ path: CommandPath) throws {
    for example in path.current.examples {
      let words = example.line.split(separator: " ").map { $0.trimmingPrefix("<(") }
      let start = try #require(words.firstIndex { $0 == "router" }, "\(example.line)")
      // A pipe or a redirection begins what is the shell's again; quotes would be the shell's too.
      let ours = words[(start + 1)...].prefix { !["|", ">", "<", "&&", ";"].contains($0) }.map { word in
        word.filter { !"'\"()".contains($0) }
      }
      #expect(throws: Never.self, "\(example.line)") {
        _ = try CommandLineParser.parse(ours, root: Router.command)
      }
    }
  }
}
