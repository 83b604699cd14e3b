/// Makes text from outside safe to show: what would move the cursor, colour the screen or turn the reading direction
/// is shown as an escape instead, `\n` or `\u{202e}`.
enum PrintableText {
  /// The text with everything that is not plainly visible escaped.
  static func escaped(_ text: String) -> String {
    guard !text.unicodeScalars.allSatisfy(isPlain) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isPlain(scalar) { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
    }
    return result
  }

  /// Bytes that should be UTF-8; those that are not become `\xff`.
  static func escaped(bytes: some Collection<UInt8>) -> String {
    var result = ""
    var rest = Array(bytes)[...]
    while let first = rest.first {
      // The length that the first byte announces; a byte that starts nothing fails the validation alone.
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      if let text = String(validating: rest.prefix(length), as: UTF8.self) {
        result += escaped(text)
        rest = rest.dropFirst(length)
      } else {
        result += "\\x" + hexadecimal(UInt32(first), digits: 2)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// The text in single quotes, escaped, and short enough for a message.
  static func quoted(_ text: String) -> String { "'\(shortened(text))'" }

  /// Escaped, and cut after 60 columns.
  static func shortened(_ text: String) -> String {
    DisplayWidth.truncated(escaped(String(text.prefix(200))), to: 60)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
    return switch scalar.properties.generalCategory {
    case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    // The joiners shape emoji and scripts; other format characters are invisible or turn the direction.
    case .format: scalar.value == 0x200C || scalar.value == 0x200D
    default: true
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default:
      scalar.value < 0x80
        ? "\\x" + hexadecimal(scalar.value, digits: 2) : "\\u{\(hexadecimal(scalar.value, digits: 4))}"
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
