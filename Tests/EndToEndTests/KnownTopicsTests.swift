import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A router that comes back to topics that exist.
@Suite(.requiresKafka) struct KnownTopicsTests {
  /// With ten thousand jobs, a question about each would take the brokers minutes.
  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func brokersAreNotAskedAboutTopicsThatExist(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 1200)
    let (head, tail) = (rows.prefix(600), rows.suffix(600))
    try stage.makeInputs(rows)
    try stage.feed(Array(head))
    let first = FaultyCreator(stage.creator) { _ in nil }
    var router = RouterHarness(try stage.settings(), creator: first)
    try await router.waitForRows(head.count)
    _ = try await router.stop()
    let known = try stage.outputTopics().keys.filter(first.wasAsked(for:))
    #expect(known.count > 4, "\(known)")

    let second = FaultyCreator(stage.creator) { _ in nil }
    router = RouterHarness(try stage.settings(), creator: second)
    try stage.feed(Array(tail))
    try await router.waitForRows(tail.count)
    _ = try await router.stop()
    let userTopics = known.filter { !$0.contains(".router.") }
    #expect(userTopics.filter(second.wasAsked(for:)) == [])
    var delivered = try Delivered(stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    delivered.checkOrder(rows) { ExpectedOwner(row: $0.payload) }
  }
}
