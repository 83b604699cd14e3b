import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// Brokers and clients that fail, on the embedded broker.
@Suite struct RouteFaultTests {
  @Test(.timeLimit(.minutes(1)), arguments: [KafkaErrorCode.outOfOrderSequence, .clusterAuthorizationFailed])
  func aProducerThatFailsForGoodIsRecreated(code: KafkaErrorCode) async throws {
    let stage = try Stage()
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    // The first rows that the router sends are refused in a way that no retry mends.
    try #require(stage.broker).failNext(.produce, with: [code, code])
    let router = try RouterHarness(stage)
    try await router.wait("the next session") { _ in !router.log(containing: "recreating it").isEmpty }
    try await router.waitForCommit(stage, rows)
    let totals = try await router.stop()
    #expect(totals.consumed == totals.routed + totals.deadLettered)
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: true) { ExpectedOwner(row: $0.payload) }
  }

  /// As when a broker does not lead a new partition yet: the batch behind it arrives, and librdkafka takes both for
  /// stored.
  @Test(.timeLimit(.minutes(1))) func aBatchThatCameTooEarlyIsNotLost() async throws {
    let stage = try Stage()
    // One job, so that both of its topics have several batches under way at a time.
    let all = try stage.rows(of: .recording).filter { ExpectedOwner(row: $0.payload)?.job == "101" }
    let rows = InputRow.numbered(Array(all.prefix(60)))
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let broker = try #require(stage.broker)
    // The first batch of each: NOT_LEADER_FOR_PARTITION, which comes so late that others are under way by then.
    broker.failNext(.produce, with: [KafkaErrorCode(rawValue: 6), KafkaErrorCode(rawValue: 6)])
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 200)
    let router = try RouterHarness(stage) { configuration in
      configuration.kafka.set(KafkaProperty("batch.num.messages", "1"), for: .producer)
      configuration.kafka.set(KafkaProperty("linger.ms", "0"), for: .producer)
    }
    try await router.wait("a copy that is sent again") { _ in
      !router.log(containing: "resending a row that no broker acknowledged").isEmpty
    }
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 0)
    try await router.waitForCommit(stage, rows)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: true) { ExpectedOwner(row: $0.payload) }
  }

  /// A transaction has failed, and a dead letter is the first to hear of it. The row's other copy must not be sent then:
  /// nothing is known of any topic any more.
  @Test(.timeLimit(.minutes(1))) func aDeadLetterMayBeTheFirstToHearOfAFailedTransaction() async throws {
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) {
        $0 == "ldms.user.userB.rows" ? .refused(.topicAuthorizationFailed) : nil
      }
    }
    // One user, whose rows all have a dead letter and a copy in their job's topic.
    let all = try stage.rows(of: .recording).filter { ExpectedOwner(row: $0.payload)?.user == "userB" }
    let rows = InputRow.numbered(Array((0..<4).map { _ in all }.joined()))
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let broker = try #require(stage.broker)
    broker.failNext(.addPartitionsToTransaction, with: [.topicAuthorizationFailed])
    let router = try RouterHarness(stage) { $0.delivery = .exactlyOnce }
    // The embedded broker does not show what a transaction has committed.
    try await router.waitForRows(rows.count)
    #expect(!router.log(containing: "transaction aborted; consuming its rows again").isEmpty)
    let totals = try await router.stop()
    #expect(totals.deadLettered == UInt64(rows.count))
    let copies = try stage.outputs().filter { $0.topic != stage.deadLetters }
    #expect(Set(copies.map(\.key)) == Set(rows.map(\.key)))
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
