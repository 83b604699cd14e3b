import Jobs
import Kafka
import MetricRouter
import RouterConfiguration
import Runtime
import Synchronization
import TestSupport
import Testing
import Topics

/// Rows that come in the very moment in which the topic of their job is deleted, on Apache Kafka.
@Suite(.requiresKafka) struct TopicClosingTests {
  private static func router(
    _ stage: Stage, timeToLive: Duration = .seconds(2), creator: (any TopicCreating)? = nil,
    onCleaning: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> RouterHarness {
    let settings = try stage.settings {
      $0.jobs.endedAfter = .seconds(1)
      $0.jobs.topicTTL = timeToLive
    }
    return RouterHarness(settings, creator: creator ?? stage.creator, cleans: true, onCleaning: onCleaning)
  }

  /// One job's rows of the recording.
  private struct Job {
    var rows: [InputRow]
    var owner: ExpectedOwner
    var topic: String
  }

  private static func job(_ stage: Stage) throws -> Job {
    let recorded = try stage.rows(of: .recording, first: 900)
    let owner = try #require(ExpectedOwner(row: recorded[0].payload))
    let rows = recorded.filter { ExpectedOwner(row: $0.payload)?.job == owner.job }
    return Job(
      rows: InputRow.numbered(rows.prefix(60)), owner: owner, topic: owner.jobTopic(prefix: stage.prefix))
  }

  private static func keys(_ stage: Stage, in topic: String) throws -> Set<String> {
    Set(try stage.outputs().filter { $0.topic == topic && !$0.payload.isEmpty }.map(\.key))
  }

  /// The rows are consumed after the last look at the topic's end, and before the request to delete it is sent.
  @Test(.timeLimit(.minutes(2)), arguments: Configuration.Delivery.allCases)
  func aRowThatComesWhileItsTopicIsDeletedIsInTheNextOne(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let job = try Self.job(stage)
    let (rows, topic) = (job.rows, job.topic)
    let early = Array(rows[..<40])
    let late = Array(rows[40...])
    try stage.makeInputs(rows)
    try stage.feed(early)
    let router = Mutex<RouterHarness?>(nil)
    let isFed = Mutex(false)
    let made = try Self.router(stage) { line in
      guard line.contains("deleting topics of ended jobs"), isFed.withLock({ !$0 }) else { return }
      isFed.withLock { $0 = true }
      guard let router = router.withLock({ $0 }) else { return }
      try? stage.feed(late)
      // A router that sends them at once is given the time to do so.
      try? eventuallyBlocking("the rows", within: .seconds(5)) {
        let status = router.status.snapshot()
        return status.waitingRows == late.count || status.totals.routed == UInt64(rows.count)
      }
    }
    router.withLock { $0 = made }
    defer { router.withLock { $0 = nil } }
    try await made.waitForRows(rows.count)
    try await made.wait("the end of the first topic") { _ in
      made.log(containing: "topic of an ended job deleted").contains { $0.contains(topic) }
    }
    let found = try Self.keys(stage, in: topic)
    #expect(found == Set(late.map(\.key)), "the rows that came too late for the first topic are in the second")
    let totals = try await made.stop()
    #expect(totals.routed == UInt64(rows.count) && totals.deadLettered == 0)
    #expect(Set(try stage.outputs().filter { $0.topic.hasSuffix(".rows") }.map(\.key)) == Set(rows.map(\.key)))
  }

  /// As long as a row waits, the loop cannot say that none is on its way.
  @Test(.timeLimit(.minutes(2))) func aTopicStaysWhileRowsAreOnTheirWay() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let job = try Self.job(stage)
    let other = try #require(
      try stage.rows(of: .recording, first: 900).first { row in
        ExpectedOwner(row: row.payload).map { $0.user != job.owner.user } ?? false
      })
    let rows = InputRow.numbered(job.rows[..<40] + [other] + job.rows[40...])
    try stage.makeInputs(rows)
    try stage.feed(rows[..<40])
    let gate = Gate()
    let others = ".user.\(try #require(ExpectedOwner(row: other.payload)).user)."
    let creator = FaultyCreator(stage.creator) { $0.contains(others) ? .unavailable(gate) : nil }
    let router = try Self.router(stage, timeToLive: .seconds(3), creator: creator)
    try await router.wait("the job's end") { _ in !router.log(containing: "job ended").isEmpty }
    try stage.feed(rows[40...40])
    try await router.wait("the row that waits") { $0.waitingRows == 1 }
    try await router.wait("a topic that stays") { _ in
      !router.log(containing: "rows for topics of ended jobs are under way").isEmpty
    }
    // It was reopened: its rows are sent again.
    try stage.feed(rows[41...])
    try await router.wait("the job's rows") { _ in
      (try? Self.keys(stage, in: job.topic))?.count == rows.count - 1
    }
    gate.open()
    try await router.waitForRows(rows.count)
    try await router.wait("the end of all job topics", within: .seconds(60)) { _ in
      (try? stage.outputTopics())?.keys.contains { $0.contains(".job.") } == false
    }
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count) && totals.deadLettered == 0)
  }

  /// Between two looks somebody deletes a job's topic, and it comes back with as many messages as it had.
  @Test(.timeLimit(.minutes(2))) func aTopicThatWasRecreatedIsNotMistakenForTheOldOne() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let job = try Self.job(stage)
    let rows = Array(job.rows[..<10])
    try stage.makeInputs(rows)
    try stage.feed(rows)
    // As many as the rows and the message that the job has ended.
    let others = job.rows[..<11].map { row in
      var row = row
      (row.topic, row.partition) = (job.topic, 0)
      return row
    }
    let isMadeAgain = Mutex(false)
    let router = try Self.router(stage) { line in
      guard line.contains("job ended"), isMadeAgain.withLock({ !$0 }) else { return }
      isMadeAgain.withLock { $0 = true }
      _ = try? stage.admin.deleteTopics([job.topic], timeoutMilliseconds: 30000)
      try? eventuallyBlocking("the topic again", within: .seconds(30)) {
        (try? stage.makeTopics([job.topic: 1])) != nil
      }
      try? stage.feed(others)
      // What was known of the first topic says that its time is over.
      Thread.sleep(milliseconds: 2000)
    }
    try await router.wait("the deletion") { _ in
      router.log(containing: "topic of an ended job deleted").contains { $0.contains(job.topic) }
    }
    #expect(router.log(containing: "job ended").count == 2, "the second topic has had its own end and its own time")
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count) && totals.deadLettered == 0)
  }
}
