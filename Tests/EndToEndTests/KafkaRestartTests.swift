import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// Brokers and routers that go and come back in the middle of the recording: nothing is lost.
@Suite(.requiresKafka, .serialized) struct KafkaRestartTests {
  enum End: String, Sendable, CaseIterable {
    case stopped, killed
  }

  /// A cluster of this suite's own, as its broker goes and comes.
  private static let cluster = Task { try await KafkaCluster.start(.one) }

  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  private static func end(_ cluster: KafkaCluster, _ end: End) async throws {
    switch end {
    case .stopped: try await cluster.stop(1)
    case .killed: try await cluster.kill(1)
    }
  }

  @Test(.timeLimit(.minutes(3)), arguments: End.allCases, Soak.deliveries)
  func aBrokerRestartLosesNothing(end: End, _ delivery: Configuration.Delivery) async throws {
    let cluster = try await Self.cluster.value
    let stage = try Stage(cluster, delivery)
    let rows = try stage.rows(of: .recording)
    try stage.makeInputs(rows)
    try stage.feed(rows[..<2000])
    let router = try RouterHarness(stage) { configuration in
      // Rows are under way when the broker goes.
      configuration.kafka.set(KafkaProperty("linger.ms", "200"), for: .producer)
    }
    try await router.wait("rows under way", within: .seconds(60)) { $0.totals.consumed > 0 }
    try await Self.end(cluster, end)
    try await cluster.restart(1)
    try stage.feed(rows[2000...])
    try await router.waitForCommit(stage, rows, within: .seconds(90))
    let totals = try await router.stop()
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    print("\(delivery.rawValue), broker \(end.rawValue): \(delivered.duplicates) copies twice")
  }

  @Test(.timeLimit(.minutes(3)), arguments: Soak.deliveries)
  func aStopWhileTheBrokerIsDownEndsInTime(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await Self.cluster.value
    let stage = try Stage(cluster, delivery)
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage) { $0.kafka.set(KafkaProperty("linger.ms", "2000"), for: .producer) }
    try await router.wait("rows under way", within: .seconds(60)) { $0.totals.consumed > 0 }
    try await cluster.kill(1)
    let began = ContinuousClock.now
    try await router.stop()
    let took = ContinuousClock.now - began
    #expect(took < .seconds(10), "the stop took \(took)")
    // Nor does one that has never seen the broker take longer.
    let blind = try RouterHarness(stage, instance: "blind")
    try await eventually("its start") { !blind.log(containing: "router starts").isEmpty }
    let again = ContinuousClock.now
    try await blind.stop()
    #expect(ContinuousClock.now - again < .seconds(5))
    try await cluster.restart(1)
    let next = try RouterHarness(stage)
    try await next.waitForCommit(stage, rows, within: .seconds(90))
    try await next.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(3)), arguments: Soak.deliveries)
  func aNewUserWhileTheBrokerIsDownIsWaitedFor(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await Self.cluster.value
    let gate = Gate()
    let stage = try Stage(cluster, delivery)
    let newUser = "\(stage.prefix).user.userB.rows"
    let kafka = try KafkaTopicCreator(
      properties: Stage.client(cluster.clientProperties()), observer: SilentObserver(), timeoutMilliseconds: 1500)
    let creator = FaultyCreator(kafka) { $0 == newUser ? .blocked(gate) : nil }
    let rows = try stage.rows(of: .recording, first: 1000)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = RouterHarness(try stage.settings(), creator: creator)
    try await router.wait("the first row of the new user", within: .seconds(60)) { _ in creator.wasAsked(for: newUser) }
    try await cluster.kill(1)
    gate.open()
    try await router.wait("an attempt", within: .seconds(60)) { _ in !router.log(containing: "not created yet").isEmpty
    }
    try await cluster.restart(1)
    try await router.waitForCommit(stage, rows, within: .seconds(90))
    let totals = try await router.stop()
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(3)), arguments: Configuration.Delivery.allCases)
  func aRouterThatStopsInTheMiddleLosesAndRepeatsNothing(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await Self.cluster.value, delivery)
    let rows = try stage.rows(of: .recording)
    try stage.makeInputs(rows)
    var consumed: UInt64 = 0
    for part in 0..<3 {
      // Each router gets rows of its own besides what the one before has left: a quick one leaves nothing.
      try stage.feed(rows[rows.count * part / 3..<rows.count * (part + 1) / 3])
      let router = try RouterHarness(stage)
      try await router.wait("rows", within: .seconds(60)) { $0.totals.consumed > 0 }
      if part == 2 { try await router.waitForCommit(stage, rows) }
      let totals = try await router.stop()
      #expect(totals.consumed == totals.routed + totals.deadLettered)
      consumed += totals.consumed
    }
    #expect(consumed == UInt64(rows.count))
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(3)), arguments: Configuration.Delivery.allCases)
  func aRouterThatIsKilledInTheMiddleLosesNothing(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await Self.cluster.value, delivery)
    let rows = try stage.rows(of: .recording)
    try stage.makeInputs(rows)
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      """
      kafka:
        bootstrap.servers: "\(stage.properties["bootstrap.servers"] ?? "")"
        consumer: {session.timeout.ms: 6000}
      group: \(stage.group)
      instance: one
      delivery: \(stage.delivery.rawValue)
      decomposition: \(stage.decompositions[0])
      topics: {prefix: \(stage.prefix), directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))}
      """, to: "router.yaml")
    func start() throws -> RunningProcess { try RouterProgram.start(["run", "--config", file]) }
    let admin = try stage.admin
    func arrived() throws -> Int64 {
      try stage.outputTopics().filter { $0.key.hasSuffix(".rows") }.reduce(into: 0) { sum, topic in
        for partition in 0..<topic.value {
          let place = TopicPartition(topic: topic.key, partition: partition)
          sum += try admin.watermarks(of: place, timeoutMilliseconds: 30000).high
        }
      }
    }
    let killed = try start()
    try stage.feed(rows[..<2500])
    try await eventually("rows", within: .seconds(60)) {
      // A topic that was only just made may have no leader yet.
      (try? arrived()) ?? 0 > 0
    }
    killed.kill()
    try await killed.wait()
    try stage.feed(rows[2500...])
    let next = try start()
    let ends = Stage.ends(of: rows)
    let reader = try stage.groupReader
    do {
      try await eventually("all offsets", within: .seconds(60)) { try stage.committed(rows, reader) == ends }
    } catch {
      throw HarnessError(description: "\(error)\n\(next.errorText.suffix(4000))")
    }
    let began = ContinuousClock.now
    next.signal(SIGTERM)
    #expect(try await next.wait(within: .seconds(15)) == .exited(0))
    #expect(ContinuousClock.now - began < .seconds(10))
    let members = try admin.describeGroups(stage.group, timeoutMilliseconds: 30000)
    #expect(members.flatMap(\.members).isEmpty)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    print("\(delivery.rawValue), router killed: \(delivered.duplicates) copies twice")
  }
}
