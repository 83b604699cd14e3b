internal import Glibc

extension CommandContext {
  /// Says something beside the result, a line each, on standard error.
  func tell(_ notes: [String]) throws(CommandFailure) {
    for note in notes { try errors.line(note) }
    try errors.flush()
  }

  /// Asks before something is done that cannot be taken back.
  ///
  /// - Returns: whether the answer was yes; false where nobody can answer.
  func isAgreed(_ question: String, showing table: @autoclosure () -> Table) throws(CommandFailure) -> Bool {
    guard errors.terminal.isTerminal, isatty(STDIN_FILENO) == 1 else { return false }
    try table().print(to: errors)
    try errors.write("\(question) [y/N] ")
    try errors.flush()
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}
