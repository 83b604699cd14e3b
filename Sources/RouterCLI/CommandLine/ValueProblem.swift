/// A value that is not allowed where it stands.
struct ValueProblem: Error, Equatable, Sendable {
  /// What would be allowed, as a whole sentence.
  let remedy: String

  init(_ remedy: String) {
    self.remedy = remedy
  }
}
