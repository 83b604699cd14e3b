/// `router complete`: what the completion scripts ask.
///
/// Not for people, so hidden.
enum CompleteCommand {
  static let words = Argument.repeating(
    "WORD", kind: .any, help: "The words after 'router' up to the cursor; the last one may be unfinished or empty.")

  static let command = Command(
    name: "complete",
    abstract: "List what can stand at the cursor",
    discussion: """
      The first line is 'files' or 'directories' if the shell should offer paths, else 'words'. After 'words', each line
      is a word, a tab and its meaning. If nothing fits, there is only the line 'words'.
      """,
    arguments: [words],
    isHidden: true,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let words = arguments[words]
    let answer = CompletionQuery(context, words: words.dropLast()).answer(words.last ?? "")
    for line in answer.lines { try context.output.line(line) }
    return .ok
  }
}
