import Foundation
import Kafka
import Runtime
import TestSupport
import Testing

/// Positions, pauses and commits of one consumer; the partitions are assigned by hand, so no group takes its time.
@Suite(.timeLimit(.minutes(1))) struct ConsumerTests {
  private static func fill(_ clients: Clients, _ topic: String, partitions: Int32, rows: Int) throws {
    let producer = try clients.producer()
    let handle = try producer.topic(named: topic)
    for number in 0..<rows {
      for partition in 0..<partitions {
        #expect(producer.send("\(partition).\(number)", to: handle, partition: partition) == nil)
      }
    }
    #expect(try producer.settle().allSatisfy { $0.error == nil })
  }

  private static func withTopic(
    partitions: Int32, rows: Int, _ body: @Sendable (Clients, [TopicPartition]) throws -> Void
  ) async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: partitions)
    try await onOwnThread {
      let clients = Clients(broker)
      try fill(clients, "topic", partitions: partitions, rows: rows)
      try body(clients, (0..<partitions).map { TopicPartition(topic: "topic", partition: $0) })
    }
  }

  @Test func aPausedPartitionGivesNoRowUntilItIsResumed() async throws {
    try await Self.withTopic(partitions: 2, rows: 100) { clients, partitions in
      let consumer = try clients.consumer()
      try consumer.assign(partitions.map { TopicPartitionOffset($0, offset: 0) })
      _ = try consumer.read(10)
      try consumer.pause(partitions)
      for _ in 0..<20 { #expect(try consumer.poll(timeoutMilliseconds: 10) == nil) }
      #expect(try consumer.assignment() == partitions)
      try consumer.resume([partitions[1]])
      var rows = try consumer.read(1)
      #expect(rows.map(\.partition) == [1])
      try consumer.resume([partitions[0]])
      rows += try consumer.read(189)
      // Nothing is lost and nothing comes twice, though what was fetched ahead was dropped.
      for partition: Int32 in 0..<2 {
        let texts = rows.filter { $0.partition == partition }.compactMap(\.text)
        #expect(texts == (100 - texts.count..<100).map { "\(partition).\($0)" })
      }
    }
  }

  @Test func pauseAndResumePassOverWhatIsNotAssigned() async throws {
    try await Self.withTopic(partitions: 1, rows: 1) { clients, partitions in
      let consumer = try clients.consumer()
      try consumer.pause(partitions)
      try consumer.resume([TopicPartition(topic: "other", partition: 7)])
      #expect(try consumer.assignment() == [])
    }
  }

  @Test func seeksBackAndForth() async throws {
    try await Self.withTopic(partitions: 1, rows: 50) { clients, partitions in
      let consumer = try clients.consumer()
      try consumer.assign([TopicPartitionOffset(partitions[0], offset: 0)])
      #expect(try consumer.read(20).last?.offset == 19)
      try consumer.seek([TopicPartitionOffset(partitions[0], offset: 5)], timeoutMilliseconds: 5000)
      #expect(try consumer.read(3).map(\.offset) == [5, 6, 7])
      try consumer.seek([TopicPartitionOffset(partitions[0], offset: 48)], timeoutMilliseconds: 5000)
      #expect(try consumer.read(2).map(\.text) == ["0.48", "0.49"])
      try consumer.seek(
        [TopicPartitionOffset(partitions[0], offset: TopicPartitionOffset.beginning)], timeoutMilliseconds: 5000)
      #expect(try consumer.read(1).map(\.offset) == [0])
    }
  }

  @Test func cannotSeekWhatIsNotAssigned() async throws {
    try await Self.withTopic(partitions: 1, rows: 1) { clients, partitions in
      let consumer = try clients.consumer()
      let error = #expect(throws: KafkaError.self) {
        try consumer.seek([TopicPartitionOffset(partitions[0], offset: 0)], timeoutMilliseconds: 1000)
      }
      #expect(error?.operation == "seek of topic/0")
      #expect(error?.remedy == .giveUp)
    }
  }

  @Test func readsOnFromWhatWasCommitted() async throws {
    try await Self.withTopic(partitions: 2, rows: 10) { clients, partitions in
      let delegate = NotingDelegate()
      let consumer = try clients.consumer("committers")
      consumer.delegate = delegate
      try consumer.assign(partitions.map { TopicPartitionOffset($0, offset: 0) })
      let none = partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.invalid) }
      #expect(try consumer.committed(partitions, timeoutMilliseconds: 5000) == none)
      _ = try consumer.read(20)

      let first = [TopicPartitionOffset(partitions[0], offset: 3)]
      try consumer.commit(first)
      try consumer.poll(until: "an answer to the commit") { !delegate.notes.isEmpty }
      #expect(delegate.notes == [.committed(first, nil)])
      #expect(delegate.threads == [pthread_self()])

      delegate.forget()
      let second = [TopicPartitionOffset(partitions[1], offset: 7)]
      try consumer.commitAndWait(second)
      for _ in 0..<10 { _ = try consumer.poll(timeoutMilliseconds: 10) }
      #expect(delegate.notes == [])
      #expect(try consumer.committed(partitions, timeoutMilliseconds: 5000) == first + second)

      let next = try clients.consumer("committers")
      try next.assign(partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.stored) })
      let rows = try next.read(7 + 3)
      #expect(rows.filter { $0.partition == 0 }.map(\.offset) == Array(3..<10))
      #expect(rows.filter { $0.partition == 1 }.map(\.offset) == Array(7..<10))
    }
  }

  @Test func offsetsAreCommittedByNobodyElse() async throws {
    try await Self.withTopic(partitions: 1, rows: 10) { clients, partitions in
      let properties: ClientProperties = [
        "enable.auto.commit": "true", "auto.commit.interval.ms": "10", "enable.auto.offset.store": "true",
      ]
      let consumer = try clients.consumer("automatic", properties)
      try consumer.assign([TopicPartitionOffset(partitions[0], offset: 0)])
      _ = try consumer.read(10)
      for _ in 0..<20 { _ = try consumer.poll(timeoutMilliseconds: 10) }
      #expect(consumer.leave(timeoutMilliseconds: 5000))
      let committed = try clients.consumer("automatic").committed(partitions, timeoutMilliseconds: 5000)
      #expect(committed == [TopicPartitionOffset(partitions[0], offset: TopicPartitionOffset.invalid)])
    }
  }

  @Test func nothingToCommitIsReported() async throws {
    try await Self.withTopic(partitions: 1, rows: 1) { clients, partitions in
      let consumer = try clients.consumer()
      let nothing = [TopicPartitionOffset(partitions[0], offset: TopicPartitionOffset.invalid)]
      #expect(throws: KafkaError(.noOffset, operation: "commit offsets")) { try consumer.commitAndWait(nothing) }
      #expect(throws: KafkaError(.noOffset, operation: "commit offsets")) { try consumer.commitAndWait([]) }
    }
  }

  @Test func aCommitWithoutABrokerKeepsItsDeadline() throws {
    let consumer = try Clients.ofNobody().consumer()
    let before = MonotonicClock.milliseconds()
    let offsets = [TopicPartitionOffset(TopicPartition(topic: "topic", partition: 0), offset: 1)]
    #expect(throws: KafkaError(.timedOut, operation: "commit offsets")) {
      try consumer.commitAndWait(offsets, timeoutMilliseconds: 200)
    }
    #expect(throws: KafkaError.self) {
      try consumer.committed([TopicPartition(topic: "topic", partition: 0)], timeoutMilliseconds: 200)
    }
    // The commit is still under way; the end of the consumer does not wait for it.
    #expect(!consumer.leave(timeoutMilliseconds: 200))
    #expect(MonotonicClock.milliseconds() - before < 5000)
  }

  @Test(arguments: [[], [""], ["topic\0"], ["a", "a"], ["^["]])
  func refusesASubscriptionThatCannotBeMeant(topics: [String]) throws {
    let consumer = try Clients.ofNobody().consumer()
    let error = #expect(throws: KafkaError.self) { try consumer.subscribe(to: topics) }
    #expect(error?.code == .invalidArgument)
    #expect(consumer.leave(timeoutMilliseconds: 5000))
  }
}
