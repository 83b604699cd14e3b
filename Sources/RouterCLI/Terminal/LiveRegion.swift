/// The last lines of a terminal, redrawn in place: for progress, `--watch` and the demo.
///
/// Silent where there is no terminal: who wants lines there prints them. Belongs to the output's thread. Nothing else
/// may be printed to the terminal between the first `draw` and `finish`, except through `printAbove`.
final class LiveRegion {
  private let output: Output
  /// The descriptor of the terminal whose cursor is hidden.
  private let descriptor: Int32
  /// The widths of the lines on the screen.
  private var drawn: [Int] = []
  private var isDrawing = false

  init(output: Output, descriptor: Int32 = 1) {
    self.output = output
    self.descriptor = descriptor
  }

  deinit {
    // A command that ends by a failure has not finished its region; the screen is left in order all the same, and if
    // the terminal itself has gone there is nobody to tell.
    try? finish()
  }

  /// Replaces what was drawn before.
  ///
  /// Lines may hold styles of `Terminal.styled` and must hold no other control characters; they are cut to the width,
  /// and lines that do not fit the height are counted instead.
  func draw(_ lines: [String]) throws(CommandFailure) {
    guard output.terminal.isTerminal else { return }
    let size = output.terminal.size
    let start = start()
    // Every line is cleared just before it is written, and what is left below at the end: clearing all first flickers.
    let moveUp = moveUp(columns: size.columns)
    try output.write(start + moveUp + paint(lines, size) + "\u{1B}[J")
    try output.flush()
  }

  /// Prints a line that stays, above the region.
  func printAbove(_ line: String) throws(CommandFailure) {
    guard output.terminal.isTerminal, isDrawing else { return try output.line(line) }
    try output.write(moveUp(columns: output.terminal.size.columns) + "\u{1B}[J")
    drawn = []
    try output.line(line)
  }

  /// Leaves the last drawn lines where they are, or takes them away, and gives the cursor back.
  func finish(keepingLines: Bool = true) throws(CommandFailure) {
    guard isDrawing else { return }
    isDrawing = false
    let erasure = keepingLines ? "" : moveUp(columns: output.terminal.size.columns) + "\u{1B}[J"
    drawn = []
    try output.write(erasure + "\u{1B}[?25h")
    try output.flush()
    Interruption.noteHiddenCursor(on: -1)
  }

  private func start() -> String {
    guard !isDrawing else { return "" }
    isDrawing = true
    Interruption.noteHiddenCursor(on: descriptor)
    return "\u{1B}[?25l"
  }

  /// Back to the first line drawn.
  ///
  /// A window that became narrower has broken long lines into several.
  private func moveUp(columns: Int) -> String {
    let height = drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return height == 0 ? "" : "\u{1B}[\(height)A\r"
  }

  private func paint(_ lines: [String], _ size: (columns: Int, rows: Int)) -> String {
    // One row stays free for the cursor: it cannot go back to what has scrolled away.
    let height = max(1, size.rows - 1)
    var shown = lines
    if lines.count > height {
      shown = lines.prefix(height - 1) + ["… \(lines.count - height + 1) more"]
    }
    let fitting = shown.map { StyledText.truncated($0, to: size.columns) }
    drawn = fitting.map { StyledText.columns($0) }
    return fitting.map { "\u{1B}[K\($0)\n" }.joined()
  }
}
