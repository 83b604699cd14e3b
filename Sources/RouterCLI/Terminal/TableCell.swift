/// What stands at one place of a table.
///
/// Control characters and their like are shown escaped.
struct TableCell: ExpressibleByStringInterpolation, Sendable {
  let text: String
  let style: TextStyle

  init(_ text: String, _ style: TextStyle = .plain) {
    self.text = PrintableText.escaped(text)
    self.style = style
  }

  init(stringLiteral value: String) {
    self.init(value)
  }
}
