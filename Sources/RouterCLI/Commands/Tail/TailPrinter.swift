internal import MetricRouter
internal import Naming
internal import Tailing

/// Prints rows in the chosen format.
final class TailPrinter {
  private let format: TailFormat
  /// The selected columns; empty for all.
  private let columns: [Name]
  private let output: Output
  private let notes: TailNotes
  private var heading: [Name] = []
  private var table = TailTable()

  private static let newline: [UInt8] = [UInt8(ascii: "\n")]

  init(_ format: TailFormat, columns: [Name], output: Output, notes: TailNotes) {
    self.format = format
    self.columns = columns
    self.output = output
    self.notes = notes
  }

  /// Prints a row.
  ///
  /// - Parameter inputTopic: what it is called in warnings.
  /// - Returns: whether there was anything to print.
  func print(_ payload: UnsafeRawBufferPointer, inputTopic: [UInt8]) throws(CommandFailure) -> Bool {
    switch format {
    case .json:
      try writeLine(payload)
      return true
    case .csv, .table:
      let row = RowColumns(payload)
      guard let cells = try cells(of: row, inputTopic) else { return false }
      try print(cells, names: columns.isEmpty ? row.names : columns)
      return true
    }
  }

  func flush() throws(CommandFailure) { try output.flush() }

  private func print(_ cells: [TailCell], names: [Name]) throws(CommandFailure) {
    if format == .table {
      for line in table.lines(names, cells, output.terminal) { try output.line(line) }
      return
    }
    if heading != names {
      heading = names
      try writeLine(CSVLine.bytes(names.map(\.bytes)))
    }
    try writeLine(CSVLine.bytes(cells.map(\.bytes)))
  }

  /// The row's cells; `nil` where it has none to show.
  private func cells(of row: RowColumns, _ inputTopic: [UInt8]) throws(CommandFailure) -> [TailCell]? {
    if columns.isEmpty {
      if !row.isComplete {
        try notes.tell("rows of \(shown(inputTopic)) cannot be fully decoded; --format json prints them as they are")
      }
      return row.columns.isEmpty ? nil : row.columns.map { TailCell(row, $0) }
    }
    var hasAny = false
    var cells: [TailCell] = []
    for name in columns {
      switch row.find(name) {
      case .column(let column):
        hasAny = true
        cells.append(TailCell(row, column))
      case .missing:
        let fact = "rows of \(shown(inputTopic)) have no column '\(name)'"
        try notes.tell(fact + advice(name, row), once: fact)
        cells.append(.empty)
      case .ambiguous:
        try notes.tell("rows of \(shown(inputTopic)) have '\(name)' more than once; those cells are left empty")
        hasAny = true
        cells.append(.empty)
      }
    }
    return hasAny ? cells : nil
  }

  private func advice(_ name: Name, _ row: RowColumns) -> String {
    let near = NearMiss.nearest(to: name.text, among: row.names.map(\.text))
    return near.map { "; did you mean \(PrintableText.quoted($0))?" } ?? ""
  }

  private func shown(_ inputTopic: [UInt8]) -> String {
    inputTopic.isEmpty
      ? "an unknown schema" : PrintableText.quoted(String(decoding: inputTopic, as: UTF8.self))
  }

  /// The bytes as they are; on a terminal without what would steer it.
  private func writeLine(_ bytes: UnsafeRawBufferPointer) throws(CommandFailure) {
    guard !output.terminal.isTerminal || bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      return try output.line(PrintableText.escaped(bytes: bytes))
    }
    try output.write(bytes: bytes)
    try output.line()
  }

  private func writeLine(_ bytes: [UInt8]) throws(CommandFailure) {
    // `withUnsafeBytes` cannot throw a typed error.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(CommandFailure) in try writeLine(bytes) }
    }
    try result.get()
  }
}
