import Foundation
import Kafka
import TestSupport
import Testing

/// A site whose decomposition stores into topics of its own, for tests that connect.
struct CheckConnection {
  let site: CheckSite
  /// The input topics, which are also the names of the row schemas.
  let inputs: [String]
  let prefix: String
  let group: String
  private let properties: [String: String]

  init(_ properties: [String: String], configuration: String = "", inputs count: Int = 2) throws {
    let id = UUID().uuidString.lowercased().prefix(8)
    let inputs = (0..<count).map { "check-\(id)-\($0)" }
    (self.inputs, prefix, group, self.properties) = (inputs, "check-\(id)", "check-group-\(id)", properties)
    let kafka = properties.sorted { $0.key < $1.key }.map { "\($0.key): \"\($0.value)\"" }.joined(separator: ", ")
    site = try CheckSite(
      "group: \(group)\ninstance: check\ntopics: {prefix: \(prefix)}\nkafka: {\(kafka)}\n\(configuration)")
    let rows = inputs.map { name in
      #"{"schema":"\#(name)","cols":[{"src":"timestamp","type":"ts"},{"src":"producer","type":"char_array"}]}"#
    }
    try site.directory.write(
      "{\"type\":\"static\",\"rows\":[\(rows.joined(separator: ","))]}", to: "decomp.json")
  }

  init(_ broker: EmbeddedBroker, inputs count: Int = 2) throws {
    try self.init(["bootstrap.servers": broker.bootstrapServers], inputs: count)
  }

  func run(_ options: [String] = []) async throws -> CheckProgram {
    try await site.run(["--connect"] + options)
  }

  /// Replaces a text in one of the files that declare topics.
  func declare(_ file: String, _ text: String, _ replacement: String) throws {
    let path = "topics/\(file)"
    let before = try String(contentsOf: site.directory.url.appending(path: path), encoding: .utf8)
    try #require(before.contains(text))
    try site.directory.write(before.replacing(text, with: replacement), to: path)
  }

  /// Makes the input topics as this user.
  func makeInputs(_ cluster: KafkaCluster, partitions: Int32 = 2) throws {
    try Self.make(
      inputs.map { NewTopic(name: $0, partitions: partitions, replication: nil) }, cluster)
  }

  static func admin(_ cluster: KafkaCluster) throws -> AdminClient {
    var properties = ClientProperties()
    for (name, value) in cluster.clientProperties() { properties[name] = value }
    return try AdminClient(properties: properties, observer: SilentObserver())
  }

  /// Makes topics, and waits until the brokers tell others of them.
  static func make(_ topics: [NewTopic], _ cluster: KafkaCluster) throws {
    let admin = try admin(cluster)
    for outcome in try admin.createTopics(topics, timeoutMilliseconds: 30000) {
      if let error = outcome.error { throw error }
    }
    try eventuallyBlocking("topics that were made", within: .seconds(30)) {
      let known = try admin.describeCluster(timeoutMilliseconds: 30000).topics
      return topics.allSatisfy { known[$0.name]?.leaderlessPartitions.isEmpty == true }
    }
  }
}
