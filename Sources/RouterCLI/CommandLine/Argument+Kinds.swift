extension Argument where Value == String {
  /// One word that has to be there.
  static func required(
    _ name: String, kind: ValueKind = .text, completion: ValueCompletion = .byKind, help: String
  ) -> Self {
    Self(
      declaration: ArgumentDeclaration(
        name: name, kind: kind, occurrence: .once, help: help, completion: completion)
    ) { given in
      guard let value = given.last else {
        preconditionFailure("The parser lets no command run without its required arguments.")
      }
      return value.text
    }
  }
}

extension Argument where Value == String? {
  static func optional(
    _ name: String, kind: ValueKind = .text, completion: ValueCompletion = .byKind, help: String
  ) -> Self {
    Self(
      declaration: ArgumentDeclaration(
        name: name, kind: kind, occurrence: .atMostOnce, help: help, completion: completion)
    ) { $0.last?.text }
  }
}

extension Argument where Value == [String] {
  /// All words that are left.
  static func repeating(
    _ name: String, kind: ValueKind = .text, atLeastOne: Bool = false, completion: ValueCompletion = .byKind,
    help: String
  ) -> Self {
    Self(
      declaration: ArgumentDeclaration(
        name: name, kind: kind, occurrence: atLeastOne ? .atLeastOnce : .anyNumber, help: help, completion: completion)
    ) { $0.map(\.text) }
  }
}

extension Argument where Value: RawRepresentable<String> & CaseIterable {
  /// One of an enum's cases, typed as its raw values; has to be there.
  static func choice(_ name: String, of type: Value.Type, help: String) -> Self {
    Self(
      declaration: ArgumentDeclaration(
        name: name, kind: .choice(Value.allCases.map(\.rawValue)), occurrence: .once, help: help, completion: .byKind)
    ) { given in
      guard let choice = given.last.flatMap({ Value(rawValue: $0.text) }) else {
        preconditionFailure("The parser lets only declared choices pass.")
      }
      return choice
    }
  }
}
