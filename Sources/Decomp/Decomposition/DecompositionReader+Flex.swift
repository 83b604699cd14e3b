internal import Wording

extension DecompositionReader {
  /// The checks that `flex_config` in `decomp_flex.c` makes before it reads the members.
  mutating func checkFlex(_ value: JSONValue) throws(Refusal) {
    let expected = "an object with the members, each a decomposition"
    guard let members = value["decomposition"] else { throw missing("decomposition", in: value, expected) }
    guard members.kind == .object else { throw mistyped(members, expected) }
    if let digests = value["digest"], digests.kind != .object {
      throw mistyped(digests, "an object from digests to the names of members")
    }
    if let matches = value["matches"], matches.kind != .array { throw mistyped(matches, "an array of matches") }
    if let defaults = value["default"], defaults.kind != .array, defaults.kind != .string {
      throw mistyped(defaults, "the name of a member, or an array of such names")
    }
    if members.members.isEmpty {
      warn(.noRows, at: members.path, "this flex has no members and stores nothing", "add a member")
    }
  }

  /// The checks that follow the members, and the rules.
  mutating func flexRules(_ value: JSONValue) throws(Refusal) -> FlexRules {
    let members = Set(value["decomposition"]?.members.map(\.key) ?? [])
    var rules = FlexRules()
    var digests: [[UInt8]: JSONValue] = [:]
    for (key, names) in value["digest"]?.members ?? [] {
      let bytes = try checkDigest(key, names)
      if digests.updateValue(names, forKey: bytes) != nil {
        throw Refusal(
          path: names.path, problem: "the digest \(quoted(key)) occurs twice: case is ignored",
          expected: "name all its members in one entry")
      }
      guard names.kind == .string || names.kind == .array else {
        throw mistyped(names, "the name of a member, or an array of such names")
      }
      let apply = try memberNames(names, members)
      if apply.isEmpty {
        warn(
          .emptyApply, at: names.path, "this digest names no member: only matches and \"default\" apply to its sets",
          "name a member, or remove it")
      }
      rules.digests.append(FlexRules.Digest(digest: String(decoding: key, as: UTF8.self), apply: apply))
    }
    if let matches = value["matches"] {
      for match in matches.elements { rules.matches.append(try readMatch(match, members)) }
    }
    if let names = value["default"] {
      rules.defaults = try memberNames(names, members)
      if rules.defaults.isEmpty {
        throw mistyped(names, "the name of a member, or a non-empty array of such names", isEmpty: true)
      }
    }
    if let digest = value["digest"], !digests.isEmpty, digests[Array("*".utf8)] == nil, rules.matches.isEmpty,
      rules.defaults.isEmpty
    {
      warn(
        .digestOnly, at: digest.path,
        "sets with any other digest are dropped silently, and a new kernel or LDMS can change the digest of a set",
        "add \"matches\" for schema names, or a \"default\"")
    }
    if let star = digests[Array("*".utf8)], !rules.matches.isEmpty {
      warn(
        .digestStar, atKey: star.path,
        "\"*\" applies to every set without a digest of its own, in addition to what the matches apply",
        "use \"default\" for the sets that nothing else applies to")
    }
    return rules
  }

  /// `ldms_str_digest` in `ldms.c`: 64 characters of which one of each pair has to be a hexadecimal digit.
  ///
  /// Returns the bytes that LDMS compares.
  private mutating func checkDigest(_ key: [UInt8], _ value: JSONValue) throws(Refusal) -> [UInt8] {
    guard key != Array("*".utf8) else { return key }
    let pairs = stride(from: 0, to: key.count - 1, by: 2).map { (key[$0], key[$0 + 1]) }
    guard key.count == 64, pairs.allSatisfy({ $0.isHexDigit || $1.isHexDigit }) else {
      throw Refusal(
        path: value.path, problem: "\(quoted(key)) is not a digest",
        expected: "expected \"*\" or the 64 hexadecimal digits that ldms_ls -l -v shows")
    }
    if !key.allSatisfy(\.isHexDigit) {
      warn(
        .digestNotHex, atKey: value.path,
        "LDMS reads the characters of \(quoted(key)) that are not hexadecimal digits as 0", "correct the digest")
    }
    return pairs.map { ($0.hexValue ?? 0) << 4 | ($1.hexValue ?? 0) }
  }

  private mutating func readMatch(_ match: JSONValue, _ members: Set<[UInt8]>) throws(Refusal) -> FlexRules.Match {
    guard match.kind == .object else {
      throw mistyped(match, "a match: an object with \"schema\" or \"instance\", and \"apply\"")
    }
    let schema = match["schema"]
    let instance = match["instance"]
    let names = match["apply"]
    if schema == nil, instance == nil {
      throw Refusal(
        path: match.path, problem: "\"schema\" and \"instance\" are both missing",
        expected: "expected at least one of them, a POSIX extended regular expression")
    }
    for pattern in [schema, instance].compactMap(\.self) where pattern.kind != .string {
      throw mistyped(pattern, "a string, a POSIX extended regular expression")
    }
    let expected = "the name of a member, or a non-empty array of such names"
    guard let names else { throw missing("apply", in: match, expected) }
    guard names.kind == .string || names.kind == .array else { throw mistyped(names, expected) }
    guard names.kind == .string || !names.elements.isEmpty else { throw mistyped(names, expected, isEmpty: true) }
    for pattern in [schema, instance].compactMap(\.self) {
      try checkPattern(pattern)
    }
    warnAboutUnknownKeys(in: match, ["schema", "instance", "apply"], of: "a match")
    return FlexRules.Match(
      schema: schema?.string, instance: instance?.string, apply: try memberNames(names, members))
  }

  private func checkPattern(_ pattern: JSONValue) throws(Refusal) {
    let text = pattern.string ?? ""
    switch POSIXPattern.fault(in: text) {
    case nil: break
    case .invalid(let words):
      throw Refusal(
        path: pattern.path, problem: "\(quoted(text)) is not a regular expression: \(words)",
        expected: "expected a POSIX extended one; a character is literal after \\\\")
    case .tooLarge:
      throw Refusal(
        path: pattern.path, problem: "\(quoted(text)) grows too large to compile",
        expected: "write it with fewer or smaller repetitions", kind: .crashesLDMS)
    }
  }

  /// One name or an array of names, each that of a member.
  private func memberNames(_ value: JSONValue, _ members: Set<[UInt8]>) throws(Refusal) -> [String] {
    guard value.kind == .array else { return [try memberName(value, members)] }
    var names: [String] = []
    for element in value.elements { names.append(try memberName(element, members)) }
    return names
  }

  private func memberName(_ element: JSONValue, _ members: Set<[UInt8]>) throws(Refusal) -> String {
    guard let name = element.string else {
      throw mistyped(element, "a string, the name of a member", crashes: !members.isEmpty)
    }
    guard members.contains(Array(name.utf8)) else {
      let known = members.map { String(decoding: $0, as: UTF8.self) }.sorted()
      let nearest = nearestName(to: name, among: known).map { "; did you mean \(quoted($0))?" } ?? ""
      throw Refusal(
        path: element.path, problem: "there is no member \(quoted(name))",
        expected: "expected a key of \"decomposition\"" + nearest)
    }
    return name
  }

  private func mistyped(_ value: JSONValue, _ expected: String, isEmpty: Bool) -> Refusal {
    Refusal(path: value.path, problem: "found an empty array", expected: "expected \(expected)")
  }
}
