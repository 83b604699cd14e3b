import ConfigurationFiles
import Foundation
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// The router on Apache Kafka.
@Suite(.requiresKafka) struct KafkaRouteTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func anotherClientReadsExactlyItsUsersRows(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let stage = try Stage(cluster, delivery)
    let recorded = try stage.rows(of: .recording)
    let bad = ["{}", "{\"timestamp\":1.000000,\"producer\":\"userB:1:c1\""].map { text in
      InputRow(
        topic: recorded[0].topic, partition: 0, offset: 0, timestamp: recorded[0].timestamp, payload: Array(text.utf8))
    }
    let rows = InputRow.numbered(bad + recorded)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let began = Int64(Date.now.timeIntervalSince1970 * 1000)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    #expect(try stage.committed(rows) == Stage.ends(of: rows))
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(recorded.count))
    #expect(totals.deadLettersByReason == [.malformedRow: 2])

    let inputs = Dictionary(rows.map { ($0.key, $0) }) { $1 }
    let kcat = Kcat(cluster)
    for user in ["userA", "userB", "userC"] {
      let messages = try await kcat.read("\(stage.prefix).user.\(user).rows")
      let mine = rows.filter { Self.owner($0)?.user == user }
      #expect(messages.count == mine.count)
      #expect(Set(messages.map { OutputRow.place($0.key) }) == Set(mine.map(\.key)))
      var last: [String: Int64] = [:]
      for message in messages {
        let row = try #require(inputs[OutputRow.place(message.key)])
        #expect(message.payload == row.payload)
        #expect(message.headers.isEmpty)
        // LogAppendTime: when it was routed, whatever the row's own time.
        #expect(message.timestamp >= began)
        let line = "\(Self.owner(row)?.node ?? "") \(row.topic)/\(row.partition)"
        #expect(last[line] ?? -1 < row.offset)
        last[line] = row.offset
      }
    }
    let letters = try await kcat.read(stage.deadLetters)
    #expect(
      letters.map { OutputRow.place($0.key) }.sorted()
        == bad.indices.map { rows[$0].key }.sorted())
    for letter in letters {
      #expect(letter.headers.map(\.name) == ["reason", "detail", "timestamp"])
      #expect(letter.header("reason") == "malformed-row")
      #expect(letter.header("detail")?.isEmpty == false)
    }
    var delivered = try Delivered(stage)
    delivered.check(rows) { bad.map(\.payload).contains($0.payload) ? nil : Self.owner($0) }
    delivered.checkOrder(rows) { Self.owner($0) }
  }

  /// `topic=ldms.%S` of store_avro_kafka, without a list of inputs.
  @Test(.timeLimit(.minutes(2)), arguments: ["site.{schema}", "{any}.{schema}"])
  func topicsNamedAfterTheRowSchemaWithMoreAreRead(_ pattern: String) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording, first: 200).map { row in
      var row = row
      row.topic = "site.\(row.topic)"
      return row
    }
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage) { configuration in
      configuration.identity.topic = Located(pattern)
      configuration.inputs = []
    }
    try await router.waitForRows(rows.count)
    try await router.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(2))) func topicsAreMadeWithTheirDeclaredSettings() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording, first: 200)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let settings = try stage.settings()
    let router = RouterHarness(settings, creator: stage.creator)
    try await router.waitForRows(rows.count)
    try await router.stop()
    let owner = try #require(Self.owner(rows[0]))
    for (topic, template) in [
      (owner.userTopic(prefix: stage.prefix), settings.templates.user),
      (owner.jobTopic(prefix: stage.prefix), settings.templates.job),
      (stage.deadLetters, settings.templates.deadLetter),
    ] {
      #expect(try stage.outputTopics()[topic] == template.partitions)
      let found = try stage.admin.describeSettings(ofTopics: [topic], timeoutMilliseconds: 30000)
      let values = try #require(found[topic]).get()
      for (name, value) in template.settings {
        #expect(values.first { $0.name == name }?.value == value, "\(name) of \(topic)")
      }
      #expect(!template.settings.isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aRowFromTheFutureArrives(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    var rows = try stage.rows(of: .recording, first: 60)
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    for index in rows.indices where index % 2 == 0 { rows[index].timestamp = now + 10 * 24 * 3_600_000 }
    try stage.makeInputs(rows, settings: ["message.timestamp.after.max.ms": "9223372036854775807"])
    // Topics that keep the row's own time, and take at most an hour ahead: Kafka's default.
    let topics = rows.compactMap(Self.owner).flatMap {
      [$0.userTopic(prefix: stage.prefix), $0.jobTopic(prefix: stage.prefix)]
    }
    try stage.makeTopics(Dictionary(topics.map { ($0, 1) }) { $1 })
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    try await router.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
    let inputs = Dictionary(rows.map { ($0.key, $0) }) { $1 }
    let later = Int64(Date.now.timeIntervalSince1970 * 1000)
    for output in delivered.outputs {
      let time = try #require(output.timestamp)
      let input = try #require(inputs[output.key])
      if input.timestamp > later {
        #expect(time > now && time <= later + 50 * 60 * 1000)
      } else {
        #expect(time == input.timestamp, "else it is the input's")
      }
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aTopicThatIsTooSmallConcernsItsRowsOnly(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 600)
    try stage.makeInputs(rows)
    let small = "\(stage.prefix).user.userA.rows"
    try stage.makeTopics([small: 1], settings: ["max.message.bytes": "100"])
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    try await router.stop()
    let delivered = try Delivered(stage)
    for row in rows {
      let owner = try #require(Self.owner(row))
      let first = owner.user == "userA" ? stage.deadLetters : owner.userTopic(prefix: stage.prefix)
      let copies = delivered.byKey[row.key] ?? []
      #expect(copies.map(\.topic).sorted() == [first, owner.jobTopic(prefix: stage.prefix)].sorted())
      for copy in copies { #expect(copy.payload == row.payload) }
    }
    for letter in delivered.deadLetters {
      #expect(letter.header("reason") == "topic-refused")
      #expect(letter.header("detail")?.contains(small) == true)
      #expect(letter.header("detail")?.contains("MSG_SIZE_TOO_LARGE") == true)
    }
    #expect(!delivered.deadLetters.isEmpty)
  }

  @Test(.timeLimit(.minutes(2)), arguments: Soak.deliveries)
  func aTopicThatIsDeletedWhileRowsFlowIsRecreated(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 1200)
    try stage.makeInputs(rows)
    let router = try RouterHarness(stage)
    try stage.feed(rows.prefix(400))
    try await router.waitForRows(400)
    let topic = "\(stage.prefix).user.userA.rows"
    let outcome = try stage.admin.deleteTopics([topic], timeoutMilliseconds: 30000)
    #expect(outcome.map(\.error) == [nil])
    try stage.feed(rows[400..<800])
    // The router has just begun: librdkafka takes a topic that does not exist for a new one, and waits for it.
    try await router.waitForRows(800, within: .seconds(20))
    try stage.feed(rows[800...])
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    #expect(totals.deadLettered == 0)
    let delivered = try Delivered(stage)
    let gone = Set(rows.prefix(400).map(\.key))
    for row in rows {
      let owner = try #require(Self.owner(row))
      let topics = Set((delivered.byKey[row.key] ?? []).map(\.topic))
      var expected: Set = [owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix)]
      if gone.contains(row.key) { expected.remove(topic) }
      #expect(topics == expected, "\(row.key)")
    }
  }

  /// In a transaction, librdkafka keeps asking for a topic that has gone, and holds back all others meanwhile.
  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func allTopicsMayBeDeletedWhileRowsFlow(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    var rows = try stage.rows(of: .recording).filter { Self.owner($0)?.user == "userA" }
    var bad = rows[0]
    bad.payload = Array("{}".utf8)
    // A bad row in either half: each of the topics has been written to when it goes.
    rows = InputRow.numbered([bad] + rows + [bad])
    let half = rows.count / 2
    try stage.makeInputs(rows)
    let router = try RouterHarness(stage)
    try stage.feed(rows.prefix(half))
    try await router.waitForRows(half)
    let topics = try stage.outputTopics().keys.sorted()
    #expect(topics.count > 2)
    let outcome = try stage.admin.deleteTopics(topics, timeoutMilliseconds: 30000)
    #expect(outcome.allSatisfy { $0.error == nil })
    try stage.feed(rows[half...])
    // Half of transaction.timeout.ms, 30 s, would end the transaction in any case.
    try await router.waitForRows(rows.count, within: .seconds(20))
    try await router.stop()
    var delivered = try Delivered(stage)
    delivered.check(Array(rows[half...]), duplicates: delivery == .atLeastOnce) { row in
      row.payload == bad.payload ? nil : Self.owner(row)
    }
  }

  /// Its rows go to the dead letters, and with exactly-once nobody waits for half of `transaction.timeout.ms`.
  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aTopicThatIsDeletedAndRefusedThenConcernsItsRowsOnly(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = InputRow.numbered(try stage.rows(of: .recording).filter { Self.owner($0)?.user == "userA" })
    let half = rows.count / 2
    let topic = "\(stage.prefix).user.userA.rows"
    let isRefused = Gate()
    let creator = FaultyCreator(stage.creator) {
      $0 == topic && isRefused.isOpened ? .refused(.topicAuthorizationFailed) : nil
    }
    try stage.makeInputs(rows)
    let router = RouterHarness(try stage.settings(), creator: creator)
    try stage.feed(rows.prefix(half))
    try await router.waitForRows(half)
    isRefused.open()
    let outcome = try stage.admin.deleteTopics([topic], timeoutMilliseconds: 30000)
    #expect(outcome.map(\.error) == [nil])
    try stage.feed(rows[half...])
    try await router.waitForRows(rows.count, within: .seconds(20))
    let totals = try await router.stop()
    #expect(totals.deadLettersByReason == [.topicRefused: UInt64(rows.count - half)])
    let delivered = try Delivered(stage)
    for row in rows[half...] {
      let topics = (delivered.byKey[row.key] ?? []).map(\.topic)
      let owner = try #require(Self.owner(row))
      #expect(Set(topics) == [stage.deadLetters, owner.jobTopic(prefix: stage.prefix)], "\(row.key)")
      if delivery == .exactlyOnce { #expect(topics.count == 2, "\(row.key)") }
    }
  }

  @Test(.timeLimit(.minutes(2))) func theRouterNeverReadsItsOwnTopics() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording, first: 200)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    #expect(throws: ConfigurationErrors.self) {
      try stage.settings { $0.inputs = [Located("\(stage.prefix).user.userA.rows")] }
    }
    for group in ["first", "second"] {
      // A regular expression that matches all topics of this stage, the router's own as well.
      let settings = try stage.settings(group: stage.group + group) { $0.inputs = [Located("^.*\(stage.tag).*")] }
      let router = RouterHarness(settings, creator: stage.creator)
      try await router.waitForRows(rows.count)
      let totals = try await router.stop()
      #expect(totals.consumed == UInt64(rows.count))
      #expect(totals.deadLettered == 0)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func twoRoutersShareThePartitionsAndOneTakesThemOver(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording)
    try stage.makeInputs(rows)
    let first = try RouterHarness(stage, instance: "one")
    try stage.feed(rows[..<1500])
    try await first.wait("rows") { $0.totals.routed > 100 }
    let second = try RouterHarness(stage, instance: "two")
    try await second.wait("its share", within: .seconds(30)) { $0.isAssigned }
    try await first.wait("its share") { $0.isAssigned }
    try stage.feed(rows[1500..<3000])
    try await second.wait("rows of its share") { $0.totals.consumed > 0 }
    try stage.feed(rows[3000...])
    let assignments = first.log(containing: "partitions assigned").count
    try await second.stop()
    let left = ContinuousClock.now
    try await first.wait("all partitions", within: .seconds(10)) { _ in
      first.log(containing: "partitions assigned").count > assignments
    }
    let took = ContinuousClock.now - left
    #expect(took < .seconds(5), "the partitions took \(took) to move")
    #expect(first.log(containing: "partitions assigned").last?.contains(" assigned=31 ") == true)
    try await first.waitForCommit(stage, rows)
    #expect(first.log(containing: "partitions lost").isEmpty)
    let began = ContinuousClock.now
    try await first.stop()
    #expect(ContinuousClock.now - began < .seconds(10))
    let members = try stage.admin.describeGroups(stage.group, timeoutMilliseconds: 30000)
    #expect(members.flatMap(\.members).isEmpty, "both have left")
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    #expect(delivered.duplicates == 0, "a rebalance in good order repeats nothing")
  }

  /// With the cooperative protocol, some partitions stay where they are, and nobody is told about those.
  @Test(
    .timeLimit(.minutes(2)),
    arguments: [(Configuration.Delivery.exactlyOnce, "range"), (.atLeastOnce, "cooperative-sticky")]
      + (Soak.isLong ? [(.exactlyOnce, "cooperative-sticky"), (.atLeastOnce, "range")] : []))
  func partitionsThatWerePausedAreReadByWhoeverGetsThem(
    _ delivery: Configuration.Delivery, protocol strategy: String
  ) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let gate = Gate()
    let creator = FaultyCreator(stage.creator) { $0 == "\(stage.prefix).user.userB.rows" ? .blocked(gate) : nil }
    let template = try #require(
      try stage.rows(of: .recording).first {
        $0.topic.hasPrefix("loadavg") && Self.owner($0)?.user == "userB"
      })
    let rows = InputRow.numbered(
      (0..<30000).map { index in
        var row = template
        row.partition = Int32(index % 4)
        return row
      })
    try stage.makeInputs(try stage.rows(of: .recording) + rows)
    try stage.feed(rows)
    func start(_ instance: String) throws -> RouterHarness {
      let settings = try stage.settings(instance: instance) { configuration in
        configuration.kafka.set(KafkaProperty("partition.assignment.strategy", strategy), for: .consumer)
        // A transaction that waits for a topic is given up after half of it.
        guard delivery == .exactlyOnce else { return }
        configuration.kafka.set(KafkaProperty("transaction.timeout.ms", "10000"), for: .producer)
      }
      return RouterHarness(settings, creator: creator)
    }
    let first = try start("one")
    // At-least-once fetches until as many rows wait as may; a transaction is not filled any more after a moment.
    let limit: UInt64 = delivery == .exactlyOnce ? 1000 : 20000
    try await first.wait("rows that wait", within: .seconds(60)) { $0.totals.consumed >= limit }
    // The partitions go while they are paused, and some of them come back.
    let second = try start("two")
    try await second.wait("its share", within: .seconds(60)) { $0.isAssigned }
    try await first.wait("its share", within: .seconds(60)) { $0.isAssigned }
    gate.open()
    try await first.waitForCommit(stage, rows)
    try await second.stop()
    try await first.stop()
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aDeniedTopicConcernsItsRowsOnly(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let stage = try Stage(cluster, delivery, as: .router)
    let rows = try stage.rows(of: .recording, first: 900)
    let denied = "\(stage.prefix).user.userB.rows"
    let ban = AccessRule(.topic, .literal, denied, principal: "User:router", operation: .write, isAllowed: false)
    try await stage.grantRouter(rows, [ban])
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let harness = try RouterHarness(stage)
    try await harness.waitForRows(rows.count)
    try await harness.stop()
    let delivered = try Delivered(stage)
    for row in rows {
      let owner = try #require(Self.owner(row))
      let first = owner.user == "userB" ? stage.deadLetters : owner.userTopic(prefix: stage.prefix)
      #expect(
        (delivered.byKey[row.key] ?? []).map(\.topic).sorted()
          == [first, owner.jobTopic(prefix: stage.prefix)].sorted())
    }
    #expect(!delivered.deadLetters.isEmpty)
    for letter in delivered.deadLetters {
      #expect(letter.header("reason") == "topic-refused")
      #expect(letter.header("detail")?.contains(denied) == true)
    }
  }

  @Test(.timeLimit(.minutes(2))) func aRouterWithoutPermissionForItsGroupEnds() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.sasl), as: .userA)
    let rules = [AccessRule.Operation.create, .write, .describe].map {
      AccessRule(.topic, .prefixed, stage.prefix + ".", principal: "User:userA", operation: $0)
    }
    _ = try stage.admin.createAccessRules(rules, timeoutMilliseconds: 30000)
    try await stage.waitForRights()
    let router = try RouterHarness(stage)
    let error = await #expect(throws: RouterError.self) { try await router.end(within: .seconds(30)) }
    guard case .group = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
