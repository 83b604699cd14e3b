/// The whole terminal, redrawn in place: for tables that are watched.
///
/// What was on the terminal before comes back when it is left. Belongs to the output's thread, and nothing else may be
/// printed to the terminal meanwhile. Only for terminals that `redraws`.
final class FullScreen {
  private let output: Output
  private let descriptor: Int32
  private var isShown = false

  /// Takes nothing before the first `draw`.
  init(output: Output, descriptor: Int32 = 1) {
    self.output = output
    self.descriptor = descriptor
  }

  deinit {
    // A command that ends by a failure leaves the terminal in order; if that has gone there is nobody to tell.
    try? leave()
  }

  /// Replaces everything that is shown.
  ///
  /// Lines may hold styles of `Terminal.styled` and must hold no other control characters; they are cut to the width,
  /// and those below the height are not shown.
  func draw(_ lines: [String]) throws(CommandFailure) {
    let (columns, rows) = output.terminal.size
    var frame = isShown ? "" : "\u{1B}[?1049h\u{1B}[?25l"
    if !isShown {
      isShown = true
      Interruption.noteOtherScreen(on: descriptor)
      Interruption.noteHiddenCursor(on: descriptor)
    }
    // Each line is cleared behind its text, and the rest at the end: clearing everything first flickers. No newline after
    // the last line: it would scroll.
    let shown = lines.prefix(rows).map { StyledText.truncated($0, to: columns) }
    frame += "\u{1B}[H" + shown.map { Self.line($0, columns) }.joined(separator: "\r\n")
    if shown.count < rows { frame += (shown.isEmpty ? "" : "\r\n") + "\u{1B}[J" }
    try output.write(frame)
    try output.flush()
  }

  /// Shows again what was there before; `draw` may take the screen once more.
  func leave() throws(CommandFailure) {
    guard isShown else { return }
    isShown = false
    try output.write("\u{1B}[?1049l\u{1B}[?25h")
    try output.flush()
    Interruption.noteOtherScreen(on: -1)
    Interruption.noteHiddenCursor(on: -1)
  }

  /// A line that fills the width leaves the cursor on its last column, where clearing would take that away.
  private static func line(_ text: String, _ columns: Int) -> String {
    StyledText.columns(text) < columns ? text + "\u{1B}[K" : text
  }
}
