extension NamePattern {
  /// Whether only a list of the nodes tells users and nodes apart in names of this form.
  ///
  /// It is not needed where the text between `{user}` and `{node}` has a character that no field of the pattern can hold,
  /// such as `:`: then no host has such a name, and the character stands in one place only. In `{user}-{node}` the `-` can be
  /// part of both, so that the host `orion-01` would become user `orion`. LDMS calls a daemon that nobody named `host:port`:
  /// `{user}:{node}` would read `orion-01:411` as user `orion-01`, and `{user}-{job}:{node}` as user `orion`.
  var needsNodes: Bool {
    if fieldOfPort == .node || fieldOfPort == .user { return true }
    let places = [NameField.user, .node].compactMap { parts.firstIndex(of: .field($0)) }.sorted()
    guard places.count == 2 else { return false }
    let fields = fields.reduce(into: NameCharacters.Fields()) { $0.insert(NameCharacters.bit($1)) }
    return !parts[places[0]..<places[1]].contains { part in
      guard case .literal(let literal) = part else { return false }
      return literal.contains { NameCharacters.fields(of: Unicode.Scalar($0)).isDisjoint(with: fields) }
    }
  }

  /// Whether the user stands where the rest of a host's full name or its port would: `{node}.{user}` reads `c1.example.org`
  /// as the user `example.org`, `{node}:{user}` reads `c1:411` as the user `411`, and no list can help.
  var readsAsHost: Bool {
    if fieldOfPort == .user { return true }
    guard needsNodes, fields.first(where: \.isOfProducer) == .node,
      let node = parts.firstIndex(of: .field(.node)), node + 1 < parts.count,
      case .literal(let next) = parts[node + 1]
    else { return false }
    return next.first == HostName.dot
  }

  /// The field that the port would be, where names have the form of the address of a daemon, `host:port`.
  private var fieldOfPort: NameField? {
    let text = parts.compactMap { part in if case .literal(let literal) = part { literal } else { nil } }.joined()
    guard text.count(where: { $0 == UInt8(ascii: ":") }) == 1, text.suffix(1).elementsEqual(":".utf8),
      text.dropLast().allSatisfy({ NameCharacters.fields(of: Unicode.Scalar($0)).contains(.node) }),
      case .field(let last) = parts.last
    else { return nil }
    return last
  }

  /// What of a name the fields of the producer take up, with the text between them.
  ///
  /// `nil` where the pattern has none.
  static func producerRange(in reading: Reading) -> Range<Int>? {
    let ranges = reading.ranges.filter { $0.field.isOfProducer }.map(\.range)
    guard let first = ranges.first, let last = ranges.last else { return nil }
    return first.lowerBound..<last.upperBound
  }
}

extension NameField {
  /// Whether it is a part of a producer's name.
  fileprivate var isOfProducer: Bool { self == .user || self == .job || self == .node }
}
