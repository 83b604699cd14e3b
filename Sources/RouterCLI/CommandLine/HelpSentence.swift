/// The help of an option or argument with what its declaration adds to it.
enum HelpSentence {
  /// The facts that are not empty, in parentheses within the last sentence.
  static func text(_ help: String, facts: [String]) -> String {
    let facts = facts.filter { !$0.isEmpty }.joined(separator: "; ")
    guard !facts.isEmpty else { return help }
    return help.hasSuffix(".") ? "\(help.dropLast()) (\(facts))." : "\(help) (\(facts))"
  }
}
