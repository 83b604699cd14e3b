import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing
import Topics

/// The topics of ended jobs on Apache Kafka: the message that says so, and their end.
@Suite(.requiresKafka) struct TopicLifecycleTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// A router that looks after topics, with short times.
  private static func router(
    _ stage: Stage, instance: String = "one", endedAfter: Duration = .seconds(1), timeToLive: Duration,
    creator: (any TopicCreating)? = nil
  ) throws -> RouterHarness {
    let settings = try stage.settings(instance: instance) {
      $0.jobs.endedAfter = endedAfter
      $0.jobs.topicTTL = timeToLive
      // Missing topics are asked for again and again.
      $0.kafka.set(KafkaProperty("topic.metadata.refresh.interval.ms", "500"), for: .common)
    }
    return RouterHarness(settings, creator: creator ?? stage.creator, cleans: true)
  }

  private static func jobTopics(_ stage: Stage) throws -> Set<String> {
    Set(try stage.outputTopics().keys.filter { $0.contains(".job.") })
  }

  /// How many messages in each job topic are the one that the job has ended, and whether the last one is.
  private static func ends(_ stage: Stage) throws -> [String: (count: Int, isLast: Bool)] {
    let jobs = try stage.outputs().filter { $0.topic.contains(".job.") }
    return Dictionary(grouping: jobs, by: \.topic).mapValues { messages in
      let ordered = messages.sorted { $0.offset < $1.offset }
      return (ordered.count(where: isEnd), ordered.last.map(isEnd) ?? false)
    }
  }

  private static func isEnd(_ message: OutputRow) -> Bool {
    message.headers == [MessageHeader("event", "job-ended")] && message.payload.isEmpty && message.key == "job-ended"
      && message.partition == 0
  }

  private static func waitForLooks(_ count: Int, _ router: RouterHarness) async throws {
    let before = router.log(containing: "job topics checked").count
    try await router.wait("\(count) looks") { _ in
      router.log(containing: "job topics checked").count >= before + count
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: Soak.deliveries)
  func anEndedJobSaysSoOnce(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 1200)
    try stage.makeInputs(rows)
    try stage.feed(rows[..<600])
    let router = try Self.router(stage, timeToLive: .zero)
    try await router.waitForRows(600)
    let topics = try Self.jobTopics(stage)
    #expect(topics.count > 2)
    try await router.wait("the ends of all jobs") { _ in
      router.log(containing: "job ended").count >= topics.count
    }
    try await Self.waitForLooks(4, router)
    #expect(try Self.jobTopics(stage) == topics, "without a time to live, all stay")
    for (topic, ends) in try Self.ends(stage) { #expect(ends == (1, true), "\(topic)") }
    try await router.stop()

    // Whoever comes next sees the message, and writes no other.
    let next = try Self.router(stage, timeToLive: .zero)
    try await Self.waitForLooks(6, next)
    #expect(next.log(containing: "job ended").isEmpty)
    // Rows that come after all are followed by a message again.
    try stage.feed(rows[600...])
    try await next.waitForRows(600)
    let again = Set(rows[600...].compactMap(Self.owner).map { $0.jobTopic(prefix: stage.prefix) })
    try await next.wait("the ends of all jobs") { _ in next.log(containing: "job ended").count >= again.count }
    try await next.stop()
    for (topic, ends) in try Self.ends(stage) {
      #expect(ends == (topics.contains(topic) && again.contains(topic) ? 2 : 1, true), "\(topic)")
    }
  }

  /// With looks twice in that time: the one that finds the rows, one in the middle, and one at the end.
  @Test(.timeLimit(.minutes(2))) func aJobEndsWithTheFirstLookAfterItsTime() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording, first: 200)
    try stage.makeInputs(rows)
    let router = try Self.router(stage, endedAfter: .seconds(3), timeToLive: .zero)
    func looks() -> Int { router.log(containing: "job topics checked").count }
    try await Self.waitForLooks(1, router)
    try stage.feed(rows)
    try await router.waitForCommit(stage, rows)
    let first = looks()
    try await router.wait("the end of a job") { _ in !router.log(containing: "job ended").isEmpty }
    #expect(looks() - first <= 3)
    try await router.stop()
  }

  @Test(.timeLimit(.minutes(2)), arguments: Soak.deliveries)
  func aDeletedTopicDoesNotRiseAgain(_ delivery: Configuration.Delivery) async throws {
    // Brokers that make every topic that somebody asks for in the wrong way.
    let cluster = try await KafkaCluster.start(.one, settings: ["auto.create.topics.enable": "true"])
    let stage = try Stage(cluster, delivery)
    let recorded = try stage.rows(of: .recording, first: 900)
    let job = try #require(Self.owner(recorded[0]))
    let late = recorded.filter { Self.owner($0)?.job == job.job }.prefix(20)
    let rows = InputRow.numbered(recorded + late)
    try stage.makeInputs(rows)
    try stage.feed(rows[..<recorded.count])
    let router = try Self.router(stage, timeToLive: .seconds(2))
    try await router.waitForRows(recorded.count)
    let others = try stage.outputTopics().keys.filter { !$0.contains(".job.") }
    try await router.wait("the end of all job topics") { _ in
      // The brokers have deleted them a moment before the router knows.
      (try? Self.jobTopics(stage))?.isEmpty == true && !router.log(containing: "topic of an ended job deleted").isEmpty
    }

    // The router goes on: its producers and its looks ask for metadata meanwhile.
    let watched = Deadline(within: .seconds(5))
    while !watched.hasPassed {
      #expect(try Self.jobTopics(stage).isEmpty)
      try await Self.waitForLooks(1, router)
    }
    #expect(Set(try stage.outputTopics().keys) == Set(others))

    // A row that comes all the same has its topic, and nothing else comes back.
    let inJob = late.count
    try stage.feed(rows[recorded.count...])
    try await router.waitForRows(rows.count)
    let found = try stage.outputs()
    #expect(Set(found.map(\.topic).filter { $0.contains(".job.") }) == [job.jobTopic(prefix: stage.prefix)])
    #expect(found.count { $0.topic == job.jobTopic(prefix: stage.prefix) && !$0.payload.isEmpty } == inJob)
    // In the users' topics every row is there once.
    #expect(found.count { $0.topic.hasSuffix(".rows") } == rows.count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    #expect(totals.deadLettered == 0)
    try await cluster.stop()
  }

  @Test(.timeLimit(.minutes(2))) func aBacklogEndsNoJob() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording, first: 900)
    try stage.makeInputs(rows)
    let gate = Gate()
    let late = "\(stage.prefix).user.userB.rows"
    let creator = FaultyCreator(stage.creator) { $0 == late ? .unavailable(gate) : nil }
    let router = try Self.router(stage, timeToLive: .seconds(2), creator: creator)
    try stage.feed(rows)
    // Rows of the others have arrived, but those of userB wait: nothing behind the first of them is committed.
    try await router.wait("rows of the others") { _ in
      ((try? Self.jobTopics(stage)) ?? []).count > 1
    }
    try await Self.waitForLooks(8, router)
    #expect(router.log(containing: "job ended").isEmpty)
    gate.open()
    try await router.waitForRows(rows.count)
    let topics = try Self.jobTopics(stage)
    try await router.wait("the ends of all jobs") { _ in router.log(containing: "job ended").count >= topics.count }
    try await router.stop()
  }

  /// A mirror writes its topics in transactions, whose marks are their last offsets; and to some partitions nobody
  /// writes any more.
  @Test(.timeLimit(.minutes(2)), arguments: Soak.deliveries)
  func neitherMarksNorSilentPartitionsHoldUpTheEndOfJobs(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let all = try stage.rows(of: .recording, first: 900)
    try stage.makeInputs(all)
    // A router that begins at the end never reads these.
    let old = all.filter { $0.topic == all[0].topic }
    let rows = all.filter { $0.topic != all[0].topic }
    try stage.feed(old)
    let settings = try stage.settings {
      $0.jobs.endedAfter = .seconds(1)
      $0.jobs.topicTTL = .zero
      $0.kafka.set(KafkaProperty("auto.offset.reset", "latest"), for: .consumer)
    }
    let router = RouterHarness(settings, creator: stage.creator, cleans: true)
    let places = Array(Stage.ends(of: all).keys)
    let reader = try stage.groupReader
    let admin = try stage.admin
    func waitForTheEnds() async throws {
      try await router.wait("the ends of all partitions are committed") { _ in
        guard let committed = try? reader.committed(places, timeoutMilliseconds: 10000) else { return false }
        let ends = admin.watermarks(of: places, timeoutMilliseconds: 10000)
        return committed.allSatisfy { offset in (try? ends[offset.partition]?.get().high) == offset.offset }
      }
    }
    try await waitForTheEnds()
    try stage.feed(rows, .committed)
    try await router.waitForRows(rows.count)
    try await waitForTheEnds()
    try await router.wait("no lag") { status in
      Set(places).isSubset(of: status.lags.map(\.partition)) && status.lags.allSatisfy { $0.rows == 0 }
    }
    // What was aborted is nothing that could be waited for.
    try stage.feed(rows.prefix(5), .aborted)
    try await waitForTheEnds()
    let topics = try Self.jobTopics(stage)
    #expect(topics.count > 1)
    try await router.wait("the ends of all jobs") { _ in router.log(containing: "job ended").count >= topics.count }
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count) && totals.deadLettered == 0)
  }

  @Test(.timeLimit(.minutes(3)), arguments: Soak.deliveries)
  func ofTwoRoutersOneCleansUp(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let rows = try stage.rows(of: .recording, first: 1800)
    try stage.makeInputs(rows)
    let routers = try ["one", "two"].map { try Self.router(stage, instance: $0, timeToLive: .seconds(2)) }
    for router in routers { try await router.wait("its share") { $0.isAssigned } }
    let inputs = try stage.admin.describeCluster(timeoutMilliseconds: 30000).topics.keys
      .filter { $0.hasSuffix(stage.tag) }
    let first = TopicPartition(topic: try #require(inputs.min()), partition: 0)
    try await eventually("the shares", within: .seconds(30)) {
      routers.allSatisfy { $0.status.snapshot().isAssigned }
        && routers.count { $0.status.snapshot().assignment.contains(first) } == 1
    }
    func clean(_ part: Range<Int>, by cleaner: RouterHarness, _ others: [RouterHarness]) async throws {
      try stage.feed(rows[part])
      let topics = Set(rows[part].compactMap(Self.owner).map { $0.jobTopic(prefix: stage.prefix) })
      for done in ["job ended", "topic of an ended job deleted"] {
        try await cleaner.wait(done) { _ in
          topics.allSatisfy { topic in cleaner.log(containing: done).contains { $0.contains(topic) } }
        }
      }
      for other in others {
        #expect(other.log(containing: "job ended").isEmpty)
        #expect(other.log(containing: "topic of an ended job deleted").isEmpty)
      }
    }
    let cleaner = try #require(routers.first { $0.status.snapshot().assignment.contains(first) })
    let other = try #require(routers.first { $0 !== cleaner })
    try await clean(0..<900, by: cleaner, [other])
    try await cleaner.stop()
    try await other.wait("all partitions", within: .seconds(60)) { $0.assignment.contains(first) }
    try await clean(900..<1800, by: other, [])
    try await other.stop()
    // Every row is in its user's topic, and no dead letter is anywhere.
    let found = try stage.outputs()
    #expect(Set(found.filter { $0.topic.hasSuffix(".rows") }.map(\.key)) == Set(rows.map(\.key)))
    #expect(!found.contains { $0.topic == stage.deadLetters })
  }

  @Test(.timeLimit(.minutes(2))) func missingRightsAreNamedAndHoldUpNothing() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.sasl), as: .router)
    let rows = try stage.rows(of: .recording, first: 600)
    func rule(_ resource: String, _ pattern: AccessRule.Pattern, _ operation: AccessRule.Operation) -> AccessRule {
      AccessRule(.topic, pattern, resource, principal: "User:router", operation: operation)
    }
    let own = stage.prefix + "."
    let rules =
      [AccessRule(.group, .literal, stage.group, principal: "User:router", operation: .read)]
      + [AccessRule.Operation.create, .write].map { rule(own, .prefixed, $0) }
      + Set(rows.map(\.topic)).map { rule($0, .literal, .read) }
    #expect(try stage.admin.createAccessRules(rules, timeoutMilliseconds: 30000).isEmpty)
    try await stage.waitForRights()
    try stage.makeInputs(rows)
    try stage.feed(rows[..<300])
    let router = try Self.router(stage, timeToLive: .seconds(1))
    try await router.waitForRows(300)
    let users = "on topics that begin with \(stage.prefix).user."
    try await router.wait("the missing right to read") { _ in
      router.log(containing: "The router needs READ \(users)").count == 1
    }
    #expect(router.log(containing: "job ended").isEmpty)
    #expect(try stage.admin.createAccessRules([rule(own, .prefixed, .read)], timeoutMilliseconds: 30000).isEmpty)
    try await router.wait("the missing right to delete") { _ in
      router.log(containing: "The router needs DELETE \(users)").count == 1
    }
    let topics = try Self.jobTopics(stage)
    #expect(!topics.isEmpty)
    #expect(try stage.admin.createAccessRules([rule(own, .prefixed, .delete)], timeoutMilliseconds: 30000).isEmpty)
    try await router.wait("the end of all job topics") { _ in (try? Self.jobTopics(stage))?.isEmpty == true }
    try stage.feed(rows[300...])
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
  }
}
