/// How many columns text takes on a terminal.
///
/// Not `wcwidth`: that goes by the locale, and in a container it is often `C`, where it knows ASCII only.
enum DisplayWidth {
  /// Blocks whose characters take two columns (East_Asian_Width W and F, UAX #11).
  ///
  /// Emoji are asked for by property.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
  ]

  static func columns(_ text: some StringProtocol) -> Int {
    // ASCII, nearly always: every byte a column.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + columns($1) }
  }

  /// The text, or as much of it as fits with an ellipsis at its end.
  static func truncated(_ text: String, to columns: Int) -> String {
    guard self.columns(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var kept = ""
    var width = 0
    for character in text {
      let next = self.columns(String(character))
      guard width + next < columns else { break }
      kept.append(character)
      width += next
    }
    return kept + "…"
  }

  /// The text with blanks up to that many columns; longer text stays as it is.
  static func padded(_ text: String, to columns: Int, alignment: TableColumn.Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - self.columns(text)))
    return alignment == .left ? text + blanks : blanks + text
  }

  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if wide.contains(where: { $0.contains(scalar.value) }) { return 2 }
    // A flag is two regional indicators, one column each.
    let isRegionalIndicator = (0x1F1E6...0x1F1FF).contains(scalar.value)
    return scalar.properties.isEmojiPresentation && !isRegionalIndicator ? 2 : 1
  }
}
