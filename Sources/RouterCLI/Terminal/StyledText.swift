/// Text that holds the escape sequences of `Terminal.styled`, measured and cut without them.
enum StyledText {
  static func columns(_ text: String) -> Int {
    pieces(of: text).reduce(0) { $0 + ($1.isSequence ? 0 : DisplayWidth.columns($1.text)) }
  }

  /// The part of the text that fits; every style is ended.
  static func truncated(_ text: String, to columns: Int) -> String {
    guard self.columns(text) > columns else { return text }
    var result = ""
    var room = columns
    for piece in pieces(of: text) {
      if piece.isSequence {
        result += String(piece.text)
      } else if room > 0 {
        let width = DisplayWidth.columns(piece.text)
        // The last column is the ellipsis's, also where a piece ends just there.
        let isWhole = width < room
        result += isWhole ? String(piece.text) : DisplayWidth.truncated(piece.text + " ", to: room)
        room = isWhole ? room - width : 0
      }
    }
    return result
  }

  private static func pieces(of text: String) -> [(text: Substring, isSequence: Bool)] {
    var pieces: [(Substring, Bool)] = []
    var rest = text[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      if escape > rest.startIndex { pieces.append((rest[..<escape], false)) }
      let end = rest[escape...].firstIndex(of: "m").map { rest.index(after: $0) } ?? rest.endIndex
      pieces.append((rest[escape..<end], true))
      rest = rest[end...]
    }
    if !rest.isEmpty { pieces.append((rest, false)) }
    return pieces
  }
}
