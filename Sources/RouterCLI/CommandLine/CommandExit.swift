/// An exit code that matters to who calls a command, and what it means there.
struct CommandExit: Sendable {
  let code: ExitCode
  let meaning: String

  /// An exit code; without a meaning, it has the general one.
  init(_ code: ExitCode, _ meaning: String? = nil) {
    self.code = code
    self.meaning = meaning ?? code.meaning
  }
}
