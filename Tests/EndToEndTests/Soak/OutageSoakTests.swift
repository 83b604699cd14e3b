import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// All brokers are killed and stay away for longer than a transaction may be open: they come back to one that has timed
/// out. `make soak` runs it.
@Suite(.requiresKafka, .serialized) struct OutageSoakTests {
  @Test(
    .enabled(if: Soak.isLong, "make soak runs it"), .timeLimit(.minutes(20)),
    arguments: [KafkaCluster.Kind.one, .three])
  func aTransactionThatTimesOutWhileAllBrokersAreDownIsAborted(_ kind: KafkaCluster.Kind) async throws {
    let cluster = try await KafkaCluster.start(kind, settings: BrokerSettings.patientWithTransactions)
    let stage = try Stage(cluster, .exactlyOnce)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(stage, producer: ["transaction.timeout.ms: 10000"])
    let feeder = try RowFeeder(stage, rate: 300)
    let router = try file.start()
    let reader = try stage.groupReader
    let recorded = try stage.rows(of: .recording)
    func reached() -> Int64 { (try? stage.committed(recorded, reader).values.reduce(0, +)) ?? 0 }
    for round in 0..<min(5, Soak.rounds(short: 1)) {
      let before = reached()
      try await eventually("rows of round \(round)", within: .seconds(120)) { reached() > before + 1000 }
      for node in cluster.nodes { try await cluster.kill(node) }
      try await Task.sleep(for: .seconds(15))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for node in cluster.nodes { group.addTask { try await cluster.restart(node) } }
        try await group.waitForAll()
      }
      #expect(router.status == nil)
    }
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [router])
    try await file.stop([router])
    var delivered = try Delivered(stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    try await file.audit()
    try await cluster.stop()
    print("\(kind.rawValue), brokers away: \(rows.count) rows, \(delivered.duplicates) copies twice")
  }
}
