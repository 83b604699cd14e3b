/// What a terminal shows after the bytes written to it; as much of one as `LiveRegion` and `FullScreen` need.
struct Screen {
  private let columns: Int
  private var cells: [[Character]] = [[]]
  private var row = 0
  private var column = 0
  private(set) var cursorIsVisible = true
  /// What was shown before a program took the whole terminal; nil while none has.
  private var before: (cells: [[Character]], row: Int, column: Int)?
  /// Whether a program has the whole terminal.
  var isWhole: Bool { before != nil }

  init(columns: Int, _ text: String) {
    self.columns = columns
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\u{1B}":
        rest = rest.dropFirst()
        let parameters = rest.prefix { !(0x40...0x7E).contains($0.value) }
        rest = rest[parameters.endIndex...]
        guard let final = rest.popFirst() else { return }
        obey(final, String(String.UnicodeScalarView(parameters)))
      case "\n":
        row += 1
        column = 0
        while cells.count <= row { cells.append([]) }
      case "\r": column = 0
      default: put(Character(scalar))
      }
    }
  }

  /// The lines down to the last that shows something.
  var lines: [String] {
    var lines = cells.map { String($0) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  private mutating func put(_ character: Character) {
    if column == columns {
      row += 1
      column = 0
      while cells.count <= row { cells.append([]) }
    }
    while cells[row].count <= column { cells[row].append(" ") }
    cells[row][column] = character
    column += 1
  }

  private mutating func obey(_ final: Unicode.Scalar, _ parameters: String) {
    switch (final, parameters) {
    case ("A", _): row = max(0, row - (Int(parameters) ?? 1))
    case ("K", ""): cells[row] = Array(cells[row].prefix(column))
    case ("J", ""):
      cells[row] = Array(cells[row].prefix(column))
      cells.removeSubrange((row + 1)...)
    case ("H", ""): (row, column) = (0, 0)
    case ("h", "?1049"):
      before = (cells, row, column)
      (cells, row, column) = ([[]], 0, 0)
    case ("l", "?1049"):
      if let before { (cells, row, column) = before }
      before = nil
    case ("l", "?25"): cursorIsVisible = false
    case ("h", "?25"): cursorIsVisible = true
    default: break
    }
  }
}
