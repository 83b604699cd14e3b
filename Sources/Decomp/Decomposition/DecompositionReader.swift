internal import Wording

/// Reads a decomposition out of JSON values as LDMS's parser does: the same checks in the same order, so that what is
/// refused is refused for the same first reason.
///
/// A value that is fed the root once. It keeps no position in the text, only paths; `JSONLocator` finds them.
struct DecompositionReader {
  /// Why LDMS would not take it.
  struct Refusal: Error {
    var path: JSONPath
    var problem: String
    var expected: String
    var kind = DecompositionError.Kind.refused
  }

  /// A warning whose place is still to be found.
  struct Finding {
    var code: DecompositionWarning.Code
    var path: JSONPath
    var target = JSONLocator.Target.value
    var message: String
    var remedy: String
  }

  /// What is left to read.
  ///
  /// A list instead of recursion: `flex` members may be nested a thousand deep.
  private enum Task {
    case open(JSONValue, name: [UInt8]?, parent: Int?)
    case close(JSONValue, index: Int)
  }

  /// The maximum number of findings that are reported; more are only counted.
  static let findingLimit = 1000

  var decomposers: [Decomposer] = []
  var rows: [StaticRow] = []
  /// The paths of `rows`, for what is found out when all are read.
  var rowPaths: [JSONPath] = []
  private(set) var findings: [Finding] = []
  private(set) var omittedFindings = 0

  /// Reads all of it.
  mutating func read(_ root: JSONValue) throws(Refusal) {
    var tasks: [Task] = [.open(root, name: nil, parent: nil)]
    var paths: [JSONPath] = []
    while let task = tasks.popLast() {
      switch task {
      case .open(let value, let name, let parent):
        let index = decomposers.count
        try open(value, name: name, parent: parent)
        paths.append(value.path)
        guard case .flex = decomposers[index].kind, let members = value["decomposition"]?.members else { continue }
        tasks.append(.close(value, index: index))
        for member in members.reversed() {
          tasks.append(.open(member.value, name: member.key, parent: index))
        }
      case .close(let value, let index):
        decomposers[index].kind = .flex(try flexRules(value))
      }
    }
    judge(paths)
  }

  /// Notes a warning about a value.
  mutating func warn(_ code: DecompositionWarning.Code, at path: JSONPath, _ message: String, _ remedy: String) {
    note(Finding(code: code, path: path, message: message, remedy: remedy))
  }

  /// Notes a warning about a key.
  mutating func warn(_ code: DecompositionWarning.Code, atKey path: JSONPath, _ message: String, _ remedy: String) {
    note(Finding(code: code, path: path, target: .key, message: message, remedy: remedy))
  }

  private mutating func note(_ finding: Finding) {
    guard findings.count < Self.findingLimit else {
      omittedFindings += 1
      return
    }
    findings.append(finding)
  }

  /// Reads one decomposer, except for a `flex`'s members and what names them.
  private mutating func open(_ value: JSONValue, name: [UInt8]?, parent: Int?) throws(Refusal) {
    let kinds = "\"static\", \"as_is\" or \"flex\""
    guard value.kind == .object else { throw mistyped(value, "an object with a \"type\"") }
    guard let type = value["type"] else {
      throw missing("type", in: value, kinds)
    }
    let kind: Decomposer.Kind
    switch type.string.map({ Array($0.utf8) }) {
    case nil: throw mistyped(type, kinds)
    case Array("static".utf8):
      warnAboutUnknownKeys(in: value, ["type", "rows"], of: "a static decomposition")
      kind = .static(rows: try staticRows(value))
    case Array("as_is".utf8):
      warnAboutUnknownKeys(in: value, ["type", "indices"], of: "an as_is decomposition")
      try checkAsIs(value)
      kind = .asIs
    case Array("flex".utf8):
      warnAboutUnknownKeys(
        in: value, ["type", "decomposition", "digest", "matches", "default"], of: "a flex decomposition")
      try checkFlex(value)
      kind = .flex(FlexRules())
    default:
      let text = type.string ?? ""
      let isOtherCase = ["static", "as_is", "flex"].contains(text.lowercased())
      throw Refusal(
        path: type.path, problem: "LDMS has no decomposer \(quoted(text))",
        expected: "expected \(kinds)" + (isOtherCase ? ", in lower case" : ""))
    }
    decomposers.append(
      Decomposer(
        name: name.map { String(decoding: $0, as: UTF8.self) }, parent: parent, kind: kind, isApplied: parent == nil))
  }
}

extension DecompositionReader {
  /// A required key is missing.
  func missing(_ key: String, in value: JSONValue, _ expected: String) -> Refusal {
    guard value.kind == .object else { return mistyped(value, "an object with \"\(key)\"") }
    return Refusal(path: value.path, problem: "\"\(key)\" is missing", expected: "expected \(expected)")
  }

  /// A value of a type that is not allowed there.
  func mistyped(_ value: JSONValue, _ expected: String, crashes: Bool = false) -> Refusal {
    Refusal(
      path: value.path, problem: "found \(value.summary)" + (crashes ? ", on which the LDMS daemon crashes" : ""),
      expected: "expected \(expected)", kind: crashes ? .crashesLDMS : .refused)
  }

  /// Warns about the keys that LDMS ignores.
  ///
  /// Keys that start like a comment are treated as comments.
  mutating func warnAboutUnknownKeys(in value: JSONValue, _ known: [String], of owner: String) {
    for member in value.members {
      let key = String(decoding: member.key, as: UTF8.self)
      guard !known.contains(where: { Array($0.utf8) == member.key }) else { continue }
      if let first = member.key.first, "_#/$".utf8.contains(first) { continue }
      let nearest = nearestName(to: key, among: known)
      warn(
        .unknownKey, atKey: member.value.path, "LDMS ignores \(quoted(key)), which is not a key of \(owner)",
        nearest.map { "did you mean \"\($0)\"?" } ?? "remove it; known are \(known.joined(separator: ", "))")
    }
  }
}
