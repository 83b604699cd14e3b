import Glibc

/// What an output leads to: a terminal of a size, with colours or without, or something else.
struct Terminal: Sendable {
  /// Whether a person may be looking.
  ///
  /// Nothing is redrawn, shortened or coloured where not.
  let isTerminal: Bool
  let usesColours: Bool
  /// Whether what was written can be replaced: a terminal whose cursor can be moved.
  let redraws: Bool
  /// Whether bars and charts are drawn with block characters: where the terminal shows UTF-8.
  let usesBlocks: Bool
  /// The descriptor of the terminal; `nil` for a fixed size.
  private let descriptor: Int32?
  /// The width from `COLUMNS`, or a fixed one.
  private let columnsOverride: Int?
  private let rowsOverride: Int?

  /// What help is formatted for where there is no terminal.
  static let defaultColumns = 80

  /// Looks at a file descriptor and the environment: no colours with `NO_COLOR`, `TERM=dumb` or without `TERM`.
  ///
  /// `COLUMNS`, where it is exported, goes before the terminal's own width, as it does for `ls`. No blocks where the
  /// locale says that the encoding is another than UTF-8; in containers no locale is set, and that says nothing.
  init(descriptor: Int32, environment: [String: String], allowsColours: Bool) {
    isTerminal = isatty(descriptor) == 1
    let type = environment["TERM"] ?? ""
    usesColours =
      isTerminal && allowsColours && (environment["NO_COLOR"] ?? "").isEmpty && !type.isEmpty && type != "dumb"
    redraws = isTerminal && !type.isEmpty && type != "dumb"
    usesBlocks = redraws && Self.allowsUTF8(environment)
    self.descriptor = descriptor
    columnsOverride = environment["COLUMNS"].flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil }
    rowsOverride = nil
  }

  /// A terminal of a fixed size.
  init(columns: Int, rows: Int, usesColours: Bool, usesBlocks: Bool = true) {
    isTerminal = true
    self.usesColours = usesColours
    redraws = true
    self.usesBlocks = usesBlocks
    descriptor = nil
    columnsOverride = columns
    rowsOverride = rows
  }

  private init() {
    isTerminal = false
    usesColours = false
    redraws = false
    usesBlocks = false
    descriptor = nil
    columnsOverride = nil
    rowsOverride = nil
  }

  /// A file or a pipe.
  static let none = Terminal()

  /// The present size of the terminal (people resize windows); 80 by 24 if it is unknown.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    var columns = 0
    var rows = 0
    if let descriptor, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 {
      columns = Int(size.ws_col)
      rows = Int(size.ws_row)
    }
    return (
      columnsOverride ?? (columns > 0 ? columns : Self.defaultColumns), rowsOverride ?? (rows > 0 ? rows : 24)
    )
  }

  /// How wide a line may be; nil where lines are not for looking at, and must not be shortened.
  var columns: Int? { isTerminal ? size.columns : nil }

  /// The text in a style, where there are colours.
  func styled(_ text: String, _ style: TextStyle) -> String {
    guard usesColours, style != .plain, !text.isEmpty else { return text }
    return "\u{1B}[\(style.parameters)m\(text)\u{1B}[0m"
  }

  /// What the locale says of the encoding.
  private static func allowsUTF8(_ environment: [String: String]) -> Bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    guard let locale = set?.lowercased() else { return true }
    return locale.hasSuffix("utf-8") || locale.hasSuffix("utf8") || locale.contains("utf-8@")
  }
}
