/// Tells keys from the bytes that a terminal sends for them; sequences may come in pieces.
struct KeyReader {
  private var rest: [UInt8] = []

  private static let escape: UInt8 = 0x1B
  /// A length that is longer than the sequence of any key.
  private static let longest = 32

  /// The keys that these bytes complete; unknown ones are left out.
  mutating func read(_ bytes: some Sequence<UInt8>) -> [Key] {
    rest += bytes
    var keys: [Key] = []
    while let first = rest.first {
      guard first == Self.escape else {
        rest.removeFirst()
        // UTF-8 of other letters: no such key means anything.
        if first < 0x80 { keys.append(first == 0x1A ? .suspend : .character(Unicode.Scalar(first))) }
        continue
      }
      guard let length = sequenceLength() else { break }
      if let key = Self.key(String(decoding: rest[1..<length], as: UTF8.self)) { keys.append(key) }
      rest.removeFirst(length)
    }
    return keys
  }

  /// How many bytes the sequence at the beginning has; nil while its end is missing.
  private func sequenceLength() -> Int? {
    guard rest.count > 1 else { return nil }
    switch rest[1] {
    case UInt8(ascii: "["):
      guard let final = rest[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
        return rest.count > Self.longest ? rest.count : nil
      }
      return final + 1
    case UInt8(ascii: "O"): return rest.count > 2 ? 3 : nil
    // The escape key itself, and then another; or one with Alt.
    default: return 1
    }
  }

  private static func key(_ sequence: String) -> Key? {
    switch sequence {
    case "[A", "OA": .up
    case "[B", "OB": .down
    case "[5~": .pageUp
    case "[6~": .pageDown
    case "[H", "OH", "[1~", "[7~": .home
    case "[F", "OF", "[4~", "[8~": .end
    default: nil
    }
  }
}
