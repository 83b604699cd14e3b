internal import Wording

/// What the command line gave to a command, checked and typed by the command's declaration.
struct ParsedArguments: Sendable {
  private var options: [String: [ParsedValue]] = [:]
  private var arguments: [String: [ParsedValue]] = [:]
  /// The options with their values as they can be typed again, in their order.
  private var words: [(option: String, words: [String])] = []

  /// Knows the declared names, so that reading anything else is noticed at once.
  init(declaredBy path: CommandPath) {
    for option in path.options { options[option.name] = [] }
    for argument in path.current.arguments { arguments[argument.name] = [] }
  }

  /// The value given, or the default.
  subscript<Value>(option: Option<Value>) -> Value {
    guard let given = options[option.declaration.name] else {
      preconditionFailure("The command reads \(option.declaration.flag), which it does not declare.")
    }
    return option.value(given)
  }

  subscript<Value>(argument: Argument<Value>) -> Value {
    guard let given = arguments[argument.declaration.name] else {
      preconditionFailure("The command reads \(argument.declaration.name), which it does not declare.")
    }
    return argument.value(given)
  }

  /// A command line that does what this one did, but for what is added: for advice that can be copied.
  ///
  /// - Parameters:
  ///   - command: the words before the options, `router topics prune`.
  ///   - kept: the options that are taken over where they were given.
  func command(_ command: String, keeping kept: [any DeclaredOption], adding added: [String] = []) -> String {
    let names = Set(kept.map { $0.declaration.name })
    let again = words.filter { names.contains($0.option) }.flatMap(\.words)
    return ([command] + (again + added).map { ShellWord.quoted($0) }).joined(separator: " ")
  }

  /// Whether the command line has it, whatever its default.
  func isGiven(_ option: any DeclaredOption) -> Bool {
    isGiven(option.declaration)
  }

  func isGiven(_ option: OptionDeclaration) -> Bool {
    options[option.name]?.isEmpty == false
  }

  mutating func add(_ value: ParsedValue, to option: OptionDeclaration) {
    options[option.name, default: []].append(value)
    words.append((option.name, [option.flag] + (value.word.map { [$0] } ?? [])))
  }

  mutating func add(_ value: ParsedValue, to argument: ArgumentDeclaration) {
    arguments[argument.name, default: []].append(value)
  }
}
