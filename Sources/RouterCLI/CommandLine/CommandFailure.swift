/// Why a command could not do what it was asked: what is wrong, and what to do about it.
///
/// Printed on standard error as `router: MESSAGE`, the hint indented below it.
struct CommandFailure: Error, Equatable, Sendable {
  /// What the shell gets.
  let exitCode: ExitCode
  /// What is wrong and where, without a full stop at its end; empty when there is nothing to say.
  let message: String
  /// What to do, in whole sentences; empty when the message says it already.
  ///
  /// Each line stays one; an indented line is a command to copy and is never broken.
  let hint: String

  init(_ exitCode: ExitCode, _ message: String, hint: String = "") {
    self.exitCode = exitCode
    self.message = message
    self.hint = hint
  }

  /// The reader of standard output has gone.
  ///
  /// There is nobody to tell, but a verdict that was not printed to its end must not look like a passed check, hence
  /// not `ok`: it ends as every program does that SIGPIPE stops.
  static let closedPipe = CommandFailure(.closedPipe, "")
}
