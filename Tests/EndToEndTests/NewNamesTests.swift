import ConfigurationFiles
import Foundation
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// Many new users and jobs at once, on Apache Kafka: others' rows go on, and what is over a limit is a dead letter.
@Suite(.requiresKafka, .serialized) struct NewNamesTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }
  private static var now: Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }

  /// One of everybody's rows must not wait until all the new topics have been made and become known.
  @Test(.timeLimit(.minutes(3))) func othersRowsGoOnWhileManyNamesAreNew() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let maker = try RowMaker(stage)
    var settings = try stage.settings()
    settings.templates.user.partitions = 1
    let old = try maker.row("loadavg", "old:1:c1", at: Self.now)
    try stage.makeInputs([old])
    let router = RouterHarness(settings, creator: stage.creator)
    var rows = InputRow.numbered([old])
    try stage.feed(rows)
    try await router.waitForRows(1)
    let crowd = try (0..<500).map { try maker.row("loadavg", "new\($0):1:c1", at: Self.now) }
    rows = InputRow.numbered(rows + crowd)
    try stage.feed(rows.dropFirst())
    let userTopic = TopicPartition(topic: "\(stage.prefix).user.old.rows", partition: 0)
    let admin = try stage.admin
    var worst = Duration.zero
    var count: Int64 = 1
    let deadline = Deadline(within: .seconds(120))
    // The old user's own rows are counted a moment after they have arrived.
    while router.totals.routed + 20 < UInt64(rows.count), !deadline.hasPassed {
      rows = InputRow.numbered(rows + [try maker.row("loadavg", "old:1:c1", at: Self.now)])
      count += 1
      let began = ContinuousClock.now
      try stage.feed(rows.suffix(1))
      try await eventually("the old user's row", within: .seconds(60)) {
        try admin.watermarks(of: userTopic, timeoutMilliseconds: 30_000).high >= count
      }
      worst = max(worst, ContinuousClock.now - began)
    }
    print("500 new users: the old user's slowest row took \(worst), \(count) rows meanwhile")
    #expect(worst < .seconds(10))
    try await router.waitForRows(rows.count, within: .seconds(60))
    #expect(router.log(containing: "topic is missing").count <= 1)
    let totals = try await router.stop(within: .seconds(10))
    #expect(totals.deadLettered == 0 && totals.routed == UInt64(rows.count))
    var delivered = try Delivered(stage)
    delivered.check(rows) { Self.owner($0) }
  }

  @Test(.timeLimit(.minutes(3)), arguments: Configuration.Delivery.allCases)
  func namesBeyondTheBudgetAreDeadLettersAndTopicsThatExistAreNot(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let maker = try RowMaker(stage)
    func settings(perUser: Int) throws -> RouterSettings {
      try stage.settings { $0.topics.newPerUser = perUser }
    }
    let jobs = try (1...12).map { try maker.row("loadavg", "many:\($0):c1", at: Self.now) }
    let others = try (1...3).map { try maker.row("loadavg", "user\($0):7:c1", at: Self.now) }
    let rows = InputRow.numbered(jobs + others)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = RouterHarness(try settings(perUser: 6), creator: stage.creator)
    try await router.waitForCommit(stage, rows)
    let totals = try await router.stop()
    // The user's topic and those of five jobs; each ten seconds bring one more.
    #expect((5...7).contains(totals.deadLettered))
    #expect(totals.deadLettersByReason == [.tooManyNewNames: totals.deadLettered])
    let delivered = try Delivered(stage)
    let letters = Set(delivered.deadLetters.map(\.key))
    for row in rows {
      let owner = try #require(Self.owner(row))
      let rest = letters.contains(row.key) ? stage.deadLetters : owner.jobTopic(prefix: stage.prefix)
      let copies = delivered.byKey[row.key] ?? []
      #expect(copies.map(\.topic).sorted() == [owner.userTopic(prefix: stage.prefix), rest].sorted())
      #expect(copies.allSatisfy { $0.payload == row.payload })
      #expect(!letters.contains(row.key) || owner.user == "many")
    }
    for letter in delivered.deadLetters {
      #expect(letter.header("reason") == "too-many-new-names")
      #expect(letter.header("detail")?.contains("topics.new-per-user") == true)
    }
    try await RouterFile(stage).audit()

    // A router that starts again knows no topic, but those that are there cost nothing.
    let known = rows.filter { !letters.contains($0.key) }
    let again = Array(InputRow.numbered(rows + known).dropFirst(rows.count))
    try stage.feed(again)
    let second = RouterHarness(try settings(perUser: 1), creator: stage.creator)
    try await second.waitForCommit(stage, again)
    #expect(try await second.stop().deadLettered == 0)
  }

  @Test(.timeLimit(.minutes(2))) func furtherUsersThanMayHaveTopicsAreDeadLetters() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let maker = try RowMaker(stage)
    let rows = InputRow.numbered(try (1...5).map { try maker.row("loadavg", "user\($0):7:c1", at: Self.now) })
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = RouterHarness(try stage.settings { $0.topics.maxUsers = 2 }, creator: stage.creator)
    try await router.waitForCommit(stage, rows)
    #expect(try await router.stop().deadLettersByReason[.tooManyNewNames] == 3)
    let letters = try Delivered(stage).deadLetters
    #expect(letters.count == 3)
    #expect(letters.allSatisfy { $0.header("detail")?.contains("topics.max-users is 2") == true })
  }
}

/// Users that do not exist, on the embedded broker.
@Suite struct UnknownUserTests {
  @Test(.timeLimit(.minutes(1)), arguments: [["system"], ["root"]])
  func onlyUsersThatExistGetTopics(_ users: [String]) async throws {
    let stage = try Stage()
    let maker = try RowMaker(stage)
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    let producers = ["root:1:c1", "no-such-user-here:1:c1", "root:2:c1", "no-such-user-here:1:c1"]
    let rows = InputRow.numbered(try producers.map { try maker.row("loadavg", $0, at: now) })
    try stage.makeInputs(rows)
    let router = try RouterHarness(stage) { $0.identity.users = users.map { Located($0) } }
    try stage.feed(rows)
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    #expect(totals.routed == 2 && totals.deadLettersByReason == [.unknownUser: 2])
    var delivered = try Delivered(stage)
    delivered.check(rows) { row in
      ExpectedOwner(row: row.payload).flatMap { $0.user == "root" ? $0 : nil }
    }
    #expect(delivered.deadLetters.allSatisfy { $0.header("detail")?.contains("no-such-user-here") == true })
  }
}
