import Kafka
import MetricRouter
import TestSupport
import Testing

/// Compares what went in with what came out.
struct Delivered {
  let byKey: [String: [OutputRow]]
  let outputs: [OutputRow]
  let prefix: String
  /// Copies beyond the first of a row in a topic.
  private(set) var duplicates = 0

  init(_ stage: Stage) throws {
    outputs = try stage.outputs()
    byKey = Dictionary(grouping: outputs, by: \.key)
    prefix = stage.prefix
  }

  var deadLetters: [OutputRow] { outputs.filter { $0.topic == prefix + ".router.dead-letter" } }

  /// Checks that each row is where it belongs with the same bytes, and nothing anywhere else.
  ///
  /// - Parameters:
  ///   - owner: whose the row is; `nil` for a dead letter.
  ///   - duplicates: whether a copy may be there more than once.
  mutating func check(
    _ rows: [InputRow], duplicates mayRepeat: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
    owner: (InputRow) -> ExpectedOwner?
  ) {
    var wrong = 0
    func complain(_ text: String) {
      wrong += 1
      if wrong <= 5 { Issue.record("\(text)", sourceLocation: sourceLocation) }
    }
    var known: Set<String> = []
    for row in rows {
      known.insert(row.key)
      let copies = byKey[row.key] ?? []
      let topics: Set<String>
      if let owner = owner(row) {
        topics = [owner.userTopic(prefix: prefix), owner.jobTopic(prefix: prefix)]
      } else {
        topics = [prefix + ".router.dead-letter"]
      }
      let found = Set(copies.map(\.topic))
      if found != topics {
        let details = copies.compactMap { $0.header("detail") }
        complain("\(row.key) should be in \(topics.sorted()), but is in \(found.sorted()) \(details)")
      }
      duplicates += copies.count - found.count
      for copy in copies where copy.payload != row.payload {
        complain("\(row.key): the bytes in \(copy.topic) differ")
      }
    }
    for key in byKey.keys where !known.contains(key) { complain("\(key) is no row that went in") }
    if !mayRepeat, duplicates > 0 { complain("\(duplicates) copies too many") }
    for output in outputs {
      let isDeadLetter = output.topic == prefix + ".router.dead-letter"
      let names = output.headers.map(\.name)
      if names != (isDeadLetter ? ["reason", "detail", "timestamp"] : []) {
        complain("\(output.key): headers \(names)")
      }
    }
    if wrong > 5 { Issue.record("and \(wrong - 5) more", sourceLocation: sourceLocation) }
  }

  /// The dead letters by reason, counted by input topic: `meminfo no-identity: 12`.
  var reasons: [String: Int] {
    var counts: [String: Int] = [:]
    for letter in deadLetters {
      let topic = letter.key.split(separator: "/").first.map(String.init) ?? ""
      counts["\(topic) \(letter.header("reason") ?? "")", default: 0] += 1
    }
    return counts
  }

  /// Checks that a node's rows stand in the user's topic in the order of each input partition.
  func checkOrder(
    _ rows: [InputRow], sourceLocation: SourceLocation = #_sourceLocation, owner: (InputRow) -> ExpectedOwner?
  ) {
    let nodes = Dictionary(rows.map { ($0.key, owner($0)?.node) }) { $1 }
    let inputs = Dictionary(rows.map { ($0.key, $0) }) { $1 }
    var last: [String: Int64] = [:]
    var partitions: [String: Int32] = [:]
    let ordered = outputs.sorted { ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset) }
    for output in ordered where output.topic.hasPrefix(prefix + ".user.") {
      guard let input = inputs[output.key], let node = nodes[output.key] ?? nil else { continue }
      let line = "\(output.topic) \(node) \(input.topic)/\(input.partition)"
      #expect(last[line] ?? -1 < input.offset, "\(output.key) in \(output.topic)", sourceLocation: sourceLocation)
      last[line] = input.offset
      let place = "\(output.topic) \(node)"
      #expect(partitions[place] ?? output.partition == output.partition, "\(place)", sourceLocation: sourceLocation)
      partitions[place] = output.partition
    }
  }
}
