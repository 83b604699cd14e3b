/// Writing node names as Slurm does. The page has the same in `hostlist` of `format.js`.
extension NodeList {
  /// The names as a hostlist, such as `c[1-3,7],gpu01`; each name once, in the order in which its group comes first.
  ///
  /// Only the number at the end of a name goes into brackets. Numbers with leading zeros stand together only with those
  /// of their width: `c[001-010]`, but `c1,c01`.
  public static func text(of names: [Name]) -> String {
    var groups: [Group] = []
    var places: [Group.Key: Int] = [:]
    let split = names.map { Parts($0) }
    let withZeros = Set(split.filter { $0.digits.first == UInt8(ascii: "0") && $0.digits.count > 1 }.map(\.stem))
    for parts in split {
      let width = parts.digits.isEmpty ? -1 : withZeros.contains(parts.stem) ? parts.digits.count : 0
      let key = Group.Key(stem: parts.stem, width: width)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(Group(key: key))
      }
      if let number = parts.number { groups[place].numbers.append(number) }
    }
    return groups.map(\.text).joined(separator: ",")
  }

  /// A name's beginning and the number at its end.
  private struct Parts {
    var stem: ArraySlice<UInt8>
    var digits: ArraySlice<UInt8>

    init(_ name: Name) {
      let bytes = name.bytes
      // Longer ones are no numbers that somebody counted.
      let count = min(9, bytes.reversed().prefix { (0x30...0x39).contains($0) }.count)
      stem = bytes[..<(bytes.count - count)]
      digits = bytes[(bytes.count - count)...]
    }

    var number: UInt64? { digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + UInt64($1 - 0x30) } }
  }

  private struct Group {
    struct Key: Hashable {
      var stem: ArraySlice<UInt8>
      /// The width of numbers with leading zeros; 0 for other numbers, -1 for a name without a number.
      var width: Int
    }

    var key: Key
    var numbers: [UInt64] = []

    var text: String {
      let stem = String(decoding: key.stem, as: UTF8.self)
      let sorted = Set(numbers).sorted()
      guard let first = sorted.first else { return stem }
      guard sorted.count > 1 else { return stem + padded(first) }
      var ranges: [(low: UInt64, high: UInt64)] = []
      for number in sorted {
        if let last = ranges.last, last.high + 1 == number {
          ranges[ranges.count - 1].high = number
        } else {
          ranges.append((number, number))
        }
      }
      let texts = ranges.map { $0.low == $0.high ? padded($0.low) : "\(padded($0.low))-\(padded($0.high))" }
      return "\(stem)[\(texts.joined(separator: ","))]"
    }

    private func padded(_ number: UInt64) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, key.width - text.count)) + text
    }
  }
}
