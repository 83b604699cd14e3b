import ConfigurationFiles
import Decomp
import Foundation
import Kafka
import MetricRouter
import Replay
import RouterConfiguration
import TestSupport
import Topics

/// Brokers, a decomposition and the input topics of one test, and what tests do with them.
///
/// On brokers that are shared, all names carry a tag of the test's own: topics are named after row schemas, so those
/// are renamed in the decomposition.
final class Stage: Sendable {
  let properties: [String: String]
  let creator: any TopicCreating
  let broker: EmbeddedBroker?
  let cluster: KafkaCluster?
  let prefix: String
  let tag: String
  let decompositions: [String]
  let delivery: Configuration.Delivery
  private let directory: TemporaryDirectory

  /// A stage on an embedded broker of its own.
  ///
  /// - Parameters:
  ///   - decomposition: another one than the capture's, as text.
  ///   - creator: makes one that makes topics otherwise.
  init(
    _ capture: Capture = .recording, decomposition: String? = nil,
    creator: (EmbeddedBroker) -> any TopicCreating = { EmbeddedTopicCreator($0) }
  ) throws {
    let broker = try EmbeddedBroker()
    self.broker = broker
    cluster = nil
    delivery = .atLeastOnce
    properties = ["bootstrap.servers": broker.bootstrapServers]
    self.creator = creator(broker)
    prefix = "ldms"
    tag = ""
    let directory = try TemporaryDirectory()
    self.directory = directory
    decompositions = try decomposition.map { [try directory.write($0, to: "decomp.json")] } ?? capture.decompositions
  }

  /// A stage on Apache Kafka, with the recording's decomposition.
  init(
    _ cluster: KafkaCluster, _ delivery: Configuration.Delivery = .atLeastOnce, as user: KafkaCluster.User = .admin
  ) throws {
    broker = nil
    self.delivery = delivery
    self.cluster = cluster
    properties = cluster.clientProperties(as: user)
    let tag = "-" + UUID().uuidString.prefix(8).lowercased()
    self.tag = tag
    prefix = "ldms" + tag
    creator = try KafkaTopicCreator(
      properties: Self.client(cluster.clientProperties(as: user)), observer: SilentObserver(),
      verifiesWriting: delivery == .exactlyOnce)
    directory = try TemporaryDirectory()
    let text = try String(contentsOfFile: Capture.recording.path("decomp.json"), encoding: .utf8)
    let renamed = text.replacing(try Regex(#"("schema": ")(\w+)(",\s*"cols")"#)) { match in
      "\(match[1].substring ?? "")\(match[2].substring ?? "")\(tag)\(match[3].substring ?? "")"
    }
    decompositions = [try directory.write(renamed, to: "decomp.json")]
  }

  /// Waits until permissions that were just granted are in force: brokers learn of them a moment later.
  func waitForRights() async throws {
    let client = try AdminClient(properties: Self.client(properties), observer: SilentObserver())
    let probe = NewTopic(name: prefix + ".probe", partitions: 1, replication: nil)
    try await eventually("the rights on topics that begin with \(prefix).", within: .seconds(30)) {
      try client.createTopics([probe], validateOnly: true, timeoutMilliseconds: 10000)[0].error == nil
    }
  }

  /// Gives `router` what it needs to route these rows, and waits until that is in force.
  func grantRouter(_ rows: [InputRow], _ more: [AccessRule] = []) async throws {
    guard let cluster else { return }
    let router = "User:router"
    let rules =
      [AccessRule(.group, .literal, group, principal: router, operation: .read)] + more
      + [AccessRule(.topic, .literal, prefix + ".router.waiting", principal: router, operation: .read)]
      + [AccessRule.Operation.create, .write, .describe].map {
        AccessRule(.topic, .prefixed, prefix + ".", principal: router, operation: $0)
      } + Set(rows.map(\.topic)).map { AccessRule(.topic, .literal, $0, principal: router, operation: .read) }
    if let refused = try admin.createAccessRules(rules, timeoutMilliseconds: 30000).first { throw refused.error }
    // librdkafka before 2.6 does not take rules about transactional ids.
    try await ConsoleTool.acls.run(
      [
        "--add", "--allow-principal", router, "--operation", "Write", "--transactional-id", group + "-",
        "--resource-pattern-type", "prefixed",
      ], on: cluster)
    try await waitForRights()
  }

  static func client(_ properties: [String: String]) -> ClientProperties {
    var client = ClientProperties()
    for (name, value) in properties { client[name] = value }
    return client
  }

  /// For who feeds the router, as whoever may do everything. One request at a time: where rows would be reported as
  /// `unproven` a feeder could only store them twice.
  var feederProperties: ClientProperties {
    Self.client(adminProperties).merging(ClientProperties(["max.in.flight.requests.per.connection": "1"]))
  }

  /// As whoever may do everything.
  var adminProperties: [String: String] { cluster?.clientProperties() ?? properties }
  var admin: AdminClient {
    get throws { try AdminClient(properties: Self.client(adminProperties), observer: SilentObserver()) }
  }

  /// The topics of all rows, and their number of partitions.
  func makeInputs(_ rows: [InputRow], settings: [String: String] = [:]) throws {
    var partitions: [String: Int32] = [:]
    for row in rows { partitions[row.topic] = max(partitions[row.topic] ?? 0, row.partition + 1) }
    try makeTopics(partitions, settings: settings)
  }

  func makeTopics(_ partitions: [String: Int32], settings: [String: String] = [:]) throws {
    let topics = partitions.map { NewTopic(name: $0.key, partitions: $0.value, replication: nil, settings: settings) }
    if let broker {
      for topic in topics { try broker.createTopic(topic.name, partitions: topic.partitions ?? 1) }
    } else {
      for outcome in try admin.createTopics(topics, timeoutMilliseconds: 30000) {
        if let error = outcome.error { throw error }
      }
    }
  }

  /// A capture's rows as they will stand in this stage's topics.
  func rows(of capture: Capture, first count: Int = .max) throws -> [InputRow] {
    var next: [TopicPartition: Int64] = [:]
    let recorded = try capture.read().rows
    // As if the recording had ended just now: brokers refuse times in the future and drop old ones.
    let shift = Int64(Date.now.timeIntervalSince1970 * 1000) - (recorded.map(\.timestamp).max() ?? 0)
    return recorded.prefix(count).map { row in
      let place = TopicPartition(topic: row.topic + tag, partition: row.partition)
      let offset = next[place, default: 0]
      next[place] = offset + 1
      return InputRow(
        topic: place.topic, partition: place.partition, offset: offset, timestamp: row.timestamp + shift,
        payload: row.payload)
    }
  }

  /// How rows become visible in the input topics.
  enum Feeding {
    case atOnce
    /// All of them by one transaction, whose marks stand behind them.
    case committed
    /// By none: there is a transaction, and it is aborted.
    case aborted
  }

  /// Writes rows to their partitions, in order, and waits until they are there.
  func feed(_ rows: some Collection<InputRow>, _ feeding: Feeding = .atOnce) throws {
    var client = feederProperties
    client["message.max.bytes"] = "16000000"
    if feeding != .atOnce { client["transactional.id"] = "feeder\(tag)" }
    let producer = try Producer(properties: client, observer: SilentObserver())
    if feeding != .atOnce {
      try producer.initTransactions(timeoutMilliseconds: 30000)
      try producer.beginTransaction()
    }
    var failure: KafkaErrorCode?
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    for row in rows {
      let topic = try producer.topic(named: row.topic)
      while true {
        let code = row.payload.withUnsafeBytes {
          producer.produce(
            to: topic, partition: row.partition, value: $0, key: none, timestamp: row.timestamp, tag: 0)
        }
        guard let code else { break }
        guard code == .queueFull else { throw KafkaError(code, operation: "feed \(row.topic)") }
        producer.poll(timeoutMilliseconds: 50) { failure = failure ?? $0.error }
      }
    }
    let isDone = producer.flush(timeoutMilliseconds: 60000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "feed rows") }
    if !isDone { throw KafkaError(.timedOut, operation: "feed rows") }
    switch feeding {
    case .atOnce: break
    case .committed: try producer.commitTransaction(timeoutMilliseconds: 30000)
    case .aborted: try producer.abortTransaction(timeoutMilliseconds: 30000) { _ in }
    }
  }

  /// A router's settings, as `router.yaml` would give them.
  func settings(
    group: String? = nil, instance: String = "one", _ adjust: (inout Configuration) throws -> Void = { _ in }
  ) throws -> RouterSettings {
    var configuration = Configuration()
    for (name, value) in properties { configuration.kafka.set(KafkaProperty(name, value), for: .common) }
    if broker != nil {
      // After the last member has left, the embedded broker keeps the next one waiting for nearly this time.
      configuration.kafka.set(KafkaProperty("session.timeout.ms", "4000"), for: .consumer)
      configuration.kafka.set(KafkaProperty("heartbeat.interval.ms", "500"), for: .consumer)
    }
    configuration.group = group ?? self.group
    configuration.instance = instance
    configuration.topics.prefix = Located(prefix)
    configuration.delivery = delivery
    configuration.identity.producers = Capture.producers.map { Located($0) }
    configuration.identity.nodes = Located(Capture.nodes)
    try adjust(&configuration)
    var settings = try RouterSettings(
      configuration, decompositions: decompositions.map { try Decomposition(file: $0) },
      topics: TopicDirectory.load(Located(Repository.root.appending(path: "topics").path(percentEncoded: false))))
    // A few topics need several producers here, as some hundreds do elsewhere.
    settings.partitionsPerProducer = 8
    // And a few rows make the router catch up, with producers that are replaced afterwards.
    settings.linger = LingerPolicy(few: 8, some: 16)
    settings.backlogRows = 100
    return settings
  }

  var group: String { "router\(tag)" }
  var deadLetters: String { prefix + ".router.dead-letter" }

  /// Everything that stands in this stage's output topics: rows, not what routers tell each other of jobs.
  func outputs() throws -> [OutputRow] { try OutputRow.read(topics: outputTopics(), properties: adminProperties) }

  func outputTopics() throws -> [String: Int32] {
    try admin.describeCluster(timeoutMilliseconds: 30000).topics
      .filter { $0.key.hasPrefix(prefix + ".user.") || $0.key == deadLetters }
      .mapValues(\.partitionCount)
  }

  /// What the group has committed, by input partition; 0 where nothing.
  func committed(_ rows: [InputRow], _ reader: Consumer? = nil) throws -> [TopicPartition: Int64] {
    let places = Set(rows.map { TopicPartition(topic: $0.topic, partition: $0.partition) })
    let offsets = try committedOffsets(Array(places), reader ?? groupReader)
    return Dictionary(offsets.map { ($0.partition, max($0.offset, 0)) }) { $1 }
  }

  /// Asks again while the group's coordinator is not ready, as on a broker that has just started.
  private func committedOffsets(_ partitions: [TopicPartition], _ reader: Consumer) throws -> [TopicPartitionOffset] {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do {
        return try reader.committed(partitions, timeoutMilliseconds: 30000)
      } catch {
        guard error.remedy == .retry, ContinuousClock.now < deadline else { throw error }
        _ = try reader.poll(timeoutMilliseconds: 50)
      }
    }
  }

  /// The life that the group has committed of an input partition.
  func life(of partition: TopicPartition) throws -> PartitionLife {
    let committed = try committedOffsets([partition], groupReader)
    return CommitNote(committed.first?.metadata)?.life ?? .unnamed
  }

  /// A consumer that is not in the group, and may be asked for its offsets.
  var groupReader: Consumer {
    get throws {
      var properties = Self.client(adminProperties)
      properties["group.id"] = group
      return try Consumer(properties: properties, observer: SilentObserver())
    }
  }

  /// The offsets behind the last of these rows.
  static func ends(of rows: [InputRow]) -> [TopicPartition: Int64] {
    Dictionary(rows.map { (TopicPartition(topic: $0.topic, partition: $0.partition), $0.offset + 1) }) { max($0, $1) }
  }
}

extension Capture {
  /// Its decomposition's files.
  var decompositions: [String] {
    get throws {
      guard self == .static else { return [path("decomp.json")] }
      return try FileManager.default.contentsOfDirectory(atPath: path("decomp")).sorted().map { path("decomp/\($0)") }
    }
  }
}
