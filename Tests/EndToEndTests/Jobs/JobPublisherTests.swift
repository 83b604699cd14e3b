import Kafka
import Naming
import Runtime
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter
@testable import RouterConfiguration

/// Messages of the index that librdkafka takes for stored though no broker has said so (`KafkaErrorCode.unproven`): there
/// is no later one that would make up for them where a job has no more rows.
@Suite(.timeLimit(.minutes(1))) struct JobPublisherTests {
  private static let jobs: [UInt64] = [501, 502, 503, 504, 505]

  private let stage: Stage
  private let index: JobIndex
  private let lines = CapturedLog()
  private let publisher: JobPublisher

  private var saysUnproven: Bool { lines.text.contains("publishing it again code=_UNPROVEN") }

  /// A publisher whose first message comes before the broker leads the partition, with the others close behind it.
  init() async throws {
    stage = try Stage()
    try stage.makeTopics([stage.jobIndex: 1])
    let settings = try stage.settings { $0.kafka.set(KafkaProperty("batch.num.messages", "1"), for: .producer) }
    index = JobIndex(settings.jobIndex)
    publisher = try JobPublisher(settings.jobIndex, log: lines.log, observer: SilentObserver())
    // It has its connections then, and what follows is not held up by them.
    publisher.publishTombstone(key(500))
    let (index, publisher, stage) = (index, publisher, stage)
    try await eventually("the first message", within: .seconds(20)) {
      var receipts = ClaimReceipts()
      publisher.publish(index, nil, &receipts, now: MonotonicClock.milliseconds())
      return try stage.indexMessages().count == 1
    }
    let broker = try #require(stage.broker)
    // NOT_LEADER_FOR_PARTITION
    broker.failNext(.produce, with: [KafkaErrorCode(rawValue: 6)])
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 100)
  }

  private func addJobs() {
    index.edit { ledger in
      for job in Self.jobs {
        let place = ledger.add(JobKey(user: Name("userA"), job: Name(String(job))))
        ledger.update(place) { share in
          share.schemas = [JobShare.Schema(name: "loadavg", rows: job)]
          return false
        }
      }
    }
  }

  /// Publishes until the index's topic holds a share of each job, and tombstones of these.
  private func publishAll(_ publisher: JobPublisher, buried: [UInt64] = []) async throws {
    let shares = Self.jobs.map { (key($0), true) }
    let expected = Dictionary(uniqueKeysWithValues: shares + buried.map { (key($0), false) })
    try await eventually("all shares", within: .seconds(20)) {
      publish(publisher)
      return try published() == expected
    }
  }

  /// Publishes until a message was not acknowledged; then the broker is quick again.
  private func publishUntilTrouble() async throws {
    try await eventually("a message without an answer", within: .seconds(20)) {
      publish(publisher)
      return saysUnproven
    }
    stage.broker?.setRoundTripTime(ofBroker: 1, milliseconds: 0)
  }

  /// Publishes as if a second had gone by, so that all shares may go at once.
  private func publish(_ publisher: JobPublisher) {
    var receipts = ClaimReceipts()
    publisher.publish(index, nil, &receipts, now: MonotonicClock.milliseconds() + 1000)
  }

  /// The keys in the index's topic, and whether they have a share.
  private func published() throws -> [String: Bool] {
    var messages = try stage.indexMessages()
    messages[key(500)] = nil
    return messages.mapValues { !$0.isEmpty }
  }

  private func key(_ job: UInt64) -> String { "job/userA/\(job)/one" }

  @Test func sharesArePublishedAgain() async throws {
    addJobs()
    try await publishUntilTrouble()
    try await publishAll(publisher)
    for (key, text) in try stage.indexMessages() where key != self.key(500) {
      #expect(Self.jobs.contains { key == self.key($0) && text.contains("\"rows\":\($0)") }, "\(key): \(text)")
    }
  }

  /// Who leaves has no second occasion.
  @Test func sharesArePublishedAgainBeforeTheRouterLeaves() throws {
    addJobs()
    var receipts = ClaimReceipts()
    publisher.leave(index, nil, &receipts, withShares: true)
    #expect(saysUnproven)
    stage.broker?.setRoundTripTime(ofBroker: 1, milliseconds: 0)
    #expect(try published() == Dictionary(uniqueKeysWithValues: Self.jobs.map { (key($0), true) }))
  }

  @Test func tombstonesArePublishedAgain() async throws {
    for job in Self.jobs { publisher.publishTombstone(key(job)) }
    try await publishUntilTrouble()
    try await eventually("all tombstones", within: .seconds(20)) {
      publish(publisher)
      return try published() == Dictionary(uniqueKeysWithValues: Self.jobs.map { (key($0), false) })
    }
  }

  /// Brokers are away: what finds no room in the queue is not forgotten.
  @Test func whatFindsNoRoomWaits() async throws {
    let settings = try stage.settings {
      $0.kafka.set(KafkaProperty("queue.buffering.max.messages", "2"), for: .producer)
    }
    let publisher = try JobPublisher(settings.jobIndex, log: lines.log, observer: SilentObserver())
    let broker = try #require(stage.broker)
    broker.clearFailures(of: .produce)
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 0)
    broker.setBroker(1, up: false)
    addJobs()
    for job in 601...603 as ClosedRange<UInt64> { publisher.publishTombstone(key(job)) }
    publish(publisher)
    #expect(index.edit { $0.hasUnpublished })
    broker.setBroker(1, up: true)
    try await publishAll(publisher, buried: [601, 602, 603])
  }
}
