/// `router complete`: what the completion scripts ask.
///
/// Not for people, so hidden.
enum CompleteCommand {
  static let words = Argument.repeating(
    "WORD", kind: .any, help: "The words after 'router' up to the cursor, the last one unfinished, perhaps empty.")

  static let command = Command(
    name: "complete",
    abstract: "Answer what may stand at the cursor",
    discussion: """
      Prints a first line that says what follows: 'files' or 'directories' when the shell should offer paths, or
      'words', and then the words, each with a tab and what it means. Prints 'words' alone when nothing fits.
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
