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
    var bytes: [UInt8] = []
    appendJSON(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Adds the same to bytes.
  static func appendJSON(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    // Nearly all text is plain, and what characters are takes long to look up.
    var text = text
    let isPlain = text.withUTF8 { utf8 in
      guard utf8.allSatisfy(Self.isPlain) else { return false }
      bytes.append(contentsOf: utf8)
      return true
    }
    if !isPlain { appendEscaped(text, to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func appendEscaped(_ text: String, to bytes: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += "\\\"".utf8
      case "\\": bytes += "\\\\".utf8
      case "\n": bytes += "\\n".utf8
      case "\r": bytes += "\\r".utf8
      case "\t": bytes += "\\t".utf8
      case _ where isControl(scalar):
        // JSON's escapes are of UTF-16's units.
        for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
          let hex = String(unit, radix: 16)
          bytes += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
        }
      default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
      }
    }
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
