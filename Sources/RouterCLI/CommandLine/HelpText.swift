/// The help of a command, laid out for a terminal; 80 columns where there is none.
struct HelpText {
  /// Longer lines are tiring to read, however wide the window is.
  private static let widest = 100
  /// An entry whose name is longer has its explanation below it.
  private static let widestName = 26

  private let path: CommandPath
  private let terminal: Terminal
  private let columns: Int
  private var command: Command { path.current }

  init(_ path: CommandPath, terminal: Terminal) {
    self.path = path
    self.terminal = terminal
    columns = min(terminal.columns ?? Terminal.defaultColumns, Self.widest)
  }

  /// Everything, for `--help`.
  var full: String {
    var sections = [usage, prose(command.abstract + "."), prose(command.discussion)]
    sections += commandSections
    sections.append(section("Arguments", command.arguments.map { ($0.name, $0.fullHelp) }))
    sections += optionSections
    sections.append(section("Environment", command.environment.map { ($0.name, $0.help) }))
    sections.append(section("Exit codes", exits.map { (String($0.code.rawValue), $0.meaning) }))
    sections.append(examples)
    if !path.visibleSubcommands.isEmpty {
      sections.append(prose("'\(path.helpCommand) COMMAND' explains a command."))
    }
    return join(sections)
  }

  /// What can be typed, for someone who has typed too little.
  var short: String {
    join([usage] + commandSections + [prose("'\(path.spelled) --help' says more.")])
  }

  // MARK: Sections, each a list of lines

  private var usage: [String] {
    let indent = 8
    var words = [path.spelled] + UsageLine(path).parts
    if words.contains(where: { $0.utf8.count > columns - indent }) {
      words = words.flatMap { $0.split(separator: " ").map { String($0) } }
    }
    return TextWrap.lines(words: words, columns: columns - indent).enumerated().map { index, line in
      index == 0 ? "\(terminal.styled("Usage:", .heading)) \(line)" : String(repeating: " ", count: indent) + line
    }
  }

  private func prose(_ text: String) -> [String] { TextWrap.paragraphs(text, columns: columns) }

  private var commandSections: [[String]] {
    grouped(path.visibleSubcommands, by: \.group).map { group, commands in
      section(
        group, commands.map { ($0.name, $0.abstract + ($0.name == command.defaultSubcommand ? " (default)" : "")) })
    }
  }

  private var optionSections: [[String]] {
    let ofDefault = path.defaultSubcommand.map { subcommand in
      subcommand.options.map { entry($0, plainGroup: "Options of '\(subcommand.name)'") }
    }
    let entries =
      command.options.map { entry($0) } + (ofDefault ?? []) + path.inheritedOptions.map { entry($0) }
    let indent = indent(entries.map(\.name))
    return grouped(entries, by: \.group).map { group, entries in
      section(group, entries.map { ($0.name, $0.help) }, indent: indent)
    }
  }

  private func entry(
    _ option: OptionDeclaration, plainGroup: String = OptionDeclaration.defaultGroup
  ) -> (group: String, name: String, help: String) {
    (
      group: option.group == OptionDeclaration.defaultGroup ? plainGroup : option.group,
      name: (option.short.map { "-\($0), " } ?? "    ") + option.spelled,
      help: option.fullHelp + (option.isRequired ? " Required." : "")
    )
  }

  /// The codes that matter; for the root command all of them.
  private var exits: [CommandExit] {
    if path.commands.count == 1 { return ExitCode.allCases.map { CommandExit($0) } }
    return command.exits
  }

  private var examples: [String] {
    guard !command.examples.isEmpty else { return [] }
    return [terminal.styled("Examples:", .heading)]
      + command.examples.flatMap { example in
        ["  \(example.line)"] + TextWrap.lines(example.explanation, columns: columns - 6).map { "      \($0)" }
      }
  }

  // MARK: Layout

  /// The column at which the explanations of entries with these names start.
  private func indent(_ names: [String]) -> Int {
    let widestShown = columns < 50 ? 0 : Self.widestName
    return 4 + (names.map { DisplayWidth.columns($0) }.filter { $0 <= widestShown }.max() ?? 4)
  }

  private func section(_ title: String, _ entries: [(name: String, help: String)], indent: Int? = nil) -> [String] {
    guard !entries.isEmpty else { return [] }
    let indent = indent ?? self.indent(entries.map(\.name))
    var lines = [terminal.styled("\(title):", .heading)]
    for (name, help) in entries {
      let helpLines = TextWrap.lines(help, columns: columns - indent)
      let blanks = String(repeating: " ", count: indent)
      if DisplayWidth.columns(name) <= indent - 4, let first = helpLines.first {
        lines.append("  " + DisplayWidth.padded(name, to: indent - 2, alignment: .left) + first)
        lines += helpLines.dropFirst().map { blanks + $0 }
      } else {
        lines.append("  \(name)")
        lines += helpLines.map { blanks + $0 }
      }
    }
    return lines
  }

  private func join(_ sections: [[String]]) -> String {
    sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  /// The entries by group, in the order in which the groups first occur.
  private func grouped<Entry>(_ entries: [Entry], by group: (Entry) -> String) -> [(String, [Entry])] {
    var groups: [(name: String, entries: [Entry])] = []
    for entry in entries {
      let name = group(entry)
      if let index = groups.firstIndex(where: { $0.name == name }) {
        groups[index].entries.append(entry)
      } else {
        groups.append((name, [entry]))
      }
    }
    return groups
  }
}
