/// The values that an option or argument may have.
enum ValueKind: Sendable {
  /// No value: the option is given or not.
  case flag
  case text
  /// Any text, including an empty one.
  case any
  /// Separated by commas, none of them empty.
  case list
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// Such as `10m`, `1h30m`, `15s`.
  case duration(ClosedRange<Duration>)
  case choice([String])
  /// The path of a file; the command checks whether it exists.
  case file
  case directory

  /// Whether a value may begin with a dash without looking like an option.
  var acceptsNegative: Bool {
    switch self {
    case .integer, .number: true
    case .flag, .text, .any, .list, .duration, .choice, .file, .directory: false
    }
  }

  /// What is allowed, for help: empty where anything is.
  var bounds: String {
    switch self {
    case .flag, .text, .any, .list, .file, .directory: ""
    case .integer(let range): Self.bounds(range, unbounded: Int.min...Int.max) { String($0) }
    case .number(let range):
      Self.bounds(range, unbounded: -Double.infinity...Double.infinity) { Self.spelled($0) }
    case .duration(let range):
      Self.bounds(range, unbounded: DurationText.allowed) { DurationText.spelled($0) }
    case .choice(let choices): Self.enumerated(choices)
    }
  }

  /// `a, b or c`.
  static func enumerated(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
  }

  private static func bounds<Bound: Comparable>(
    _ range: ClosedRange<Bound>, unbounded: ClosedRange<Bound>, spell: (Bound) -> String
  ) -> String {
    switch (range.lowerBound == unbounded.lowerBound, range.upperBound == unbounded.upperBound) {
    case (true, true): ""
    case (true, false): "at most \(spell(range.upperBound))"
    case (false, true): "at least \(spell(range.lowerBound))"
    case (false, false): "\(spell(range.lowerBound)) to \(spell(range.upperBound))"
    }
  }

  /// Whole numbers without their `.0`.
  static func spelled(_ number: Double) -> String {
    Int(exactly: number).map { String($0) } ?? String(number)
  }
}
