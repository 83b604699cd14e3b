import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// What goes wrong inside a transaction, on Apache Kafka: who reads committed rows sees each row once.
@Suite(.requiresKafka) struct ExactlyOnceTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// A stage whose inputs hold the first rows of the recording.
  private static func stage(first count: Int) async throws -> (Stage, [InputRow]) {
    let stage = try Stage(try await KafkaCluster.shared(.one), .exactlyOnce)
    let rows = try stage.rows(of: .recording, first: count)
    try stage.makeInputs(rows)
    return (stage, rows)
  }

  @Test(.timeLimit(.minutes(2))) func aTransactionThatOutlivesItsTimeIsRecreated() async throws {
    let (stage, rows) = try await Self.stage(first: 900)
    let gate = Gate()
    let late = "\(stage.prefix).user.userB.rows"
    let creator = FaultyCreator(stage.creator) { $0 == late ? .blocked(gate) : nil }
    // The transaction has rows of the others when it begins to wait for a topic, longer than the broker allows.
    let router = RouterHarness(
      try stage.settings { $0.kafka.set(KafkaProperty("transaction.timeout.ms", "2000"), for: .producer) },
      creator: creator)
    try stage.feed(rows)
    try await router.wait("a second pass", within: .seconds(30)) { _ in
      !router.log(containing: "transaction aborted; consuming its rows again").isEmpty
    }
    gate.open()
    try await router.waitForCommit(stage, rows)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    #expect(totals.consumed == totals.routed)
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
    delivered.checkOrder(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(2))) func aFencedProducerIsReplacedInPlace() async throws {
    let (stage, rows) = try await Self.stage(first: 1200)
    let router = try RouterHarness(stage)
    try stage.feed(rows[..<600])
    try await router.waitForRows(600)
    // Somebody else claims the transactional id: to the router it looks like a transaction that took too long.
    var properties = Stage.client(stage.adminProperties)
    properties["transactional.id"] = "\(stage.group)-one"
    let thief = try Producer(properties: properties, observer: SilentObserver())
    try thief.initTransactions(timeoutMilliseconds: 15_000)
    try stage.feed(rows[600...])
    try await router.waitForCommit(stage, rows)
    #expect(router.log(containing: "recreating it").count == 1)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(2))) func aPermissionThatIsRevokedConcernsItsRowsOnly() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let stage = try Stage(cluster, .exactlyOnce, as: .router)
    let rows = try stage.rows(of: .recording, first: 1200)
    try await stage.grantRouter(rows)
    try stage.makeInputs(rows)
    let harness = try RouterHarness(stage)
    try stage.feed(rows[..<600])
    try await harness.waitForRows(600)
    let denied = "\(stage.prefix).user.userB.rows"
    let ban = AccessRule(.topic, .literal, denied, principal: "User:router", operation: .write, isAllowed: false)
    #expect(try stage.admin.createAccessRules([ban], timeoutMilliseconds: 30000).isEmpty)
    let probe = WriteProbe(properties: Stage.client(stage.properties), observer: SilentObserver())
    try await eventually("the ban", within: .seconds(30)) {
      probe.refusals(of: [denied], timeoutMilliseconds: 5000)[denied]?.code == .topicAuthorizationFailed
    }
    try stage.feed(rows[600...])
    try await harness.waitForRows(rows.count)
    try await harness.stop()
    let delivered = try Delivered(stage)
    for (index, row) in rows.enumerated() {
      let owner = try #require(Self.owner(row))
      let isDenied = index >= 600 && owner.user == "userB"
      let first = isDenied ? stage.deadLetters : owner.userTopic(prefix: stage.prefix)
      #expect(
        (delivered.byKey[row.key] ?? []).map(\.topic).sorted()
          == [first, owner.jobTopic(prefix: stage.prefix)].sorted(), "\(row.key)")
    }
    #expect(!delivered.deadLetters.isEmpty)
    for letter in delivered.deadLetters {
      #expect(letter.header("reason") == "topic-refused")
      #expect(letter.header("detail")?.contains(denied) == true)
    }
  }

  @Test(.timeLimit(.minutes(2))) func withoutPermissionForItsTransactionalIDTheRouterEnds() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let stage = try Stage(cluster, .exactlyOnce, as: .router)
    let rules = [AccessRule.Operation.create, .write, .describe].map {
      AccessRule(.topic, .prefixed, stage.prefix + ".", principal: "User:router", operation: $0)
    }
    #expect(try stage.admin.createAccessRules(rules, timeoutMilliseconds: 30000).isEmpty)
    try await stage.waitForRights()
    let router = try RouterHarness(stage)
    let error = await #expect(throws: RouterError.self) { try await router.end(within: .seconds(30)) }
    guard case .transactionalID(let id, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(id == "\(stage.group)-one")
    #expect(error?.description.contains("WRITE permission on it") == true)
  }

  @Test(.timeLimit(.minutes(2))) func theNextRouterDoesNotWaitForTheTransactionOfAKilledOne() async throws {
    let (stage, rows) = try await Self.stage(first: 1200)
    // A transaction that its owner never ends.
    var properties = Stage.client(stage.adminProperties)
    properties["transactional.id"] = "\(stage.group)-one"
    properties["transaction.timeout.ms"] = "60000"
    let dead = try Producer(properties: properties, observer: SilentObserver())
    try dead.initTransactions(timeoutMilliseconds: 15_000)
    try dead.beginTransaction()
    let user = "\(stage.prefix).user.userA.rows"
    try stage.makeTopics([user: 3])
    let junk: [UInt8] = Array("of a router that was killed".utf8)
    let topic = try dead.topic(named: user)
    for partition in 0..<3 as Range<Int32> {
      let code = junk.withUnsafeBytes {
        dead.produce(to: topic, partition: partition, value: $0, key: $0, timestamp: 0, tag: 1)
      }
      #expect(code == nil)
    }
    #expect(dead.flush(timeoutMilliseconds: 15_000) { _ in })
    let began = ContinuousClock.now
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForCommit(stage, rows)
    var delivered = try Delivered(stage)
    #expect(ContinuousClock.now - began < .seconds(30), "its readers wait for transaction.timeout.ms")
    try await router.stop()
    delivered.check(rows) { Self.owner($0) }
  }
}
