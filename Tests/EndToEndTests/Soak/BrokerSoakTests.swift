import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Three brokers, replication 3: each is killed and started again while rows flow, the coordinators of the group and of
/// the transactions included. `make soak` does it for long.
@Suite(.requiresKafka, .serialized) struct BrokerSoakTests {
  @Test(.enabled(if: Soak.isLong, "make soak runs it"), .timeLimit(.minutes(20)), arguments: Soak.deliveries)
  func everyBrokerIsKilledInTurn(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.start(.three)
    let stage = try Stage(cluster, delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(stage, consumer: [])
    let feeder = try RowFeeder(stage, rate: 200)
    let router = try file.start()
    let reader = try stage.groupReader
    let recorded = try stage.rows(of: .recording)
    func reached() -> Int64 { (try? stage.committed(recorded, reader).values.reduce(0, +)) ?? 0 }
    try await eventually("rows", within: .seconds(90)) { reached() > 200 }
    // Each takes about a minute.
    for round in 0..<min(10, max(1, Soak.rounds(short: 3) / 3)) {
      for node in cluster.nodes {
        try await cluster.kill(node)
        // Two brokers are enough: rows go on while the third is away.
        let before = reached()
        do {
          try await eventually("rows without broker \(node)", within: .seconds(90)) { reached() > before + 100 }
        } catch {
          throw HarnessError(description: "round \(round): \(error)\n\(router.errorText.suffix(6000))")
        }
        try await cluster.restart(node)
        #expect(router.status == nil)
      }
    }
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [router])
    try await file.stop([router])
    // It has been about what it says: three copies of everything, two of which must be there.
    let topics = try stage.admin.describeCluster(timeoutMilliseconds: 30000).topics
      .filter { $0.key.hasPrefix(stage.prefix) || $0.key.hasSuffix(stage.tag) }
    #expect(!topics.isEmpty && topics.allSatisfy { $0.value.replication == 3 }, "\(topics)")
    for (topic, settings) in try stage.admin.describeSettings(ofTopics: Array(topics.keys), timeoutMilliseconds: 30000)
    {
      let needed = try settings.get().first { $0.name == "min.insync.replicas" }
      #expect(needed?.value == "2", "\(topic)")
    }
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { ExpectedOwner(row: $0.payload) }
    try await file.audit()
    try await cluster.stop()
    print("\(delivery.rawValue), brokers killed in turn: \(rows.count) rows, \(delivered.duplicates) copies twice")
  }
}
