import Checking
import MetricRouter

/// The answers of the brokers as text: one line for each check, with the remedy below it.
extension CheckReport {
  func print(_ cluster: ClusterCheck, _ output: Output) throws(CommandFailure) {
    try output.line()
    let words = cluster.lines.map(\.verdict.word)
    let width = words.reduce(0) { max($0, $1.count) }
    for line in cluster.lines {
      let word = line.verdict.word
      let start =
        output.terminal.styled(word, line.verdict.style) + String(repeating: " ", count: width - word.count + 2)
      try printHanging("\(line.subject): \(line.message)", after: start, indentation: width + 2, output)
      if let remedy = line.remedy {
        let blanks = String(repeating: " ", count: width + 4)
        try printHanging(remedy, after: blanks, indentation: width + 4, output)
      }
    }
    try output.line()
    let errors = cluster.lines.count { $0.verdict.isError }
    if errors == 0 {
      try printProse("A router can work with this cluster.", output, .good)
    } else {
      try printProse(
        "A router cannot work with this cluster: \(errors == 1 ? "1 error" : "\(errors) errors").", output, .bad)
    }
  }

  /// Prints a text whose lines are aligned with its start.
  private func printHanging(
    _ text: String, after start: String, indentation: Int, _ output: Output
  ) throws(CommandFailure) {
    let text = PrintableText.escaped(text)
    let lines = output.terminal.columns.map { TextWrap.lines(text, columns: max(20, $0 - indentation)) } ?? [text]
    try output.line(start + (lines.first ?? ""))
    for line in lines.dropFirst() { try output.line(String(repeating: " ", count: indentation) + line) }
  }
}

extension ClusterCheck.Line.Verdict {
  var word: String {
    switch self {
    case .ok: "ok"
    case .unknown: "unknown"
    case .warning: "warning"
    case .error: "error"
    }
  }

  var isError: Bool {
    if case .error = self { return true }
    return false
  }

  var style: TextStyle {
    switch self {
    case .ok: .good
    case .unknown: .faint
    case .warning: .warning
    case .error: .bad
    }
  }
}
