/// Works out what may stand at the cursor, from the same declarations as the parser.
///
/// Lenient where the parser is strict: the line is not finished yet, and what is wrong in it is not the cursor's matter.
struct CompletionQuery {
  private let context: CommandContext
  private var path: CommandPath
  private var optionsHaveEnded = false
  private var given: [(option: OptionDeclaration, text: String?)] = []
  private var plainWords: [String] = []
  /// The option whose value the next word is.
  private var awaiting: OptionDeclaration?

  /// - Parameter words: The words after the program's name and before the one at the cursor.
  init(_ context: CommandContext, words: some Sequence<String>) {
    self.context = context
    path = CommandPath(root: context.root)
    for word in words { read(word) }
  }

  /// What may stand there, given how the word at the cursor begins.
  func answer(_ prefix: String) -> CompletionAnswer {
    if let option = awaiting { return values(option.kind, option.completion, prefix, lead: "") }
    if !optionsHaveEnded, prefix.hasPrefix("--"), let equals = prefix.firstIndex(of: "=") {
      let name = String(prefix[..<equals].dropFirst(2))
      guard let option = find(name).option else { return .words([]) }
      return values(
        option.kind, option.completion, String(prefix[prefix.index(after: equals)...]), lead: "--\(name)=")
    }
    if !optionsHaveEnded, prefix.hasPrefix("-") { return .words(matching(options(prefix), prefix)) }
    return plain(prefix)
  }

  // MARK: The words before the cursor

  private mutating func read(_ word: String) {
    if let option = awaiting {
      given.append((option, word))
      awaiting = nil
    } else if optionsHaveEnded || word == "-" || !word.hasPrefix("-") {
      readPlain(word)
    } else if word == "--" {
      optionsHaveEnded = true
    } else if word.hasPrefix("--") {
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (option, path) = find(String(parts[0]))
      guard let option else { return }
      self.path = path
      note(option, parts.count == 2 ? String(parts[1]) : nil)
    } else {
      readShort(word.dropFirst())
    }
  }

  private mutating func readPlain(_ word: String) {
    if plainWords.isEmpty, !optionsHaveEnded, let subcommand = path.current.subcommand(word) {
      path.descend(into: subcommand)
    } else {
      if let subcommand = path.defaultSubcommand { path.descend(into: subcommand) }
      plainWords.append(word)
    }
  }

  private mutating func readShort(_ word: Substring) {
    var letters = word
    while let letter = letters.popFirst() {
      guard let option = path.option(short: letter) ?? path.descendingToDefault.option(short: letter) else { return }
      if path.option(short: letter) == nil { path = path.descendingToDefault }
      guard case .flag = option.kind else {
        note(option, letters.isEmpty ? nil : String(letters))
        return
      }
      given.append((option, nil))
    }
  }

  private mutating func note(_ option: OptionDeclaration, _ text: String?) {
    if case .flag = option.kind {
      given.append((option, nil))
    } else if let text {
      given.append((option, text))
    } else {
      awaiting = option
    }
  }

  /// The option, and the path that declares it: perhaps through the default subcommand.
  private func find(_ name: String) -> (option: OptionDeclaration?, path: CommandPath) {
    if let option = path.option(named: name) { return (option, path) }
    let deeper = path.descendingToDefault
    return (deeper.option(named: name), deeper)
  }

  // MARK: What may stand at the cursor

  private func plain(_ prefix: String) -> CompletionAnswer {
    var candidates: [CompletionCandidate] = []
    if plainWords.isEmpty, !optionsHaveEnded {
      candidates += path.visibleSubcommands.map { CompletionCandidate($0.name, $0.abstract) }
    }
    if let argument = nextArgument {
      switch values(argument.kind, argument.completion, prefix, lead: "") {
      case .words(let words): candidates += words
      case .files: return .files
      case .directories: return .directories
      }
    }
    // Where nothing else can follow, an option can.
    if candidates.isEmpty, prefix.isEmpty, nextArgument == nil, !optionsHaveEnded { candidates = options("--") }
    return .words(matching(candidates, prefix))
  }

  private var nextArgument: ArgumentDeclaration? {
    let arguments = path.descendingToDefault.current.arguments
    if plainWords.count < arguments.count { return arguments[plainWords.count] }
    return arguments.last.flatMap { $0.isRepeating ? $0 : nil }
  }

  /// The options that may still be given.
  ///
  /// Short forms only after a single dash: the long ones explain themselves.
  private func options(_ prefix: String) -> [CompletionCandidate] {
    let path = path.descendingToDefault
    let excluded = path.commands.flatMap(\.rules).filter { $0.demand != .atLeastOne }.map { $0.options.map(\.name) }
      .filter { names in given.contains { names.contains($0.option.name) } }.flatMap { $0 }
    let open = path.options.filter { option in
      let isGiven = given.contains { $0.option.name == option.name }
      if case .flag = option.kind { return !isGiven && !excluded.contains(option.name) }
      return (option.isRepeatable || !isGiven) && !excluded.contains(option.name)
    }
    let short =
      prefix != "-"
      ? []
      : open.compactMap { option in
        option.short.map { CompletionCandidate("-\($0)", option.help) }
      }
    return open.map { CompletionCandidate($0.flag, $0.help) } + short
  }

  private func values(
    _ kind: ValueKind, _ completion: ValueCompletion, _ prefix: String, lead: String
  ) -> CompletionAnswer {
    if case .dynamic(let candidates) = completion {
      return .words(
        matching(candidates(arguments, context), prefix).map { CompletionCandidate(lead + $0.value, $0.description) })
    }
    switch kind {
    case .file: return .files
    case .directory: return .directories
    case .choice(let choices):
      return .words(
        matching(choices.map { CompletionCandidate($0) }, prefix).map { CompletionCandidate(lead + $0.value) })
    case .flag, .text, .any, .list, .integer, .number, .duration: return .words([])
    }
  }

  /// What the line says so far, for completions that depend on it; values that are wrong are left out.
  private var arguments: ParsedArguments {
    let path = path.descendingToDefault
    var parsed = ParsedArguments(declaredBy: path)
    for (option, text) in given {
      if let value = try? option.kind.parse(text ?? "") { parsed.add(value, to: option) }
    }
    for (index, word) in plainWords.enumerated() {
      let declared = path.current.arguments
      guard let argument = index < declared.count ? declared[index] : declared.last else { break }
      if let value = try? argument.kind.parse(word) { parsed.add(value, to: argument) }
    }
    return parsed
  }

  private func matching(_ candidates: [CompletionCandidate], _ prefix: String) -> [CompletionCandidate] {
    candidates.filter { $0.value.hasPrefix(prefix) }
  }
}
