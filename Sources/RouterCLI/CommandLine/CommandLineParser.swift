/// Turns the words of a command line into an invocation, as the declarations say.
///
/// `--option value`, `--option=value`, `-n 5`, `-n5`, joined short flags, and `--`, after which no word is an option.
/// Options may stand anywhere after the command that declares them; `--help` wins over whatever is wrong beside it.
struct CommandLineParser {
  private var path: CommandPath
  private var rest: ArraySlice<String>
  private var optionsHaveEnded = false
  private var given: [(option: OptionDeclaration, value: ParsedValue, text: String)] = []
  private var plainWords: [String] = []

  private init(root: Command, words: [String]) {
    path = CommandPath(root: root)
    rest = words[...]
  }

  /// Parses everything after the program's name.
  ///
  /// - Throws: A failure with exit code `usage` that names the word at fault and says what to do.
  static func parse(_ words: [String], root: Command) throws(CommandFailure) -> Invocation {
    var parser = CommandLineParser(root: root, words: words)
    do {
      return try parser.parse()
    } catch {
      let optionWords = words.prefix { $0 != "--" }
      guard optionWords.contains("--help") || optionWords.contains("-h") else { throw error }
      return .help(path: parser.path)
    }
  }

  private mutating func parse() throws(CommandFailure) -> Invocation {
    while let word = rest.popFirst() {
      if optionsHaveEnded || word == "-" || !word.hasPrefix("-") {
        try readPlain(word)
      } else if word == "--" {
        optionsHaveEnded = true
      } else if word.hasPrefix("--") {
        try readLong(word)
      } else {
        try readShort(word)
      }
    }
    if given.contains(where: { $0.option.name == SharedOptions.help.declaration.name }) { return .help(path: path) }
    if given.contains(where: { $0.option.name == SharedOptions.version.declaration.name }) { return .version }
    if let subcommand = path.defaultSubcommand { path.descend(into: subcommand) }
    guard let action = path.current.run else { return .incomplete(path: path) }
    return .run(action, try checkedArguments())
  }

  // MARK: Words

  private mutating func readPlain(_ word: String) throws(CommandFailure) {
    if plainWords.isEmpty, !optionsHaveEnded, let subcommand = path.current.subcommand(word) {
      path.descend(into: subcommand)
      return
    }
    if let subcommand = path.defaultSubcommand, !subcommand.arguments.isEmpty {
      path.descend(into: subcommand)
    }
    guard path.current.subcommands.isEmpty || !path.current.arguments.isEmpty else {
      throw unknownCommand(word)
    }
    plainWords.append(word)
  }

  private mutating func readLong(_ word: String) throws(CommandFailure) {
    let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = find({ $0.option(named: name) }) else { throw unknownOption(name: name) }
    if parts.count == 2 {
      if case .flag = option.kind {
        throw usage("\(option.flag) takes no value", "Write \(option.flag) alone.")
      }
      try add(option, String(parts[1]), spelled: option.flag)
    } else {
      try readValue(of: option, spelled: option.flag)
    }
  }

  private mutating func readShort(_ word: String) throws(CommandFailure) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      let spelled = "-\(letter)"
      guard let option = find({ $0.option(short: letter) }) else { throw unknownOption(letter: letter, word: word) }
      if case .flag = option.kind {
        given.append((option, .flag, ""))
      } else if letters.isEmpty {
        try readValue(of: option, spelled: spelled)
      } else if letters.first == "=" {
        throw usage("\(quoted(word)) has an = after a short option", "Write \(spelled) VALUE or \(option.flag)=VALUE.")
      } else {
        try add(option, String(letters), spelled: spelled)
        letters = ""
      }
    }
  }

  /// Looks in the commands so far, then in the default subcommand.
  private mutating func find(_ look: (CommandPath) -> OptionDeclaration?) -> OptionDeclaration? {
    if let option = look(path) { return option }
    guard plainWords.isEmpty, let subcommand = path.defaultSubcommand else { return nil }
    path.descend(into: subcommand)
    return look(path)
  }

  private mutating func readValue(of option: OptionDeclaration, spelled: String) throws(CommandFailure) {
    if case .flag = option.kind {
      given.append((option, .flag, ""))
      return
    }
    guard let value = rest.first else {
      throw usage("\(spelled) needs a value", "Write \(spelled) \(option.valueName).")
    }
    let looksLikeOption = value.hasPrefix("-") && value != "-"
    if looksLikeOption, !(option.kind.acceptsNegative && Double(value) != nil) {
      throw usage(
        "\(spelled) needs a value, but \(quoted(value)) follows",
        "Write \(spelled) \(option.valueName); a value that begins with a dash is written \(option.flag)=VALUE.")
    }
    rest.removeFirst()
    try add(option, value, spelled: spelled)
  }

  private mutating func add(_ option: OptionDeclaration, _ text: String, spelled: String) throws(CommandFailure) {
    if !option.isRepeatable, let first = given.first(where: { $0.option.name == option.name }) {
      throw usage("\(option.flag) is given twice, \(quoted(first.text)) and \(quoted(text))", "Give it once.")
    }
    do {
      given.append((option, try option.kind.parse(text), text))
    } catch {
      throw usage("\(spelled) cannot be \(quoted(text))", error.remedy)
    }
  }

  // MARK: The whole

  private func checkedArguments() throws(CommandFailure) -> ParsedArguments {
    var parsed = ParsedArguments(declaredBy: path)
    for (option, value, _) in given { parsed.add(value, to: option) }
    try assignPlainWords(to: &parsed)
    for option in path.options where option.isRequired && !parsed.isGiven(option) {
      throw usage("\(option.flag) is missing", "Write \(option.spelled).")
    }
    for rule in path.commands.flatMap(\.rules) { try check(rule, parsed) }
    return parsed
  }

  private func assignPlainWords(to parsed: inout ParsedArguments) throws(CommandFailure) {
    var words = plainWords[...]
    for argument in path.current.arguments {
      if words.isEmpty, argument.isRequired {
        throw usage("\(argument.name) is missing", "Usage: \(UsageLine(path).text)")
      }
      for word in argument.isRepeating ? words : words.prefix(1) {
        words.removeFirst()
        do {
          parsed.add(try argument.kind.parse(word), to: argument)
        } catch {
          throw usage("\(argument.name) cannot be \(quoted(word))", error.remedy)
        }
      }
    }
    if let word = words.first {
      throw usage("unexpected argument \(quoted(word))", "Usage: \(UsageLine(path).text)")
    }
  }

  private func check(_ rule: OptionRule, _ parsed: ParsedArguments) throws(CommandFailure) {
    let present = rule.options.filter { parsed.isGiven($0) }.map(\.flag)
    if present.count > 1, rule.demand != .atLeastOne {
      throw usage("\(ValueKind.enumerated(present, "and")) exclude each other", "Give one of them.")
    }
    if present.isEmpty, rule.demand != .atMostOne {
      throw usage(
        "\(ValueKind.enumerated(rule.options.map(\.flag))) is missing",
        "Write \(ValueKind.enumerated(rule.options.map(\.spelled))).")
    }
  }

  // MARK: Failures

  private func usage(_ message: String, _ hint: String) -> CommandFailure {
    CommandFailure(.usage, message, hint: "\(hint)\nSee '\(path.helpCommand)'.")
  }

  private func quoted(_ word: String) -> String { PrintableText.quoted(word) }

  private func unknownCommand(_ word: String) -> CommandFailure {
    let nearest = NearMiss.nearest(to: word, among: path.visibleSubcommands.map(\.name))
    let parent = path.commands.count == 1 ? "" : " of '\(path.spelled)'"
    return CommandFailure(
      .usage, "unknown command \(quoted(word))\(parent)",
      hint: (nearest.map { "Did you mean '\($0)'? " } ?? "") + "See '\(path.helpCommand)'.")
  }

  private func unknownOption(name: String) -> CommandFailure {
    let candidates = path.options + (path.defaultSubcommand?.options ?? [])
    let message = "unknown option \(PrintableText.shortened("--\(name)"))"
    if let nearest = NearMiss.nearest(to: name, among: candidates.map(\.name)) {
      return CommandFailure(.usage, message, hint: "Did you mean --\(nearest)? See '\(path.helpCommand)'.")
    }
    let owners = path.visibleSubcommands.filter { command in command.options.contains { $0.name == name } }
    guard !owners.isEmpty else { return CommandFailure(.usage, message, hint: "See '\(path.helpCommand)'.") }
    return usage(message, "It belongs after \(ValueKind.enumerated(owners.map { "'\(path.spelled) \($0.name)'" })).")
  }

  private func unknownOption(letter: Character, word: String) -> CommandFailure {
    let place = word.count > 2 ? " in \(quoted(word))" : ""
    let message = "unknown option -\(PrintableText.shortened(String(letter)))\(place)"
    let long = String(word.dropFirst())
    if long.count > 1, path.option(named: String(long.prefix { $0 != "=" })) != nil {
      return usage(message, "Did you mean -\(PrintableText.shortened(word))?")
    }
    return CommandFailure(.usage, message, hint: "See '\(path.helpCommand)'.")
  }
}
