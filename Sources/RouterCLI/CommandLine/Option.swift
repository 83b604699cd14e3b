/// An option that a command declares once and reads type-safely: `arguments[Self.user]`.
///
/// Made by the functions in `Option+Kinds.swift`. `Value` is what the command gets: optional where there is neither a
/// default nor `required()`.
struct Option<Value: Sendable>: DeclaredOption {
  private(set) var declaration: OptionDeclaration
  /// The typed value of what was given, in order; nothing given means the default.
  let value: @Sendable ([ParsedValue]) -> Value

  init(
    _ name: String, short: Character?, valueName: String, kind: ValueKind, isRepeatable: Bool = false,
    defaultText: String? = nil, group: String, completion: ValueCompletion = .byKind, help: String,
    value: @escaping @Sendable ([ParsedValue]) -> Value
  ) {
    self.declaration = OptionDeclaration(
      name: name, short: short, valueName: valueName, kind: kind, isRepeatable: isRepeatable,
      defaultText: defaultText, help: help, group: group, completion: completion)
    self.value = value
  }

  private init(declaration: OptionDeclaration, value: @escaping @Sendable ([ParsedValue]) -> Value) {
    self.declaration = declaration
    self.value = value
  }

  /// This option, as a required one.
  func required<Wrapped>() -> Option<Wrapped> where Value == Wrapped? {
    var declaration = declaration
    declaration.isRequired = true
    let value = value
    return Option<Wrapped>(declaration: declaration) { given in
      guard let wrapped = value(given) else {
        preconditionFailure("The parser lets no command run without its required options.")
      }
      return wrapped
    }
  }
}
