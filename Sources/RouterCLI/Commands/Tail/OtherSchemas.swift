/// The schemas whose rows `router tail --schema` skips, to name them if no row has the given one.
struct OtherSchemas {
  /// The metric sets in the rows of each input topic.
  private var sets: [String: Set<String>] = [:]
  private var count = 0
  private var isFound = false

  /// The maximum number of schemas that are remembered.
  private static let most = 1000
  private static let mostListed = 7

  /// Notes a row of the given schema.
  mutating func found() { isFound = true }

  /// A row of another schema has come.
  ///
  /// - Parameter set: the metric set that it names.
  mutating func add(_ inputTopic: [UInt8], set: [UInt8]? = nil) {
    guard !isFound, count < Self.most else { return }
    let topic = String(decoding: inputTopic, as: UTF8.self)
    if sets[topic] == nil {
      sets[topic] = []
      count += 1
    }
    if let set, sets[topic]?.insert(String(decoding: set, as: UTF8.self)).inserted == true, sets[topic]?.count != 1 {
      count += 1
    }
  }

  /// The names that rows go by: the topic's, or those of the metric sets where it has rows of several.
  private var names: Set<String> {
    sets.reduce(into: []) { names, topic in
      if topic.value.count > 1 { names.formUnion(topic.value) } else { names.insert(topic.key) }
    }
  }

  /// What to say where rows have come, and none of them of that schema.
  func failure(_ schema: String) -> CommandFailure? {
    let names = names
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
