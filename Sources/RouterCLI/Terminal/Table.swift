/// Rows under headings, as plain text: two blanks between columns, no lines, no trailing blanks.
///
/// On a terminal it fits the width; elsewhere nothing is shortened, so `grep` and `awk` see everything.
struct Table {
  private var columns: [TableColumn]
  private var rows: [[TableCell]] = []

  private static let gap = "  "

  init(_ columns: [TableColumn]) {
    self.columns = columns
  }

  /// Adds a row with as many cells as there are columns.
  mutating func add(_ cells: [TableCell]) {
    precondition(cells.count == columns.count, "A row has \(cells.count) cells for \(columns.count) columns.")
    rows.append(cells)
  }

  /// Prints headings and rows.
  func print(to output: Output) throws(CommandFailure) {
    for line in lines(for: output.terminal) { try output.line(line) }
  }

  /// Headings and rows, as lines that fit the terminal.
  func lines(for terminal: Terminal) -> [String] {
    let limit = terminal.columns
    let table = limit.map { narrowed(to: $0) } ?? self
    let widths = table.widths(limit: limit)
    let heading = table.columns.map { TableCell($0.title, .heading) }
    return ([heading] + table.rows).map { table.line($0, widths: widths, limit: limit, terminal) }
  }

  /// The table without optional columns, as far as the others need the space.
  private func narrowed(to limit: Int) -> Table {
    var table = self
    var narrowest = zip(widths(limit: nil), columns).map { width, column in
      column.minimum.map { min(width, $0) } ?? width
    }
    while narrowest.reduce(0, +) + Self.gap.utf8.count * max(0, narrowest.count - 1) > limit {
      let droppable = table.columns.indices.filter { table.columns[$0].dropRank != nil }
      let next = droppable.max { (table.columns[$0].dropRank ?? 0) < (table.columns[$1].dropRank ?? 0) }
      guard let next else { break }
      table.columns.remove(at: next)
      narrowest.remove(at: next)
      for row in table.rows.indices { table.rows[row].remove(at: next) }
    }
    return table
  }

  private func line(_ cells: [TableCell], widths: [Int], limit: Int?, _ terminal: Terminal) -> String {
    var line = ""
    // What is left of the terminal's width, for tables too wide even with every column at its minimum.
    var room = limit ?? Int.max
    var blanks = ""
    for (index, cell) in cells.enumerated() where room > 0 {
      let column = columns[index]
      let full = DisplayWidth.truncated(cell.text, to: widths[index])
      let padding = widths[index] - DisplayWidth.columns(full)
      if column.alignment == .right { blanks += String(repeating: " ", count: padding) }
      room -= blanks.utf8.count
      let text = DisplayWidth.truncated(full, to: max(0, room))
      if !text.isEmpty {
        line += blanks + terminal.styled(text, cell.style)
        blanks = ""
      }
      room -= DisplayWidth.columns(text)
      if column.alignment == .left { blanks += String(repeating: " ", count: padding) }
      blanks += Self.gap
    }
    return line
  }

  /// The width of every column: its widest cell, less what the shrinking ones give up, the widest of them first.
  private func widths(limit: Int?) -> [Int] {
    var widths = columns.indices.map { index in
      rows.reduce(DisplayWidth.columns(columns[index].title)) { max($0, DisplayWidth.columns($1[index].text)) }
    }
    guard let limit else { return widths }
    var excess = widths.reduce(0, +) + Self.gap.utf8.count * max(0, columns.count - 1) - limit
    while excess > 0 {
      let shrinkable = columns.indices.filter { index in
        columns[index].minimum.map { widths[index] > $0 } ?? false
      }
      guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
