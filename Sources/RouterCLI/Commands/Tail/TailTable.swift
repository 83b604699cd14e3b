internal import MetricRouter
internal import Naming

/// Lays rows out that come one after another: columns grow as wider values come, and headings are repeated.
struct TailTable {
  private var names: [Name] = []
  private var widths: [Int] = []
  private var alignments: [TableColumn.Alignment] = []
  /// The number of lines since the last heading.
  private var lineCount = 0

  private static let gap = "  "
  private static let timestamp = Name("timestamp")

  /// The lines for a row: the row's, and a heading before it where the columns changed or the last one scrolled away.
  mutating func lines(_ names: [Name], _ cells: [TailCell], _ terminal: Terminal) -> [String] {
    // One value must not push all others off the screen.
    let widest = terminal.columns.map { max(8, $0 / 2) } ?? .max
    let texts = zip(names, cells).map { name, cell in
      DisplayWidth.truncated(text(of: cell, named: name), to: widest)
    }
    let titles = names.map { DisplayWidth.truncated(PrintableText.escaped(bytes: $0.bytes), to: widest) }
    let scrolledAway = terminal.isTerminal && lineCount >= max(5, terminal.size.rows - 2)
    let needsHeading = names != self.names || scrolledAway
    if names != self.names {
      self.names = names
      widths = titles.map { DisplayWidth.columns($0) }
      alignments = zip(names, cells).map { $1.isNumber && $0 != Self.timestamp ? .right : .left }
    }
    for (index, text) in texts.enumerated() { widths[index] = max(widths[index], DisplayWidth.columns(text)) }
    lineCount = needsHeading ? 1 : lineCount + 1
    let row = line(texts, terminal)
    return needsHeading ? [terminal.styled(line(titles, terminal), .heading), row] : [row]
  }

  private func line(_ texts: [String], _ terminal: Terminal) -> String {
    var line = ""
    for (index, text) in texts.enumerated() {
      if index > 0 { line += Self.gap }
      line += DisplayWidth.padded(text, to: widths[index], alignment: alignments[index])
    }
    while line.last == " " { line.removeLast() }
    guard let columns = terminal.columns else { return line }
    return DisplayWidth.truncated(line, to: columns)
  }

  private func text(of cell: TailCell, named name: Name) -> String {
    if name == Self.timestamp, let time = LocalTime.text(secondsSince1970: cell.bytes) { return time }
    return PrintableText.escaped(bytes: cell.isString ? cell.bytes : ShortNumber.text(cell.bytes))
  }
}
