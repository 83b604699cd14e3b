internal import Wording

/// What a `decomp.json` says: the rules by which LDMS turns metric sets into rows.
///
/// Accepts what LDMS's parser accepts (`ldmsd_decomp.c`, `decomp/static`, `decomp/as_is`, `decomp/flex` of LDMS) and
/// refuses what that refuses, or crashes on.
public struct Decomposition: Sendable {
  /// The file's name, as given.
  public let file: String
  /// The file's own rules first, then the members of each `flex`, each in front of its own members.
  public let decomposers: [Decomposer]
  /// The row schemas of all `static` decompositions, in the file's order.
  public let rows: [StaticRow]
  /// What LDMS accepts, but should not be left so; in the file's order.
  public let warnings: [DecompositionWarning]
  /// How many more warnings there are: `warnings` ends at 1,000.
  public let omittedWarnings: Int

  /// The row schemas of all `static` decompositions, in the file's order; two may have the same name.
  public var rowSchemas: [RowSchema] {
    rows.map(\.schema)
  }

  /// Whether sets may be stored as they are, so that rows come on the topics of `asIsTopicPattern`.
  public var storesAsIs: Bool {
    decomposers.contains { $0.kind == .asIs && $0.isApplied }
  }

  /// The members of the decomposer at this index of `decomposers`.
  public func members(of index: Int) -> [Decomposer] {
    decomposers.filter { $0.parent == index }
  }

  /// The path of the decomposer at this index of `decomposers`: `$`, or `$.decomposition.meminfo`.
  public func path(of index: Int) -> String {
    var names: [String] = []
    var decomposer = decomposers[index]
    while let parent = decomposer.parent, let name = decomposer.name {
      names.append(name)
      decomposer = decomposers[parent]
    }
    let path = names.reversed().reduce(JSONPath.root) { path, name in
      path.appending(.key(Array("decomposition".utf8))).appending(.key(Array(name.utf8)))
    }
    return path.description
  }

  /// Reads the text of a `decomp.json`; `file` is for the messages.
  public init(bytes: some Collection<UInt8>, file: String) throws(DecompositionError) {
    let read: Result<Decomposition, DecompositionError>?
    read = bytes.withContiguousStorageIfAvailable { buffer in
      Result { () throws(DecompositionError) in
        try Decomposition(text: UnsafeRawBufferPointer(buffer), file: file)
      }
    }
    if let read {
      self = try read.get()
      return
    }
    try self.init(bytes: Array(bytes), file: file)
  }

  /// Reads the text, which is borrowed.
  init(text: UnsafeRawBufferPointer, file: String) throws(DecompositionError) {
    guard !text.isEmpty else {
      throw DecompositionError(
        kind: .notJSON, file: file, problem: "the file is empty", expected: "expected a JSON object with a \"type\"")
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(text)
    } catch {
      throw DecompositionError(
        kind: .notJSON, file: file, line: error.line, column: error.column,
        problem: "not JSON: \(printable(error.message))")
    }
    var reader = DecompositionReader()
    do throws(DecompositionReader.Refusal) {
      try document.withRoot { root throws(DecompositionReader.Refusal) in try reader.read(root) }
    } catch {
      var locator = JSONLocator()
      locator.ask(for: error.path)
      let place = locator.locate(in: text, repetitionLimit: 0).positions.first
      throw DecompositionError(
        kind: error.kind, file: file, path: error.path.description, line: place?.line ?? 1, column: place?.column ?? 1,
        problem: error.problem, expected: error.expected)
    }
    self.file = file
    decomposers = reader.decomposers
    rows = reader.rows
    warnings = Self.locate(reader.findings, in: text, file: file)
    omittedWarnings = reader.omittedFindings
  }

  /// Whether LDMS would accept the text.
  ///
  /// Never traps, whatever the bytes; also makes every message, so that a fuzzer reaches all of the reader.
  public static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    do {
      let decomposition = try Decomposition(text: bytes, file: "decomp.json")
      for warning in decomposition.warnings { _ = warning.description }
      return true
    } catch {
      _ = error.description
      return false
    }
  }

  /// Gives the findings, and the repeated keys of the text, their places.
  private static func locate(
    _ findings: [DecompositionReader.Finding], in text: UnsafeRawBufferPointer, file: String
  ) -> [DecompositionWarning] {
    var locator = JSONLocator()
    for finding in findings { locator.ask(for: finding.path, finding.target) }
    let places = locator.locate(in: text, repetitionLimit: DecompositionReader.findingLimit - findings.count)
    var warnings = zip(findings, places.positions).map { finding, position in
      DecompositionWarning(
        code: finding.code, file: file, path: finding.path.description, line: position.line, column: position.column,
        message: finding.message, remedy: finding.remedy)
    }
    for repetition in places.repetitions {
      warnings.append(
        DecompositionWarning(
          code: .duplicateKey, file: file, path: repetition.path.description, line: repetition.position.line,
          column: repetition.position.column, message: "duplicate key: LDMS uses the last one",
          remedy: "remove one of the two"))
    }
    // Sorting in Swift keeps the order of equals only by accident, so their number decides.
    return warnings.enumerated().sorted {
      ($0.element.line, $0.element.column, $0.offset) < ($1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
  }
}
