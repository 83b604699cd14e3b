import Kafka
import MetricRouter
import TestSupport
import Testing

/// Brokers and clients that fail, on the embedded broker.
@Suite struct RouteFaultTests {
  @Test(.timeLimit(.minutes(1)), arguments: [KafkaErrorCode.outOfOrderSequence, .clusterAuthorizationFailed])
  func aProducerThatFailsForGoodIsMadeAnew(code: KafkaErrorCode) async throws {
    let stage = try Stage()
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    // The first rows that the router sends are refused in a way that no retry mends.
    try #require(stage.broker).failNext(.produce, with: [code, code])
    let router = try RouterHarness(stage)
    try await router.wait("the next session") { _ in !router.log(containing: "made anew").isEmpty }
    try await router.waitForCommit(stage, rows)
    let totals = try await router.stop()
    #expect(totals.consumed == totals.routed + totals.deadLettered)
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: true) { ExpectedOwner(row: $0.payload) }
  }

  @Test(.timeLimit(.minutes(1))) func aFullQueueIsWaitedFor() async throws {
    let stage = try Stage()
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage) { configuration in
      configuration.kafka.set(KafkaProperty("queue.buffering.max.messages", "7"), for: .producer)
      configuration.kafka.set(KafkaProperty("linger.ms", "1"), for: .producer)
    }
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    var delivered = try Delivered(stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    delivered.checkOrder(rows) { ExpectedOwner(row: $0.payload) }
  }
}
