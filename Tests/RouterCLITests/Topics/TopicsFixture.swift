import Foundation
import Kafka
import TestSupport
import Testing

/// A configuration with a topic prefix of its own on brokers of tests, and a client beside the router's.
final class TopicsFixture {
  let prefix = "t\(UInt32.random(in: 0 ... .max))"
  let directory: TemporaryDirectory
  let admin: AdminClient
  let properties: [String: String]
  static let timeout: Int32 = 30000

  /// - Parameters:
  ///   - properties: who the router is.
  ///   - own: who the test is; the same, where it is nil.
  init(_ properties: [String: String], own: [String: String]? = nil) throws {
    self.properties = properties
    directory = try TemporaryDirectory()
    var client = ClientProperties()
    for (name, value) in own ?? properties { client[name] = value }
    admin = try AdminClient(properties: client, observer: SilentObserver())
    let kafka = properties.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"\n" }.joined()
    let decomposition = Repository.recording.appending(path: "decomp.json").path
    try directory.write(
      """
      kafka:
      \(kafka)group: \(prefix)-group
      decomposition: \(decomposition)
      inputs: [\(prefix)-in1, \(prefix)-in2]
      topics: {prefix: \(prefix), directory: topics}

      """, to: "router.yaml")
    for kind in ["user", "job", "dead-letter", "job-index", "inputs"] { try declare(kind, "partitions: 1\n") }
  }

  /// Writes a file of `topics/`.
  func declare(_ kind: String, _ text: String) throws {
    try directory.write(text, to: "topics/\(kind).yaml")
  }

  func create(_ name: String, partitions: Int32 = 1, _ settings: [String: String] = [:]) throws {
    let topic = NewTopic(name: "\(prefix).\(name)", partitions: partitions, replication: 1, settings: settings)
    let outcomes = try admin.createTopics([topic], timeoutMilliseconds: Self.timeout)
    try #require(outcomes.allSatisfy { $0.error == nil }, "\(outcomes)")
    // The broker that made it knows it some moments later.
    try eventuallyBlocking("topic \(name) is known") { try self.partitions(name) == partitions }
  }

  /// Stores rows into partition 0, some time ago, each with a key of its own.
  func produce(_ rows: [String], to name: String, age: Duration = .zero) throws {
    try produce(rows, toTopic: "\(prefix).\(name)", age: age)
  }

  /// The same, of a topic's whole name.
  func produce(_ rows: [String], toTopic topic: String, age: Duration = .zero) throws {
    var client = ClientProperties()
    for (name, value) in properties { client[name] = value }
    let producer = try Producer(properties: client, observer: SilentObserver())
    try send(rows, to: topic, age: age, by: producer)
  }

  /// The same by several transactions, each with so many rows.
  func produceInTransactions(_ count: Int, of rows: [String], to name: String) throws {
    var client = ClientProperties(["transactional.id": prefix])
    for (name, value) in properties { client[name] = value }
    let producer = try Producer(properties: client, observer: SilentObserver())
    try producer.initTransactions(timeoutMilliseconds: Self.timeout)
    for _ in 0..<count {
      try producer.beginTransaction()
      try send(rows, to: "\(prefix).\(name)", by: producer)
      try producer.commitTransaction(timeoutMilliseconds: Self.timeout)
    }
  }

  private func send(_ rows: [String], to name: String, age: Duration = .zero, by producer: Producer) throws {
    let topic = try producer.topic(named: name)
    let time = Int64(Date.now.timeIntervalSince1970 * 1000) - age.components.seconds * 1000
    for (index, row) in rows.enumerated() {
      let code = Array(row.utf8).withUnsafeBytes { value in
        Array("k\(index)".utf8).withUnsafeBytes { key in
          producer.produce(to: topic, partition: 0, value: value, key: key, timestamp: time, tag: 0)
        }
      }
      try #require(code == nil)
    }
    var failures = 0
    let isDone = producer.flush(timeoutMilliseconds: Int(Self.timeout)) { if $0.error != nil { failures += 1 } }
    try #require(isDone && failures == 0)
  }

  /// Runs `router topics` with these words.
  func run(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await run(words, environment: environment)
  }

  /// The same.
  func run(_ words: [String], environment: [String: String] = [:]) async throws -> Outcome {
    var variables: [String: String?] = environment
    variables["ROUTER_CONFIG"] = directory.path + "/router.yaml"
    let process = try await RouterProgram.run(["topics"] + words, environment: variables)
    guard case .exited(let code) = process.status else { throw RouterCrash(errors: process.errorText) }
    return Outcome(exitCode: code, output: plain(process.outputText), errors: plain(process.errorText))
  }

  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String
  }

  /// It did not exit by itself.
  struct RouterCrash: Error {
    let errors: String
  }

  /// Text without what differs from run to run.
  func plain(_ text: String) -> String {
    text.replacing(directory.path, with: "DIR").replacing(prefix, with: "PREFIX")
      .replacing(properties["bootstrap.servers"] ?? "-", with: "BROKERS")
  }

  /// What is set on a topic.
  func ownSettings(_ name: String) throws -> [String: String] {
    let topic = "\(prefix).\(name)"
    let settings = try admin.describeSettings(ofTopics: [topic], timeoutMilliseconds: Self.timeout)
    let own = try #require(settings[topic]).get().filter(\.isSetOnTopic)
    return Dictionary(uniqueKeysWithValues: own.map { ($0.name, $0.value ?? "") })
  }

  func partitions(_ name: String) throws -> Int32? {
    try admin.describeTopic("\(prefix).\(name)", timeoutMilliseconds: Self.timeout)?.partitionCount
  }
}
