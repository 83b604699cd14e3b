/// An environment variable that a command obeys, for its help and man page.
struct EnvironmentVariable: Sendable {
  let name: String
  /// What it does, in whole sentences.
  let help: String

  init(_ name: String, _ help: String) {
    self.name = name
    self.help = help
  }
}
