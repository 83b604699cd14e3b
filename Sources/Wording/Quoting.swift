/// The bytes as a quoted string that fits a line of a message: control characters escaped, cut after
/// `limit` bytes.
public func quoted(_ bytes: some Collection<UInt8>, limit: Int = 80) -> String {
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
public func quoted(_ string: some StringProtocol, limit: Int = 80) -> String {
  quoted(Array(string.utf8), limit: limit)
}

/// A path as an error message shows it: whole, as far as the system allows paths.
public func quotedPath(_ path: String) -> String {
  quoted(path, limit: 4096)
}

/// The string without the characters that would end a line or steer a terminal.
public func printable(_ string: String) -> String {
  let isPlain = string.unicodeScalars.allSatisfy { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
  return isPlain ? string : quoted(string)
}
