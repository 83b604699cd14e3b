/// Text as man(7) pages need it.
enum RoffText {
  /// Prose on a line of its own, of which nothing is read as a request or an escape.
  static func line(_ text: String) -> String {
    let escaped = inline(text)
    // At the start of a line these two begin a request.
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  /// Text within a line.
  ///
  /// Every hyphen becomes a minus, which is what people copy and search for.
  static func inline(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\(rs"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\n", "\t": result += " "
      default:
        if scalar.isASCII {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
        }
      }
    }
    return result
  }

  /// The argument of a macro, as one word.
  static func argument(_ text: String) -> String {
    "\"" + inline(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
  }
}
