/// Makes text that others have chosen safe to show: in a log, a terminal or JSON.
public enum Escaping {
  /// Text without control characters: they are shown as `\n`, `\t` or `\u{1b}`. Everything else stays.
  public static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Bytes that may be anything, as text: what is not printable UTF-8 is shown as `\xff`.
  public static func printable(bytes: some Collection<UInt8>, limit: Int = .max) -> String {
    var result = ""
    let shown = Array(bytes.prefix(limit))
    if let text = String(validating: shown, as: UTF8.self) {
      result = printable(text)
    } else {
      for byte in shown {
        if byte >= 0x20, byte < 0x7f {
          result.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
          let hex = String(byte, radix: 16)
          result += "\\x" + (hex.count == 1 ? "0" : "") + hex
        }
      }
    }
    return shown.count < bytes.count ? result + "..." : result
  }

  /// A string of JSON, quotes included; what would steer a terminal is escaped, too.
  public static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where isControl(scalar):
        // JSON's escapes are of UTF-16's units.
        for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
          let hex = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A value of `key=value` in a log line: quoted where it holds spaces or quotes.
  public static func logValue(_ text: String) -> String {
    let needsQuotes =
      text.isEmpty || text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || isControl($0) }
    return needsQuotes ? json(text) : text
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
