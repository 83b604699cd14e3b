extension Option where Value == Bool {
  /// Given or not; giving it twice changes nothing.
  static func flag(
    _ name: String, short: Character? = nil, group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self {
    Self(name, short: short, valueName: "", kind: .flag, isRepeatable: true, group: group, help: help) { !$0.isEmpty }
  }
}

extension Option {
  /// Any text but the empty one.
  static func string(
    _ name: String, short: Character? = nil, value: String, group: String = OptionDeclaration.defaultGroup,
    completion: ValueCompletion = .byKind, help: String
  ) -> Self where Value == String? {
    Self(name, short: short, valueName: value, kind: .text, group: group, completion: completion, help: help) {
      $0.last?.text
    }
  }

  static func string(
    _ name: String, short: Character? = nil, value: String, default: String,
    group: String = OptionDeclaration.defaultGroup, completion: ValueCompletion = .byKind, help: String
  ) -> Self where Value == String {
    Self(
      name, short: short, valueName: value, kind: .text, defaultText: `default`, group: group, completion: completion,
      help: help
    ) { $0.last?.text ?? `default` }
  }

  /// Any number of texts, in the order given.
  static func strings(
    _ name: String, short: Character? = nil, value: String, group: String = OptionDeclaration.defaultGroup,
    completion: ValueCompletion = .byKind, help: String
  ) -> Self where Value == [String] {
    Self(
      name, short: short, valueName: value, kind: .text, isRepeatable: true, group: group, completion: completion,
      help: help
    ) { $0.map(\.text) }
  }

  /// Names separated by commas, given any number of times.
  static func list(
    _ name: String, short: Character? = nil, value: String, group: String = OptionDeclaration.defaultGroup,
    completion: ValueCompletion = .byKind, help: String
  ) -> Self where Value == [String] {
    Self(
      name, short: short, valueName: value, kind: .list, isRepeatable: true, group: group, completion: completion,
      help: help
    ) { $0.flatMap(\.list) }
  }

  static func integer(
    _ name: String, short: Character? = nil, value: String, in range: ClosedRange<Int> = Int.min...Int.max,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Int? {
    Self(name, short: short, valueName: value, kind: .integer(range), group: group, help: help) { $0.last?.integer }
  }

  static func integer(
    _ name: String, short: Character? = nil, value: String, in range: ClosedRange<Int> = Int.min...Int.max,
    default: Int, group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Int {
    Self(
      name, short: short, valueName: value, kind: .integer(range), defaultText: String(`default`), group: group,
      help: help
    ) { $0.last?.integer ?? `default` }
  }

  static func number(
    _ name: String, short: Character? = nil, value: String,
    in range: ClosedRange<Double> = -Double.infinity...Double.infinity,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Double? {
    Self(name, short: short, valueName: value, kind: .number(range), group: group, help: help) { $0.last?.number }
  }

  static func number(
    _ name: String, short: Character? = nil, value: String,
    in range: ClosedRange<Double> = -Double.infinity...Double.infinity, default: Double,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Double {
    Self(
      name, short: short, valueName: value, kind: .number(range), defaultText: ValueKind.spelled(`default`),
      group: group, help: help
    ) { $0.last?.number ?? `default` }
  }

  static func duration(
    _ name: String, short: Character? = nil, value: String, in range: ClosedRange<Duration> = DurationText.allowed,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Duration? {
    Self(name, short: short, valueName: value, kind: .duration(range), group: group, help: help) { $0.last?.duration }
  }

  static func duration(
    _ name: String, short: Character? = nil, value: String, in range: ClosedRange<Duration> = DurationText.allowed,
    default: Duration, group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == Duration {
    Self(
      name, short: short, valueName: value, kind: .duration(range), defaultText: DurationText.spelled(`default`),
      group: group, help: help
    ) { $0.last?.duration ?? `default` }
  }

  /// One of an enum's cases, typed as its raw values.
  static func choice<Choice>(
    _ name: String, short: Character? = nil, value: String, of type: Choice.Type,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Choice: RawRepresentable<String> & CaseIterable & Sendable, Value == Choice? {
    Self(
      name, short: short, valueName: value, kind: .choice(Choice.allCases.map(\.rawValue)), group: group, help: help
    ) { $0.last.flatMap { Choice(rawValue: $0.text) } }
  }

  /// Any number of an enum's cases, typed as its raw values.
  static func choices<Choice>(
    _ name: String, short: Character? = nil, value: String, of type: Choice.Type,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Choice: RawRepresentable<String> & CaseIterable & Sendable, Value == [Choice] {
    Self(
      name, short: short, valueName: value, kind: .choice(Choice.allCases.map(\.rawValue)), isRepeatable: true,
      group: group, help: help
    ) { $0.compactMap { Choice(rawValue: $0.text) } }
  }

  /// The path of a file.
  static func file(
    _ name: String, short: Character? = nil, value: String = "FILE", group: String = OptionDeclaration.defaultGroup,
    help: String
  ) -> Self where Value == String? {
    Self(name, short: short, valueName: value, kind: .file, group: group, help: help) { $0.last?.text }
  }

  static func file(
    _ name: String, short: Character? = nil, value: String = "FILE", default: String,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == String {
    Self(name, short: short, valueName: value, kind: .file, defaultText: `default`, group: group, help: help) {
      $0.last?.text ?? `default`
    }
  }

  static func directory(
    _ name: String, short: Character? = nil, value: String = "DIRECTORY",
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == String? {
    Self(name, short: short, valueName: value, kind: .directory, group: group, help: help) { $0.last?.text }
  }

  static func directory(
    _ name: String, short: Character? = nil, value: String = "DIRECTORY", default: String,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self where Value == String {
    Self(name, short: short, valueName: value, kind: .directory, defaultText: `default`, group: group, help: help) {
      $0.last?.text ?? `default`
    }
  }
}

extension Option where Value: RawRepresentable<String> & CaseIterable {
  static func choice(
    _ name: String, short: Character? = nil, value: String, default: Value,
    group: String = OptionDeclaration.defaultGroup, help: String
  ) -> Self {
    Self(
      name, short: short, valueName: value, kind: .choice(Value.allCases.map(\.rawValue)),
      defaultText: `default`.rawValue, group: group, help: help
    ) { $0.last.flatMap { Value(rawValue: $0.text) } ?? `default` }
  }
}
