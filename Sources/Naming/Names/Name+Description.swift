extension Name: CustomStringConvertible {
  /// How many bytes of a name a message shows.
  static let shownBytes = 120

  /// The name as a message may show it: backslashes doubled, what is no letter, digit or ASCII sign as `\x` and two
  /// hex digits, cut after 120 bytes.
  public var description: String {
    var shown = ""
    for unit in NameScanner(bytes) {
      guard unit.range.upperBound <= Name.shownBytes else { return shown + "..." }
      switch unit.scalar {
      case "\\": shown += "\\\\"
      case .some(let scalar) where (" "..."~").contains(scalar) || NameCharacters.isForeignLetterOrDigit(scalar):
        shown.unicodeScalars.append(scalar)
      default:
        for byte in bytes[unit.range] {
          shown += byte < 16 ? "\\x0" : "\\x"
          shown += String(byte, radix: 16)
        }
      }
    }
    return shown
  }
}
