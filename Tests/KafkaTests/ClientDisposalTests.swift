import Runtime
import TestSupport
import Testing

@testable import Kafka

/// Nobody waits for the end of a client for ever.
@Suite(.timeLimit(.minutes(1))) struct ClientDisposalTests {
  @Test func waitsForAnEndThatComes() async throws {
    try await onOwnThread {
      let ended = Gate()
      #expect(ClientDisposal.run(patienceMilliseconds: 20000) { ended.open() })
      #expect(ended.isOpened)
    }
  }

  @Test func continuesWithoutAnEndThatNeverComes() async throws {
    try await onOwnThread {
      let never = Gate()
      defer { never.open() }
      let before = MonotonicClock.milliseconds()
      #expect(!ClientDisposal.run(patienceMilliseconds: 100) { never.wait() })
      #expect((100..<20000).contains(MonotonicClock.milliseconds() - before))
      #expect(!ClientDisposal.run(patienceMilliseconds: 0) { never.wait() })
    }
  }

  /// librdkafka 2.0.2 may never destroy this consumer: a broker thread keeps running.
  @Test(.requiresKafka) func aReaderWhoseTopicsAreDeletedHoldsUpNobody() async throws {
    let clients = Clients(try await KafkaCluster.shared(.one))
    try await onOwnThread {
      let admin = try clients.admin()
      let stem = Name.unique("gone")
      let names = (0..<20).map { "\(stem)-\($0)" }
      let topics = names.map { NewTopic(name: $0, partitions: 1, replication: nil, settings: [:]) }
      for outcome in try admin.createTopics(topics, timeoutMilliseconds: 20000) { #expect(outcome.error == nil) }
      let observer = NotingObserver()
      var consumer: Consumer? = try clients.consumer(
        Name.unique("reader"), ["enable.partition.eof": "true"], observer: observer)
      try consumer?.assign(names.map { TopicPartitionOffset(TopicPartition(topic: $0, partition: 0), offset: 0) })
      var ends: Set<String> = []
      try eventuallyBlocking("the ends of all topics", within: .seconds(30)) {
        if case .end(let partition, _)? = try consumer?.pollItem(timeoutMilliseconds: 100) {
          ends.insert(partition.topic)
        }
        return ends.count == names.count
      }
      for outcome in try admin.deleteTopics(names, timeoutMilliseconds: 20000) { #expect(outcome.error == nil) }
      try eventuallyBlocking("the topics are gone", within: .seconds(30)) {
        _ = try? consumer?.pollItem(timeoutMilliseconds: 100)
        return try admin.describeTopic(names[names.count - 1], timeoutMilliseconds: 10000) == nil
      }
      let before = MonotonicClock.milliseconds()
      consumer = nil
      let waited = MonotonicClock.milliseconds() - before
      #expect(waited < 20000)
      // Who was not waited for to the end is named.
      let isNamed = observer.lines.contains { $0.facility == "DESTROY" && $0.severity == 4 }
      #expect(isNamed == (waited >= ClientDisposal.patienceMilliseconds))
    }
  }
}
