import Kafka
import Runtime
import TestSupport
import Testing

/// Where no broker answers, every call ends within its limit, and says that it was time that ran out.
@Suite(.timeLimit(.minutes(1))) struct AdminTimeoutTests {
  private static let partition = TopicPartition(topic: "topic", partition: 0)
  private static let calls: [(String, @Sendable (AdminClient, Int32) throws -> Void)] = [
    (
      "createTopics",
      { _ = try $0.createTopics([NewTopic(name: "t", partitions: 1, replication: 1)], timeoutMilliseconds: $1) }
    ),
    ("deleteTopics", { _ = try $0.deleteTopics(["t"], timeoutMilliseconds: $1) }),
    ("createPartitions", { try $0.createPartitions(of: "t", count: 2, timeoutMilliseconds: $1) }),
    ("describeSettings", { _ = try $0.describeSettings(ofTopics: ["t"], timeoutMilliseconds: $1) }),
    ("replaceSettings", { try $0.replaceSettings(ofTopic: "t", with: [:], timeoutMilliseconds: $1) }),
    ("describeCluster", { _ = try $0.describeCluster(timeoutMilliseconds: $1) }),
    ("describeTopic", { _ = try $0.describeTopic("t", timeoutMilliseconds: $1) }),
    ("watermarks", { _ = try $0.watermarks(of: partition, timeoutMilliseconds: $1) }),
    ("offsets", { _ = try $0.offsets(of: [partition], since: 0, timeoutMilliseconds: $1) }),
    ("describeGroups", { _ = try $0.describeGroups("g", timeoutMilliseconds: $1) }),
    ("committedOffsets", { _ = try $0.committedOffsets(ofGroup: "g", [partition], timeoutMilliseconds: $1) }),
    ("createAccessRules", { _ = try $0.createAccessRules([rule], timeoutMilliseconds: $1) }),
    ("accessRules", { _ = try $0.accessRules(on: .topic, timeoutMilliseconds: $1) }),
    ("deleteAccessRules", { _ = try $0.deleteAccessRules([rule], timeoutMilliseconds: $1) }),
  ]
  private static let rule = AccessRule(.topic, .literal, "t", principal: "User:u", operation: .read)

  @Test(arguments: calls.map(\.0)) func withoutABroker(call name: String) async throws {
    let call = try #require(Self.calls.first { $0.0 == name }).1
    try await onOwnThread { try Self.check(call, try Clients.ofNobody().admin()) }
  }

  // The embedded broker has no request that lists groups.
  @Test(arguments: calls.map(\.0).filter { $0 != "describeGroups" }) func whereABrokerDoesNotAnswer(call name: String)
    async throws
  {
    let call = try #require(Self.calls.first { $0.0 == name }).1
    let broker = try EmbeddedBroker()
    try await onOwnThread {
      let admin = try Clients(broker).admin()
      _ = try admin.describeCluster(timeoutMilliseconds: 5000)
      broker.setRoundTripTime(ofBroker: 1, milliseconds: 60_000)
      try Self.check(call, admin)
    }
  }

  private static func check(_ call: @Sendable (AdminClient, Int32) throws -> Void, _ admin: AdminClient) throws {
    let before = MonotonicClock.milliseconds()
    let error = try #require(throws: KafkaError.self) { try call(admin, 300) }
    let took = MonotonicClock.milliseconds() - before
    #expect(took < 5000, "\(took) ms")
    #expect([.timedOut, .transport, .allBrokersDown].contains(error.code), "\(error)")
    #expect(error.remedy == .retry && !error.operation.isEmpty)
  }
}
