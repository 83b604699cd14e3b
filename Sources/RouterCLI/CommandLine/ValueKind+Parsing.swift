extension ValueKind {
  /// What the words on the command line say.
  ///
  /// - Throws: What would have been allowed, as a whole sentence.
  func parse(_ text: String) throws(ValueProblem) -> ParsedValue {
    switch self {
    case .flag: return .flag
    case .text:
      guard !text.isEmpty else { throw ValueProblem("It must not be empty.") }
      return .text(text)
    case .any: return .text(text)
    case .file, .directory:
      guard !text.isEmpty else { throw ValueProblem("Write a path.") }
      return .text(text)
    case .list:
      let elements = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
      guard elements.allSatisfy({ !$0.isEmpty }) else {
        throw ValueProblem("Separate the names by single commas.")
      }
      return .list(elements)
    case .integer(let range):
      guard let number = Int(text) else {
        let digits = text.drop { $0 == "-" || $0 == "+" }
        let isTooLarge = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
        throw ValueProblem(isTooLarge ? outOfRange : "Write a whole number\(boundsInParentheses).")
      }
      guard range.contains(number) else { throw ValueProblem(outOfRange) }
      return .integer(number)
    case .number(let range):
      guard let number = Double(text), number.isFinite else {
        throw ValueProblem("Write a number\(boundsInParentheses).")
      }
      guard range.contains(number) else { throw ValueProblem(outOfRange) }
      return .number(number)
    case .duration(let range):
      let duration = try DurationText.parse(text)
      guard range.contains(duration) else { throw ValueProblem(outOfRange) }
      return .duration(duration)
    case .choice(let choices):
      guard choices.contains(text) else {
        let nearest = NearMiss.nearest(to: text, among: choices)
        throw ValueProblem(
          (nearest.map { "Did you mean \($0)? " } ?? "") + "Use \(Self.enumerated(choices)).")
      }
      return .text(text)
    }
  }

  private var boundsInParentheses: String { bounds.isEmpty ? "" : " (\(bounds))" }
  private var outOfRange: String { bounds.isEmpty ? "It is too large." : "Allowed: \(bounds)." }
}
