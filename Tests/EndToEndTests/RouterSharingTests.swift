import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Several routers of one group, where each input topic has one partition, as `topics/inputs.yaml` makes them.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct RouterSharingTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// The recording, every topic in one partition.
  private static func rows(_ stage: Stage) throws -> [InputRow] {
    InputRow.numbered(
      try stage.rows(of: .recording).map { row in
        var row = row
        row.partition = 0
        return row
      })
  }

  /// The partitions of each, the three of the topic of waiting rows included.
  private static func shares(_ routers: [RouterHarness]) -> [Int] {
    routers.map { $0.status.snapshot().assignment.count }.sorted(by: >)
  }

  private static func waitForShares(_ expected: [Int], _ routers: [RouterHarness]) async throws {
    try await eventually("shares of \(expected)", within: .seconds(40)) { Self.shares(routers) == expected }
  }

  @Test(arguments: Configuration.Delivery.allCases)
  func threeRoutersShareSevenTopicsOfOnePartition(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try Self.rows(stage)
    try stage.makeInputs(rows)
    var routers: [RouterHarness] = []
    for instance in ["one", "two", "three"] { routers.append(try RouterHarness(stage, instance: instance)) }
    try await Self.waitForShares([4, 3, 3], routers)
    try stage.feed(rows[..<2000])
    for router in routers { try await router.wait("rows of its share") { $0.totals.consumed > 0 } }
    // One leaves in the middle, and another one comes.
    try await routers.removeLast().stop()
    try await Self.waitForShares([5, 5], routers)
    try stage.feed(rows[2000..<3000])
    routers.append(try RouterHarness(stage, instance: "four"))
    try await Self.waitForShares([4, 3, 3], routers)
    try stage.feed(rows[3000...])
    try await routers[0].waitForCommit(stage, rows)
    for router in routers { try await router.stop() }
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    #expect(delivered.duplicates == 0, "a rebalance in good order repeats nothing")
  }

  /// Routers of earlier versions offer range alone.
  @Test func aRouterOfAnEarlierVersionIsReplacedWhileOthersRun() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try Self.rows(stage)
    try stage.makeInputs(rows)
    let old = try RouterHarness(stage, instance: "one") { configuration in
      configuration.kafka.set(KafkaProperty("partition.assignment.strategy", "range"), for: .consumer)
    }
    try await Self.waitForShares([10], [old])
    try stage.feed(rows[..<1500])
    let new = try RouterHarness(stage, instance: "two")
    try await new.wait("its place in the group") { $0.isMember }
    try await Self.waitForShares([9, 1], [old, new])
    try await old.stop()
    // The same instance again, as its host's upgrade leaves it.
    let upgraded = try RouterHarness(stage, instance: "one")
    try await Self.waitForShares([5, 5], [new, upgraded])
    try stage.feed(rows[1500...])
    try await new.waitForCommit(stage, rows)
    try await upgraded.stop()
    try await new.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: true) { Self.owner($0) }
  }
}
