extension NamePattern {
  /// How many readings are listed before the rest is left; a name with more is ambiguous in any case.
  static let mostReadings = 4096

  /// One reading of a name: the range of each field.
  struct Reading: Hashable {
    /// The ranges in the order of the pattern's fields, including `{any}`.
    var ranges: [(field: NameField, range: Range<Int>)] = []

    /// The bytes of a field.
    ///
    /// `nil` where the pattern has no such field.
    func bytes(_ field: NameField, of name: [UInt8]) -> ArraySlice<UInt8>? {
      ranges.first { $0.field == field }.map { name[$0.range] }
    }

    static func == (one: Reading, other: Reading) -> Bool {
      one.ranges.elementsEqual(other.ranges) { $0 == $1 }
    }

    func hash(into hasher: inout Hasher) {
      for (field, range) in ranges {
        hasher.combine(field)
        hasher.combine(range)
      }
    }
  }

  /// Every way to read a name.
  struct Readings {
    var all: [Reading] = []
    /// Whether `all` is all of them.
    var isComplete = true
  }

  /// Lists every way to read `name`: each field one or more characters of its set, shorter first.
  ///
  /// Where a rest of the pattern can match a rest of the name is worked out first, so that the listing never runs
  /// into a dead end: the work is bounded by the readings listed, whatever the name.
  func readings(of name: [UInt8]) -> Readings {
    var readings = Readings()
    guard !name.isEmpty, name.count <= NamePattern.longestName else { return readings }
    let characters = NamePattern.characters(of: name)
    let matches = restsThatMatch(name, characters)
    guard matches[0][0] else { return readings }
    var reading = Reading()
    list(name, characters, matches, part: 0, position: 0, &reading, into: &readings)
    return readings
  }

  /// The fields that the character of each byte may be part of; none for bytes that are not UTF-8.
  private static func characters(of name: [UInt8]) -> [NameCharacters.Fields] {
    var characters: [NameCharacters.Fields] = []
    characters.reserveCapacity(name.count)
    for unit in NameScanner(name) {
      let fields = unit.scalar.map(NameCharacters.fields(of:)) ?? []
      characters.append(contentsOf: repeatElement(fields, count: unit.range.count))
    }
    return characters
  }

  /// `[part][position]`: whether the parts from there on match the bytes from there on.
  private func restsThatMatch(_ name: [UInt8], _ characters: [NameCharacters.Fields]) -> [[Bool]] {
    var matches = Array(repeating: Array(repeating: false, count: name.count + 1), count: parts.count + 1)
    matches[parts.count][name.count] = true
    for part in parts.indices.reversed() {
      for position in 0...name.count {
        switch parts[part] {
        case .literal(let literal):
          matches[part][position] =
            name[position...].starts(with: literal) && matches[part + 1][position + literal.count]
        case .field(let field):
          let bit = NameCharacters.bit(field)
          var end = position
          while end < name.count, characters[end].contains(bit), !matches[part][position] {
            end += 1
            matches[part][position] = matches[part + 1][end]
          }
        }
      }
    }
    return matches
  }

  private func list(
    _ name: [UInt8], _ characters: [NameCharacters.Fields], _ matches: [[Bool]], part: Int, position: Int,
    _ reading: inout Reading, into readings: inout Readings
  ) {
    guard part < parts.count else {
      if readings.all.count < NamePattern.mostReadings {
        readings.all.append(reading)
      } else {
        readings.isComplete = false
      }
      return
    }
    switch parts[part] {
    case .literal(let literal):
      list(
        name, characters, matches, part: part + 1, position: position + literal.count, &reading, into: &readings)
    case .field(let field):
      let bit = NameCharacters.bit(field)
      var end = position
      while end < name.count, characters[end].contains(bit), readings.isComplete {
        end += 1
        guard matches[part + 1][end] else { continue }
        reading.ranges.append((field, position..<end))
        list(name, characters, matches, part: part + 1, position: end, &reading, into: &readings)
        reading.ranges.removeLast()
      }
    }
  }
}
