/// A positional argument without its type.
struct ArgumentDeclaration: Sendable {
  /// How many words it takes.
  enum Occurrence: Sendable {
    case once
    case atMostOnce
    case anyNumber
    case atLeastOnce
  }

  /// The argument's name in help, such as `FILE`.
  let name: String
  let kind: ValueKind
  let occurrence: Occurrence
  let help: String
  let completion: ValueCompletion

  var isRequired: Bool { occurrence == .once || occurrence == .atLeastOnce }
  var isRepeating: Bool { occurrence == .anyNumber || occurrence == .atLeastOnce }
  /// `FILE`, `[FILE]`, `[FILE]...`, `FILE...`.
  var spelled: String {
    switch occurrence {
    case .once: name
    case .atMostOnce: "[\(name)]"
    case .anyNumber: "[\(name)]..."
    case .atLeastOnce: "\(name)..."
    }
  }
  /// The help text with the allowed values.
  var fullHelp: String { HelpSentence.text(help, facts: [kind.bounds]) }
}
