/// A command line worth copying, and what it does.
struct CommandExample: Sendable {
  /// The whole line, beginning with `router`.
  let line: String
  /// What it does, in one sentence.
  let explanation: String

  init(_ line: String, _ explanation: String) {
    self.line = line
    self.explanation = explanation
  }
}
