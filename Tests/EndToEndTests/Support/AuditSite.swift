import Auditing
import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A stage whose rows were routed by `router run`, with what tests do to its topics before they run `router audit`.
final class AuditSite {
  let stage: Stage
  /// The rows of the input topics.
  private(set) var rows: [InputRow]
  private let directory: TemporaryDirectory
  private let producer: Producer
  /// Those that are known to have a name.
  private var lives: [TopicPartition: PartitionLife] = [:]

  /// Stores rows of the recording, but routes nothing yet.
  ///
  /// - Parameter bad: further rows, in front of the others.
  init(_ stage: Stage, first count: Int = .max, bad: [String] = []) throws {
    self.stage = stage
    let recorded = try stage.rows(of: .recording, first: count)
    let bad = bad.map { text in
      InputRow(
        topic: recorded[0].topic, partition: 0, offset: 0, timestamp: recorded[0].timestamp, payload: Array(text.utf8))
    }
    rows = InputRow.numbered(bad + recorded)
    directory = try TemporaryDirectory()
    producer = try Producer(properties: stage.feederProperties, observer: SilentObserver())
    try directory.write(Self.configuration(stage), to: "router.yaml")
    try stage.makeInputs(rows)
    try stage.feed(rows)
  }

  private static func configuration(_ stage: Stage) -> String {
    var kafka = stage.properties
    if stage.broker != nil { kafka["session.timeout.ms"] = "4000" }
    return """
      kafka:
      \(kafka.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"" }.joined(separator: "\n"))
      group: \(stage.group)
      instance: one
      delivery: \(stage.delivery.rawValue)
      decomposition: [\(stage.decompositions.map { "\"\($0)\"" }.joined(separator: ", "))]
      topics: {prefix: \(stage.prefix), directory: "\(Repository.root.appending(path: "topics").path)"}

      """
  }

  /// Where copies of the recording's rows go.
  static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// Has `router run` route what is in the input topics, and rows that wait.
  ///
  /// - Parameters:
  ///   - environment: what differs from the configuration.
  ///   - meanwhile: done while it runs, before it is waited for.
  /// - Returns: its log.
  @discardableResult
  func route(
    environment: [String: String] = [:], meanwhile: () async throws -> Void = {}
  ) async throws -> String {
    let router = try RouterProgram.start(
      ["run", "--config", "router.yaml"], environment: environment, directory: directory.path)
    try await meanwhile()
    let reader = try stage.groupReader
    let ends = Stage.ends(of: rows)
    try await eventually("all offsets are committed", within: .seconds(60)) {
      if let status = router.status { throw HarnessError(description: "\(status): \(router.errorText)") }
      return try stage.committed(rows, reader) == ends && areWaitingRowsCommitted(reader)
    }
    #expect(try await router.terminate(within: .seconds(15)) == .exited(0), "\(router.errorText)")
    return router.outputText + router.errorText
  }

  /// Whether the group has committed all rows in the topic of waiting rows.
  private func areWaitingRowsCommitted(_ reader: Consumer) throws -> Bool {
    let admin = try stage.admin
    guard let topic = try admin.describeTopic(waitingTopic, timeoutMilliseconds: 30_000) else { return false }
    let partitions = (0..<topic.partitionCount).map { TopicPartition(topic: waitingTopic, partition: $0) }
    let committed = try reader.committed(partitions, timeoutMilliseconds: 30_000)
    return try committed.allSatisfy { offset in
      let end = try admin.watermarks(of: offset.partition, timeoutMilliseconds: 30_000).high
      return max(0, offset.offset) >= end
    }
  }

  /// The topic of waiting rows.
  var waitingTopic: String { stage.prefix + ".router.waiting" }

  /// All messages that were ever stored in the topic of waiting rows.
  func waitingRows() throws -> [OutputRow] {
    let count = try stage.admin.describeTopic(waitingTopic, timeoutMilliseconds: 30_000)?.partitionCount ?? 0
    return try OutputRow.read(topics: [waitingTopic: count], properties: stage.adminProperties)
  }

  /// Stores one more row in an input topic.
  func add(_ row: InputRow) throws -> InputRow {
    var row = row
    let end = Stage.ends(of: rows)[TopicPartition(topic: row.topic, partition: row.partition)]
    row.offset = end ?? 0
    try stage.feed([row])
    rows.append(row)
    return row
  }

  /// Commits the router's offset behind a row, as if it had been routed.
  func commit(behind row: InputRow) throws {
    let place = TopicPartition(topic: row.topic, partition: row.partition)
    let reader = try stage.groupReader
    let metadata = try reader.committed([place], timeoutMilliseconds: 30_000).first?.metadata
    try reader.commitAndWait(
      [TopicPartitionOffset(place, offset: row.offset + 1, metadata: metadata)], timeoutMilliseconds: 30_000)
  }

  /// Stores a message in an output topic.
  ///
  /// - Returns: where it is: topic, partition, offset.
  @discardableResult
  func store(
    _ payload: [UInt8], key: String, in topic: String, partition: Int32 = 0, reason: String? = nil
  ) throws -> String {
    let headers = reason.map { [MessageHeader("reason", $0), MessageHeader("detail", "by hand")] } ?? []
    let handle = try producer.topic(named: topic)
    let key = try self.key(of: key)
    let code = payload.withUnsafeBytes { value in
      Array(key.utf8).withUnsafeBytes { key in
        producer.produce(
          to: handle, partition: partition, value: value, key: key, timestamp: 0, headers: headers, tag: 1)
      }
    }
    #expect(code == nil)
    let isDone = producer.flush(timeoutMilliseconds: 30_000) { report in
      #expect(report.error == nil)
    }
    #expect(isDone)
    let end = try stage.admin.watermarks(
      of: TopicPartition(topic: topic, partition: partition), timeoutMilliseconds: 30_000
    ).high
    return "\(topic)/\(partition)/\(end - 1)"
  }

  /// The key that the router gives to the copies of a row, from its place in the input; another text as it is.
  func key(of place: String) throws -> String {
    guard let row = RowPlace(place) else { return place }
    let life = try lives[row.partition] ?? stage.life(of: row.partition)
    guard life.isNamed else { return place }
    lives[row.partition] = life
    return "\(row.partition)@\(life)/\(row.offset)"
  }

  /// The partition of a user's topic in which a row's copy belongs.
  func userPartition(of row: InputRow) throws -> Int32 {
    let owner = try #require(Self.owner(row))
    let count = try #require(try stage.outputTopics()[owner.userTopic(prefix: stage.prefix)])
    return Partitioner.murmur2(owner.node, partitionCount: count)
  }

  /// Stores both copies of a row where they belong.
  func storeCopies(of row: InputRow) throws {
    let owner = try #require(Self.owner(row))
    try store(
      row.payload, key: row.key, in: owner.userTopic(prefix: stage.prefix), partition: userPartition(of: row))
    try store(row.payload, key: row.key, in: owner.jobTopic(prefix: stage.prefix))
  }

  /// Deletes a topic, and waits until it has gone.
  func delete(_ topic: String) async throws {
    let admin = try stage.admin
    for outcome in try admin.deleteTopics([topic], timeoutMilliseconds: 30_000) {
      if let error = outcome.error { throw error }
    }
    try await eventually("\(topic) has gone", within: .seconds(30)) {
      try admin.describeTopic(topic, timeoutMilliseconds: 30_000) == nil
    }
  }

  /// Deletes the messages of a partition before an offset, with Kafka's own tool.
  func deleteRecords(_ topic: String, _ partition: Int32, before offset: Int64) async throws {
    let cluster = try #require(stage.cluster)
    let file = try directory.write(
      """
      {"partitions": [{"topic": "\(topic)", "partition": \(partition), "offset": \(offset)}], "version": 1}
      """, to: "delete.json")
    try await ConsoleTool.records.run(["--offset-json-file", file], on: cluster)
  }

  struct Outcome {
    let exitCode: Int32
    let output: String
    let errors: String

    /// The document of `--json`.
    var document: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
    }

    func number(_ name: String) -> Int? { document[name] as? Int }

    /// `missing meminfo/0/17 topic/0/12`: kind, row and place of each finding.
    var findings: [String] {
      let findings = document["findings"] as? [[String: Any]] ?? []
      return findings.map { finding in
        let place = ["topic", "partition", "offset"].compactMap { name in
          finding[name].flatMap { $0 is NSNull ? nil : "\($0)" }
        }
        return "\(finding["kind"] ?? "") \(finding["row"] as? String ?? "-") \(place.joined(separator: "/"))"
      }
    }
  }

  /// Runs `router redrive`.
  func redrive(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await run(["redrive"] + words, environment)
  }

  /// Runs `router audit`.
  func audit(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await auditWith(words, environment)
  }

  /// The same.
  func auditWith(_ words: [String], _ environment: [String: String]) async throws -> Outcome {
    try await run(["audit"] + words, environment)
  }

  private func run(_ words: [String], _ environment: [String: String]) async throws -> Outcome {
    var variables: [String: String?] = environment
    variables["ROUTER_CONFIG"] = directory.path + "/router.yaml"
    let process = try await RouterProgram.run(
      words, environment: variables, directory: directory.path, within: .seconds(110))
    guard case .exited(let code) = process.status else {
      throw HarnessError(description: "\(String(describing: process.status)): \(process.errorText)")
    }
    return Outcome(exitCode: code, output: process.outputText, errors: process.errorText)
  }

  /// Its text without what differs from run to run.
  func plain(_ text: String) -> String {
    text.replacing(stage.prefix, with: "ldms").replacing(stage.tag, with: "")
  }
}
