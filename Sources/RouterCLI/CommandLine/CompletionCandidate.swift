/// A word that a shell may put on the command line.
struct CompletionCandidate: Equatable, Sendable {
  let value: String
  /// What it means, in one line; shells that show no descriptions leave it out.
  let description: String

  init(_ value: String, _ description: String = "") {
    self.value = value
    self.description = description
  }
}
