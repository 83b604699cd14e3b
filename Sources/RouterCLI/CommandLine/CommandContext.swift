/// What a command may use beside its arguments.
///
/// Belongs to the main thread.
struct CommandContext {
  /// The root of the declarations, for help, completion and man pages.
  let root: Command
  /// What `router --version` prints.
  let version: String
  /// Standard output, and what is known of its terminal.
  let output: Output
  /// Standard error: failures and progress.
  let errors: Output
  /// The environment of the process.
  let environment: [String: String]
}
