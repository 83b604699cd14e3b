extension UInt8 {
  /// An ASCII letter or digit.
  var isLetterOrDigit: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// An ASCII hexadecimal digit, of either case.
  var isHexDigit: Bool {
    hexValue != nil
  }

  /// The value of an ASCII hexadecimal digit, of either case.
  var hexValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Whether printing it raw inside a JSON string, as LDMS does, makes the row something else than JSON.
  var breaksJSONString: Bool {
    self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") || self < 0x20
  }
}

/// The bytes as a quoted string that fits a line of a message: control characters escaped, long ones cut.
func quoted(_ bytes: some Collection<UInt8>) -> String {
  let limit = 80
  var kept = Array(bytes.prefix(limit))
  let isCut = bytes.count > limit
  if isCut {
    // Not in the middle of a character.
    while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
    if let last = kept.last, last >= 0xC0 { kept.removeLast() }
  }
  var text = "\""
  for scalar in String(decoding: kept, as: UTF8.self).unicodeScalars {
    switch scalar {
    case "\"": text += "\\\""
    case "\\": text += "\\\\"
    case "\n": text += "\\n"
    case "\t": text += "\\t"
    default:
      switch scalar.properties.generalCategory {
      // Also what would end the line or turn the direction of the writing in a terminal.
      case .control, .format, .lineSeparator, .paragraphSeparator:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
  return text + (isCut ? "...\"" : "\"")
}

/// The string, quoted as bytes are.
func quoted(_ string: String) -> String {
  quoted(string.utf8)
}

/// The string without the characters that would end a line or steer a terminal.
func printable(_ string: String) -> String {
  let isPlain = string.unicodeScalars.allSatisfy { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
  return isPlain ? string : quoted(string)
}
