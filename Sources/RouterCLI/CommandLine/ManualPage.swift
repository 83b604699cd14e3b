/// The man page of a command, section 1, in roff.
struct ManualPage {
  private let path: CommandPath
  private let version: String
  private var command: Command { path.current }

  init(_ path: CommandPath, version: String) {
    self.path = path
    self.version = version
  }

  /// `router-topics-plan`.
  var name: String { path.commands.map(\.name).joined(separator: "-") }
  var fileName: String { "\(name).1" }

  /// The page.
  ///
  /// Without a date, so that the same router always writes the same page.
  var text: String {
    var lines = [
      ".TH \(RoffText.argument(name.uppercased())) 1 \"\" \(RoffText.argument(version)) \"User Commands\"",
      // No hyphenation and no justified lines: both garble names of options.
      ".nh", ".ad l",
      ".SH NAME", "\(RoffText.line(name)) \\- \(RoffText.inline(command.abstract))",
      ".SH SYNOPSIS",
    ]
    lines += [".B \(RoffText.argument(path.spelled))", RoffText.line(UsageLine(path).parts.joined(separator: " "))]
    lines += [".SH DESCRIPTION", RoffText.line(command.abstract + ".")]
    lines += discussion
    lines += entries("COMMANDS", path.visibleSubcommands.map { ($0.name, $0.abstract + ".") })
    lines += entries("ARGUMENTS", command.arguments.map { ($0.name, $0.fullHelp) })
    lines += entries("OPTIONS", path.options.map { (($0.short.map { "-\($0), " } ?? "") + $0.spelled, $0.fullHelp) })
    lines += entries("ENVIRONMENT", command.environment.map { ($0.name, $0.help) })
    lines += entries("EXIT STATUS", exits.map { (String($0.code.rawValue), $0.meaning) })
    lines += entries("EXAMPLES", command.examples.map { ($0.line, $0.explanation) })
    lines += seeAlso
    return lines.joined(separator: "\n") + "\n"
  }

  /// The pages of a command and of all its visible subcommands.
  static func all(below path: CommandPath, version: String) -> [ManualPage] {
    [ManualPage(path, version: version)]
      + path.visibleSubcommands.flatMap { subcommand in
        var deeper = path
        deeper.descend(into: subcommand)
        return all(below: deeper, version: version)
      }
  }

  private var discussion: [String] {
    guard !command.discussion.isEmpty else { return [] }
    var lines = [".PP"]
    var isVerbatim = false
    for block in TextWrap.blocks(of: command.discussion) {
      if case .verbatim(let text) = block {
        if !isVerbatim { lines += [".nf"] }
        isVerbatim = true
        lines.append(RoffText.line(text))
        continue
      }
      if isVerbatim { lines.append(".fi") }
      isVerbatim = false
      switch block {
      case .gap: lines.append(".PP")
      case .prose(let text): lines.append(RoffText.line(text))
      case .verbatim: break
      }
    }
    if isVerbatim { lines.append(".fi") }
    return lines
  }

  /// The usual two, what the command adds, and all of them for the root command.
  private var exits: [CommandExit] {
    if path.commands.count == 1 { return ExitCode.allCases.map { CommandExit($0) } }
    let usual = [CommandExit(.ok), CommandExit(.usage)]
    let others = usual.filter { exit in !command.exits.contains { $0.code == exit.code } }
    return (others + command.exits).sorted { $0.code.rawValue < $1.code.rawValue }
  }

  private var seeAlso: [String] {
    let root = path.commands[0]
    let names =
      path.commands.count == 1
      ? path.visibleSubcommands.map { "\(root.name)-\($0.name)" }
      : [path.commands.dropLast().map(\.name).joined(separator: "-")]
        + path.visibleSubcommands.map { "\(name)-\($0.name)" }
    guard !names.isEmpty else { return [] }
    let references = names.enumerated().map { index, name in
      ".BR \(RoffText.argument(name)) (1)\(index == names.count - 1 ? "" : ",")"
    }
    return [".SH SEE ALSO"] + references
  }

  private func entries(_ title: String, _ entries: [(term: String, explanation: String)]) -> [String] {
    guard !entries.isEmpty else { return [] }
    return [".SH \(RoffText.argument(title))"]
      + entries.flatMap { [".TP", ".B \(RoffText.argument($0.term))", RoffText.line($0.explanation)] }
  }
}
