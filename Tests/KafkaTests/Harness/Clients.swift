import Foundation
import Kafka
import TestSupport

/// Makes clients of one cluster.
struct Clients: Sendable {
  let properties: ClientProperties

  /// Clients that refresh their metadata as rarely as librdkafka does by itself, not each second.
  ///
  /// The leader of a group asks for metadata when its join is answered, and librdkafka 2.0.2 takes any other metadata
  /// that comes before the answer for a reason to join again. Apache Kafka answers that at once; the embedded broker
  /// waits for nearly `session.timeout.ms`. It answers the first join after 3 s, when a refresh each second comes too.
  init(_ broker: EmbeddedBroker) {
    properties = ClientProperties([
      "bootstrap.servers": broker.bootstrapServers, "topic.metadata.refresh.interval.ms": "300000",
    ])
  }

  init(_ cluster: KafkaCluster, as user: KafkaCluster.User = .admin) {
    var properties = ClientProperties()
    for (name, value) in cluster.clientProperties(as: user) { properties[name] = value }
    self.properties = properties
  }

  /// Clients of a broker that does not exist.
  static func ofNobody() throws -> Clients {
    Clients(properties: ClientProperties(["bootstrap.servers": "127.0.0.1:\(try FreePort.pick())"]))
  }

  private init(properties: ClientProperties) {
    self.properties = properties
  }

  func producer(_ extra: ClientProperties = [:], observer: any ClientObserver = SilentObserver()) throws -> Producer {
    try Producer(
      properties: ClientProperties(["linger.ms": "0"]).merging(properties).merging(extra), observer: observer)
  }

  func transactionalProducer(_ id: String, _ extra: ClientProperties = [:]) throws -> Producer {
    try producer(ClientProperties(["transactional.id": id]).merging(extra))
  }

  /// A consumer that reads from the beginning where nothing is committed.
  func consumer(
    _ group: String = Name.unique("group"), _ extra: ClientProperties = [:],
    observer: any ClientObserver = SilentObserver()
  ) throws -> Consumer {
    let defaults = ClientProperties([
      "group.id": group, "auto.offset.reset": "earliest", "fetch.wait.max.ms": "50", "heartbeat.interval.ms": "200",
      "reconnect.backoff.max.ms": "200", "topic.metadata.refresh.interval.ms": "1000",
    ])
    return try Consumer(properties: defaults.merging(properties).merging(extra), observer: observer)
  }

  func admin(_ extra: ClientProperties = [:], observer: any ClientObserver = SilentObserver()) throws -> AdminClient {
    try AdminClient(properties: properties.merging(extra), observer: observer)
  }

  /// Makes a topic on a real broker and waits until it has leaders.
  @discardableResult
  func makeTopic(
    _ name: String = Name.unique("topic"), partitions: Int32 = 1, settings: [String: String] = [:]
  ) throws -> String {
    let admin = try admin()
    let topic = NewTopic(name: name, partitions: partitions, replication: nil, settings: settings)
    for outcome in try admin.createTopics([topic], timeoutMilliseconds: 10_000) {
      if let error = outcome.error { throw error }
    }
    try eventuallyBlocking("leaders of \(name)") {
      let description = try admin.describeTopic(name, timeoutMilliseconds: 10_000)
      return description?.partitionCount == partitions && description?.leaderlessPartitions == []
    }
    return name
  }

  /// All that a topic holds, by partition and offset.
  func readAll(_ topic: String, partitions: Int32 = 1, _ extra: ClientProperties = [:]) throws -> [Row] {
    let consumer = try consumer(
      Name.unique("reader"), ClientProperties(["enable.partition.eof": "true"]).merging(extra))
    let places = (0..<partitions).map { TopicPartition(topic: topic, partition: $0) }
    try consumer.assign(places.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
    var rows: [Row] = []
    var ended = 0
    try eventuallyBlocking("the end of \(topic)") {
      do throws(KafkaError) {
        while let message = try consumer.poll(timeoutMilliseconds: 20) { rows.append(Row(message)) }
      } catch {
        guard error.code == .partitionEOF else { throw error }
        ended += 1
      }
      return ended == partitions
    }
    return rows.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
  }
}

extension ClientProperties: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (name, value) in elements { self[name] = value }
  }
}

/// Names that no other test uses.
enum Name {
  static func unique(_ stem: String) -> String { "\(stem)-\(UUID().uuidString.lowercased().prefix(13))" }
}
