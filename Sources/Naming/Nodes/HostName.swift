/// When two names are one host.
package enum HostName {
  static let dot = UInt8(ascii: ".")

  /// The name in lower case: capitals do not tell hosts apart.
  static func folded(_ name: some Sequence<UInt8>) -> [UInt8] {
    name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  }

  /// What all forms of a host's name have in common: what stands before its first dot, in lower case.
  package static func stem(of name: Name) -> Name {
    let isStem = name.bytes.allSatisfy { $0 != dot && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    return isStem ? name : Name(folded(name.bytes.prefix { $0 != dot }))
  }

  /// Whether a host can have this name.
  package static func isValid(_ name: Name) -> Bool {
    guard !name.bytes.isEmpty, name.bytes.count <= NamePattern.longestName else { return false }
    return NameScanner(name.bytes).allSatisfy { unit in
      unit.scalar.map { NameCharacters.fields(of: $0).contains(.node) } ?? false
    }
  }

  /// Whether the names are equal, or one of them is the beginning of the other's full form: `c1` and `c1.example.org`.
  package static func isSame(_ one: Name, _ other: Name) -> Bool {
    let (one, other) = (folded(one.bytes), folded(other.bytes))
    guard one.count != other.count else { return one == other }
    let (short, full) = one.count < other.count ? (one, other) : (other, one)
    return !short.isEmpty && full.starts(with: short) && full[short.count] == dot
  }
}
