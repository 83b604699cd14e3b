/// What a shell should offer for the word at the cursor.
enum CompletionAnswer: Equatable, Sendable {
  /// Whole words: for `--format=t` it is `--format=table`.
  case words([CompletionCandidate])
  /// Paths, which shells list better themselves.
  case files
  case directories

  /// The lines that the completion scripts read: the kind, then for each word the word, a tab and what it means.
  var lines: [String] {
    switch self {
    case .files: return ["files"]
    case .directories: return ["directories"]
    case .words(let candidates):
      // A word with a control character cannot be offered: it would end the line, or do worse at the prompt.
      let plain = candidates.filter { PrintableText.escaped($0.value) == $0.value }
      return ["words"] + plain.map { "\($0.value)\t\(PrintableText.escaped($0.description))" }
    }
  }
}
