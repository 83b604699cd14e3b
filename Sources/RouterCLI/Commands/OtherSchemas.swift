/// The schemas whose rows `router tail --schema` passes over: what to name where none is of the one that is asked for.
struct OtherSchemas {
  private var names: Set<String> = []
  private var isFound = false

  /// More are not remembered.
  private static let most = 1000
  private static let mostListed = 7

  /// A row of the schema that is asked for has come.
  mutating func found() { isFound = true }

  /// A row of another schema has come.
  mutating func add(_ inputTopic: [UInt8]) {
    guard !isFound, names.count < Self.most else { return }
    names.insert(String(decoding: inputTopic, as: UTF8.self))
  }

  /// What to say where rows have come, and none of them of that schema.
  func failure(_ schema: String) -> CommandFailure? {
    guard !isFound, !names.isEmpty else { return nil }
    var hint = ""
    if let near = NearMiss.nearest(to: schema, among: names.sorted()) {
      hint = "Did you mean \(PrintableText.quoted(near))? "
    }
    let shown = names.sorted().prefix(Self.mostListed).map { PrintableText.escaped($0) }.joined(separator: ", ")
    let rest = names.count - Self.mostListed
    hint += "There are rows of \(shown)\(rest > 0 ? " and \(rest) more" : "")."
    return CommandFailure(.inputMissing, "no row is of schema \(PrintableText.quoted(schema))", hint: hint)
  }
}
