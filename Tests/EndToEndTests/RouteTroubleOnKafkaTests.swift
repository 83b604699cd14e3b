import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// One bad topic, large rows, old rows, too few replicas and a broker that hangs, on Apache Kafka and in both modes.
@Suite(.requiresKafka, .serialized) struct RouteTroubleOnKafkaTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// A row of the recording that was made longer in its one string that may have any length.
  private static func enlarged(_ row: InputRow, to size: Int) throws -> InputRow {
    var row = row
    let mark = Array("\"instance\":\"".utf8)
    let found = try #require(row.payload.firstRange(of: mark))
    row.payload.insert(
      contentsOf: [UInt8](repeating: UInt8(ascii: "x"), count: size - row.payload.count), at: found.upperBound)
    return row
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aTopicThatCannotBeMadeConcernsItsRowsOnly(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let refused = "\(stage.prefix).user.userB.job.102"
    let creator = FaultyCreator(stage.creator) { $0 == refused ? .refused(.policyViolation) : nil }
    let router = RouterHarness(try stage.settings(), creator: creator)
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    let delivered = try Delivered(stage)
    var dead: UInt64 = 0
    for row in rows {
      let owner = try #require(Self.owner(row))
      var topics = [owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix)]
      if topics[1] == refused {
        topics[1] = stage.deadLetters
        dead += 1
      }
      let copies = delivered.byKey[row.key] ?? []
      #expect(copies.map(\.topic).sorted() == topics.sorted(), "\(row.key)")
      #expect(copies.allSatisfy { $0.payload == row.payload })
    }
    #expect(dead > 0 && totals.deadLettered == dead)
    #expect(totals.routed == UInt64(rows.count) - dead)
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func rowsOfAMegabyteArrive(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    var rows = try stage.rows(of: .recording, first: 600)
    let large = rows.indices.filter { $0 % 30 == 7 }
    for index in large { rows[index] = try Self.enlarged(rows[index], to: 1_000_000) }
    try stage.makeInputs(rows, settings: ["max.message.bytes": "2000000"])
    // One of the users has a topic that takes none of them.
    let small = "\(stage.prefix).user.userC.rows"
    try stage.makeTopics([small: 1], settings: ["max.message.bytes": "500000"])
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count, within: .seconds(90))
    try await router.stop()
    let delivered = try Delivered(stage)
    var dead = 0
    for (index, row) in rows.enumerated() {
      let owner = try #require(Self.owner(row))
      let copies = delivered.byKey[row.key] ?? []
      #expect(copies.allSatisfy { $0.payload == row.payload }, "\(row.key)")
      let found = copies.map(\.topic).sorted()
      let expected = [owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix)].sorted()
      let refused = [stage.deadLetters, owner.jobTopic(prefix: stage.prefix)].sorted()
      let isLarge = large.contains(index)
      if owner.user == "userC" {
        // A row that travels with a large one may share its fate.
        #expect(found == refused || (!isLarge && found == expected), "\(row.key) is in \(found)")
        if found == refused { dead += 1 }
      } else {
        #expect(found == expected, "\(row.key)")
      }
    }
    #expect(dead > 0)
    #expect(delivered.deadLetters.allSatisfy { $0.header("reason") == "topic-refused" })
  }

  /// One row is larger than the router's producer takes, another than the dead-letter topic: their places, sizes and
  /// reasons are dead letters, and everybody else's rows go on.
  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aRowThatNoTopicTakesIsADeadLetterWithoutItsBytes(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    var rows = try stage.rows(of: .recording, first: 400)
    let ofUserC = try #require(rows.indices.first { $0 > 100 && Self.owner(rows[$0])?.user == "userC" })
    rows[50] = try Self.enlarged(rows[50], to: 6_000_000)
    rows[ofUserC] = try Self.enlarged(rows[ofUserC], to: 1_000_000)
    try stage.makeInputs(rows, settings: ["max.message.bytes": "16777216"])
    try stage.makeTopics(
      ["\(stage.prefix).user.userC.rows": 1, stage.deadLetters: 1], settings: ["max.message.bytes": "500000"])
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForCommit(stage, rows, within: .seconds(60))
    let totals = try await router.stop()
    #expect(totals.deadLettered == 2 && totals.routed == UInt64(rows.count) - 2)
    let delivered = try Delivered(stage)
    for (index, row) in rows.enumerated() {
      let owner = try #require(Self.owner(row))
      let home = [owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix)].sorted()
      let copies = delivered.byKey[row.key] ?? []
      guard index == 50 || index == ofUserC else {
        #expect(copies.map(\.topic).sorted() == home && copies.allSatisfy { $0.payload == row.payload }, "\(row.key)")
        continue
      }
      // The topic of userC's job takes a megabyte.
      let rest = index == 50 ? [] : [owner.jobTopic(prefix: stage.prefix)]
      #expect(copies.map(\.topic).sorted() == (rest + [stage.deadLetters]).sorted(), "\(row.key)")
      let letter = try #require(copies.first { $0.topic == stage.deadLetters })
      #expect(letter.payload.isEmpty && letter.header("size") == "\(row.payload.count)")
      #expect(letter.header("reason") == "topic-refused")
      #expect(letter.header("detail")?.contains("the row is not here: its \(row.payload.count) bytes") == true)
      #expect(letter.header("detail")?.contains("read it at \(row.key)") == true)
    }
    try await RouterFile(stage).audit()
  }

  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aBacklogOlderThanEveryRetentionSurvives(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    var rows = try stage.rows(of: .recording, first: 1000)
    for index in rows.indices { rows[index].timestamp -= 365 * 24 * 3_600_000 }
    try stage.makeInputs(rows, settings: ["retention.ms": "-1"])
    // A topic that keeps the rows' own time loses them within a second or so: Kafka is looking while we wait.
    let canary = "\(stage.prefix)-canary"
    try stage.makeTopics(
      [canary: 1], settings: ["retention.ms": "604800000", "message.timestamp.type": "CreateTime"])
    try stage.feed(rows)
    var old = rows[0]
    (old.topic, old.partition) = (canary, 0)
    try stage.feed([old])
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    try await router.stop()
    let admin = try stage.admin
    try await eventually("Kafka has deleted what is too old", within: .seconds(60)) {
      try admin.watermarks(of: TopicPartition(topic: canary, partition: 0), timeoutMilliseconds: 30000).low == 1
    }
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(5)), arguments: Soak.deliveries)
  func tooFewReplicasAreWaitedFor(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.start(.three)
    let stage = try Stage(cluster, delivery)
    let rows = try stage.rows(of: .recording, first: 1500)
    try stage.makeInputs(rows)
    let demanding = "\(stage.prefix).user.userB.rows"
    let made = try stage.admin.createTopics(
      [NewTopic(name: demanding, partitions: 3, replication: 3, settings: ["min.insync.replicas": "3"])],
      timeoutMilliseconds: 30000)
    #expect(made.map(\.error) == [nil])
    let router = try RouterHarness(stage)
    try stage.feed(rows[..<300])
    try await router.waitForRows(300)
    try await cluster.kill(3)
    try stage.feed(rows[300...])
    let began = ContinuousClock.now
    let away: Duration = Soak.isLong ? .seconds(60) : .seconds(8)
    try await router.wait("a while with two replicas", within: away + .seconds(30)) { snapshot in
      #expect(snapshot.totals.deadLettered == 0)
      return ContinuousClock.now - began > away
    }
    #expect(router.totals.routed < UInt64(rows.count), "the rows of userB have to wait")
    try await cluster.restart(3)
    try await router.waitForCommit(stage, rows, within: .seconds(120))
    let totals = try await router.stop()
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    try await cluster.stop()
  }

  /// The broker cannot write any more, and ends; it comes back when there is room.
  @Test(.enabled(if: Soak.isLong, "make soak runs it"), .timeLimit(.minutes(4)), arguments: Soak.deliveries)
  func aFullDiskIsWaitedForInBoundedMemory(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.start(.one, settings: BrokerSettings.patientWithTransactions)
    let stage = try Stage(cluster, delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(
      stage, consumer: ["fetch.max.bytes: 1000000", "queued.max.messages.kbytes: 2000"],
      producer: ["queue.buffering.max.kbytes: 2000", "queue.buffering.max.messages: 1000"])
    let router = try file.start()
    let feeder = try RowFeeder(stage, rate: 2000, limit: 16_000)
    let reader = try stage.groupReader
    let recorded = try stage.rows(of: .recording)
    func reached() throws -> Int64 { try stage.committed(recorded, reader).values.reduce(0, +) }
    try await eventually("rows", within: .seconds(60)) { try reached() > 2000 }
    let before = try router.residentKibibytes()
    var largest = before
    func look() throws { largest = max(largest, try router.residentKibibytes()) }
    try await cluster.fillDisk()
    try await eventually("the broker gives up", within: .seconds(30)) {
      try look()
      return try cluster.hasEnded()
    }
    let log = try cluster.logEnd(bytes: 65536)
    #expect(log.contains("File too large"), "\(log)")
    // In make soak longer than transaction.timeout.ms.
    let away: Duration = Soak.isLong ? .seconds(70) : .seconds(5)
    let began = ContinuousClock.now
    try await eventually("a while", within: away + .seconds(5)) {
      try look()
      return ContinuousClock.now - began > away
    }
    try await cluster.restart()
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [router])
    try look()
    #expect(router.status == nil, "it goes on without a restart")
    #expect(largest < before + 100_000, "\(largest) KiB, \(before) before")
    try await file.stop([router])
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    try await file.audit()
    print(
      "\(delivery.rawValue), full disk: \(rows.count) rows, \(delivered.duplicates) copies twice, \(largest - before) KiB"
    )
    try await cluster.stop()
  }

  /// The broker takes connections and answers nothing, as with a disk that does not come back.
  @Test(.timeLimit(.minutes(3)), arguments: Soak.deliveries)
  func aBrokerThatHangsIsWaitedForInBoundedMemory(_ delivery: Configuration.Delivery) async throws {
    let cluster = try await KafkaCluster.start(.one)
    let stage = try Stage(cluster, delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    // A small queue, so that it is full soon.
    let file = try RouterFile(
      stage, consumer: ["fetch.max.bytes: 1000000", "queued.max.messages.kbytes: 2000"],
      producer: ["queue.buffering.max.kbytes: 2000", "queue.buffering.max.messages: 1000"])
    let router = try file.start()
    let feeder = try RowFeeder(stage, rate: 3000, limit: 30_000)
    let reader = try stage.groupReader
    let recorded = try stage.rows(of: .recording)
    func reached() throws -> Int64 { try stage.committed(recorded, reader).values.reduce(0, +) }
    try await eventually("rows", within: .seconds(60)) { try reached() > 1000 }
    let before = try router.residentKibibytes()
    try cluster.pause()
    let away: Duration = Soak.isLong ? .seconds(60) : .seconds(10)
    let began = ContinuousClock.now
    var largest = before
    try await eventually("a while", within: away + .seconds(5)) {
      largest = max(largest, try router.residentKibibytes())
      return ContinuousClock.now - began > away
    }
    try cluster.resume()
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [router])
    largest = max(largest, try router.residentKibibytes())
    #expect(router.status == nil, "it goes on without a restart")
    #expect(largest < before + 100_000, "\(largest) KiB, \(before) before")
    try await file.stop([router])
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: delivery == .atLeastOnce) { Self.owner($0) }
    try await cluster.stop()
  }
}
