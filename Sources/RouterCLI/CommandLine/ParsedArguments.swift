/// What the command line gave to a command, checked and typed by the command's declaration.
struct ParsedArguments: Sendable {
  private var options: [String: [ParsedValue]] = [:]
  private var arguments: [String: [ParsedValue]] = [:]

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

  /// Whether the command line has it, whatever its default.
  func isGiven(_ option: any DeclaredOption) -> Bool {
    isGiven(option.declaration)
  }

  func isGiven(_ option: OptionDeclaration) -> Bool {
    options[option.name]?.isEmpty == false
  }

  mutating func add(_ value: ParsedValue, to option: OptionDeclaration) {
    options[option.name, default: []].append(value)
  }

  mutating func add(_ value: ParsedValue, to argument: ArgumentDeclaration) {
    arguments[argument.name, default: []].append(value)
  }
}
