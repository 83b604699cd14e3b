internal import Foundation
internal import Kafka
internal import MetricRouter
import RouterConfiguration
internal import TestSupport

/// A broker of its own, with the topics and the configuration of the routers that are measured on it.
struct BenchBroker {
  let cluster: KafkaCluster
  let admin: AdminClient
  let directory: TemporaryDirectory

  /// Starts it.
  init() async throws {
    directory = try TemporaryDirectory()
    cluster = try await KafkaCluster.start(.large)
    admin = try AdminClient(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap]), observer: SilentObserver())
  }

  func stop() async throws { try await cluster.stop() }

  /// Writes a router's configuration.
  ///
  /// - Returns: its path.
  func configuration(
    prefix: String, group: String, inputs: [String], delivery: Configuration.Delivery = .atLeastOnce
  ) throws -> String {
    try directory.write(
      """
      kafka: {bootstrap.servers: "\(cluster.bootstrap)"}
      group: \(group)
      instance: \(group)
      delivery: \(delivery.rawValue)
      decomposition: \(Capture.recording.path("decomp.json"))
      inputs: [\(inputs.joined(separator: ", "))]
      topics: {prefix: \(prefix), directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))}
      http: {listen: "127.0.0.1:0"}
      log: {level: warning}

      """, to: "\(group).yaml")
  }

  /// The same, as the router reads it.
  func load(
    prefix: String, inputs: [String], delivery: Configuration.Delivery = .atLeastOnce
  ) throws -> RouterSetup {
    try RouterSetup.load(
      file: try configuration(prefix: prefix, group: "setup", inputs: inputs, delivery: delivery), environment: [:])
  }
}
