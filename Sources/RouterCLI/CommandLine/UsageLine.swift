/// The one-line form of a command: what may and what must be given.
struct UsageLine {
  private let path: CommandPath

  init(_ path: CommandPath) {
    self.path = path
  }

  /// The line as it is typed, beginning with `router`.
  var text: String { ([path.spelled] + parts).joined(separator: " ") }

  /// What follows the command's name, each part to be kept on one line.
  var parts: [String] {
    let command = path.current
    let required = command.options.filter(\.isRequired).map(\.spelled)
    let rules = command.rules.filter { $0.demand != .atMostOne }.map { rule in
      let alternatives = rule.options.map(\.spelled).joined(separator: " | ")
      return rule.demand == .exactlyOne ? "(\(alternatives))" : "(\(alternatives))..."
    }
    var parts = required + rules + ["[OPTION]..."]
    if !path.visibleSubcommands.isEmpty {
      parts.append(command.defaultSubcommand == nil && command.run == nil ? "COMMAND" : "[COMMAND]")
      if command.arguments.isEmpty { parts.append("[ARGUMENT]...") }
    }
    return parts + command.arguments.map(\.spelled)
  }
}
