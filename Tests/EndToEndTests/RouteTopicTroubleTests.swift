import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// Topics that cannot be made, or not yet.
@Suite struct RouteTopicTroubleTests {
  private static let userB = "ldms.user.userB.rows"

  /// Rows of all users but one, and the rows of that one.
  private static func split(_ rows: [InputRow]) -> (others: [InputRow], ofB: [InputRow]) {
    let isB = { (row: InputRow) in ExpectedOwner(row: row.payload)?.user == "userB" }
    return (rows.filter { !isB($0) }, rows.filter(isB))
  }

  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func aTopicThatIsBeingMadeHoldsUpNobodyElse(isBlocking: Bool) async throws {
    let gate = Gate()
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) { topic in
        guard topic == Self.userB else { return nil }
        return isBlocking ? .blocked(gate) : .unavailable(gate)
      }
    }
    // The others' topics are there before the creator is blocked.
    let recorded = try stage.rows(of: .recording, first: 1300)
    let warmUp = Self.split(Array(recorded.prefix(400))).others
    let rows = InputRow.numbered(warmUp + recorded.dropFirst(400))
    let (others, ofB) = Self.split(rows)
    try stage.makeInputs(rows)
    try stage.feed(rows.prefix(warmUp.count))
    let router = try RouterHarness(stage)
    try await router.waitForRows(warmUp.count)
    try stage.feed(rows.dropFirst(warmUp.count))
    try await eventually("the rows of the others", within: .seconds(30)) {
      try stage.outputs().filter { $0.topic.hasSuffix(".rows") }.count >= others.count
    }
    let before = try stage.committed(rows)
    for row in ofB {
      let place = TopicPartition(topic: row.topic, partition: row.partition)
      #expect(before[place] ?? 0 <= row.offset, "\(row.key) has not arrived, but \(before[place] ?? 0) is committed")
    }
    #expect(router.totals.deadLettered == 0)
    gate.open()
    try await router.waitForRows(rows.count)
    #expect(try stage.committed(rows) == Stage.ends(of: rows))
    try await router.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    delivered.checkOrder(rows) { ExpectedOwner(row: $0.payload) }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (KafkaErrorCode.topicAuthorizationFailed, userB), (.invalidTopic, "ldms.user.userB.job.102"),
    ])
  func aRefusedTopicConcernsItsRowsOnly(code: KafkaErrorCode, topic: String) async throws {
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) { $0 == topic ? .refused(code) : nil }
    }
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    let delivered = try Delivered(stage)
    var dead = 0
    for row in rows {
      let owner = try #require(ExpectedOwner(row: row.payload))
      var topics = [owner.userTopic(prefix: "ldms"), owner.jobTopic(prefix: "ldms")]
      if topics.contains(topic) {
        // Where the row's other copy went well, it stands.
        topics = topics.filter { $0 != topic } + [stage.deadLetters]
        dead += 1
      }
      let copies = delivered.byKey[row.key] ?? []
      #expect(copies.map(\.topic).sorted() == topics.sorted(), "\(row.key)")
      for copy in copies { #expect(copy.payload == row.payload) }
      if let letter = copies.first(where: { $0.topic == stage.deadLetters }) {
        #expect(letter.header("reason") == "topic-refused")
        #expect(letter.header("detail")?.contains("\"\(topic)\"") == true)
        #expect(letter.header("detail")?.contains(code.name) == true)
      }
    }
    #expect(dead > 0)
    #expect(totals.deadLettered == UInt64(dead))
    #expect(totals.routed == UInt64(rows.count - dead))
  }

  @Test(.timeLimit(.minutes(1))) func aDeadLetterTopicThatIsRejectedEndsTheRouter() async throws {
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) {
        $0 == "ldms.router.dead-letter" ? .refused(.topicAuthorizationFailed) : nil
      }
    }
    let router = try RouterHarness(stage)
    await #expect(throws: RouterError.self) { try await router.end() }
  }

  @Test(.timeLimit(.minutes(1))) func memoryIsBoundedAndThePlaceInTheGroupKept() async throws {
    let gate = Gate()
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) { $0 == Self.userB ? .blocked(gate) : nil }
    }
    // Small rows of one user, more than may wait.
    let count = 30000
    let template = try #require(
      try stage.rows(of: .recording).first {
        $0.topic == "loadavg" && ExpectedOwner(row: $0.payload)?.user == "userB"
      })
    let rows = (0..<count).map { index in
      var row = template
      (row.partition, row.offset) = (Int32(index % 4), Int64(index / 4))
      return row
    }
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage) { configuration in
      // The group would throw a member out that does not poll for so long.
      configuration.kafka.set(KafkaProperty("max.poll.interval.ms", "6000"), for: .consumer)
    }
    try await router.wait("the limit") { $0.totals.consumed >= 20000 }
    // Longer than the group would wait for a member that does not poll.
    let began = ContinuousClock.now
    try await router.wait("a while at the limit", within: .seconds(20)) { snapshot in
      #expect(snapshot.totals.consumed <= 21000)
      return ContinuousClock.now - began > .seconds(8)
    }
    #expect(router.status.snapshot().isAssigned)
    #expect(router.log(containing: "partitions lost").isEmpty)
    #expect(router.log(containing: "MAX_POLL").isEmpty)
    gate.open()
    try await router.waitForRows(count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(count))
    #expect(router.log(containing: "partitions assigned").count == 1)
  }

  @Test(.timeLimit(.minutes(1))) func aStopDoesNotWaitForATopicThatCannotBeMade() async throws {
    let gate = Gate()
    let stage = try Stage { broker in
      FaultyCreator(EmbeddedTopicCreator(broker)) { $0 == Self.userB ? .blocked(gate) : nil }
    }
    let rows = try stage.rows(of: .recording, first: 300)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.wait("rows") { $0.totals.consumed == 300 }
    let began = ContinuousClock.now
    try await router.stop()
    #expect(ContinuousClock.now - began < .seconds(10))
    let committed = try stage.committed(rows)
    for row in Self.split(rows).ofB {
      #expect(committed[TopicPartition(topic: row.topic, partition: row.partition)] ?? 0 <= row.offset)
    }
    gate.open()
    // What had waited comes with the next router.
    let next = try RouterHarness(stage)
    try await next.waitForCommit(stage, rows)
    try await next.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: true) { ExpectedOwner(row: $0.payload) }
  }
}
