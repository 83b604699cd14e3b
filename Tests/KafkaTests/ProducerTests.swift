import Foundation
import Kafka
import Runtime
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ProducerTests {
  @Test func aFullQueueHoldsBackAndLosesNothing() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("full", partitions: 1)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer(["queue.buffering.max.messages": "50"])
      let handle = try producer.topic(named: "full")
      var reports: [Report] = []
      var refusals = 0
      for number in 0..<2000 {
        while let code = producer.send("row \(number)", to: handle, tag: UInt(number)) {
          #expect(code == .queueFull)
          refusals += 1
          producer.poll(timeoutMilliseconds: 100) { reports.append(Report($0)) }
        }
        #expect(number + 1 - reports.count <= 50)
      }
      reports += try producer.settle()
      #expect(refusals > 0)
      #expect(reports.map(\.tag) == Array(0..<2000))
      #expect(reports.map(\.offset) == Array(0..<2000))
      #expect(try clients.readAll("full").map(\.text) == (0..<2000).map { "row \($0)" })
    }
  }

  /// The broker does not lead the partition yet when the first batch comes, and does when the second comes: librdkafka
  /// takes both for stored.
  @Test func whatNoBrokerAcknowledgedIsUnproven() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("new", partitions: 1)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer(["batch.num.messages": "1", "linger.ms": "0"])
      let handle = try producer.topic(named: "new")
      // NOT_LEADER_FOR_PARTITION, which comes so late that the other batches are under way by then.
      broker.failNext(.produce, with: [KafkaErrorCode(rawValue: 6)])
      broker.setRoundTripTime(ofBroker: 1, milliseconds: 200)
      for number in 0..<3 { #expect(producer.send("row \(number)", to: handle, tag: UInt(number)) == nil) }
      let reports = try producer.settle()
      let stored = Set(try clients.readAll("new").map(\.text))
      #expect(reports.count == 3)
      #expect(reports.contains { $0.error == .unproven })
      for report in reports where report.error == nil { #expect(stored.contains("row \(report.tag)")) }
      #expect(KafkaErrorCode.unproven.name == "_UNPROVEN" && KafkaErrorCode.unproven.remedy == .retry)
    }
  }

  /// The same with a real broker: topics that are written to as soon as they can be seen.
  @Test(.requiresKafka) func whatIsSaidToBeStoredInNewTopicsIs() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let admin = try AdminClient(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap]), observer: SilentObserver())
    let producer = try Producer(
      properties: ClientProperties([
        "bootstrap.servers": cluster.bootstrap, "batch.num.messages": "1", "linger.ms": "0",
      ]), observer: SilentObserver())
    var (stored, unproven): ([String: [Int64]], Int) = ([:], 0)
    for round in 0..<20 {
      let names = (0..<20).map { "new-\(UUID().uuidString.prefix(8))-\(round)-\($0)" }
      _ = try admin.createTopics(
        names.map { NewTopic(name: $0, partitions: 1, replication: 1) }, timeoutMilliseconds: 30000)
      for name in names {
        let handle = try producer.topic(named: name)
        for number in 0..<5 { #expect(producer.send("row \(number)", to: handle, tag: UInt(number)) == nil) }
      }
      let isDone = producer.flush(timeoutMilliseconds: 30000) { report in
        if report.error == .unproven { unproven += 1 }
        if report.error == nil { stored[report.topic, default: []].append(report.offset) }
      }
      #expect(isDone)
    }
    print("\(unproven) of 2000 rows were reported as stored although no broker had said so")
    for (name, offsets) in stored {
      let end = try admin.watermarks(of: TopicPartition(topic: name, partition: 0), timeoutMilliseconds: 30000).high
      #expect(Set(offsets).count == offsets.count && Int64(offsets.count) <= end, "\(name)")
    }
  }

  @Test func pollDoesNotBlock() throws {
    let producer = try Clients.ofNobody().producer(["message.timeout.ms": "60000"])
    #expect(producer.send("waits", to: try producer.topic(named: "topic")) == nil)
    let before = MonotonicClock.milliseconds()
    for _ in 0..<1000 {
      #expect(producer.poll(timeoutMilliseconds: 0) { _ in Issue.record("a report without a broker") } == 0)
    }
    #expect(MonotonicClock.milliseconds() - before < 5000, "a message waits for a minute")
    #expect(producer.unansweredCount == 1)
  }

  @Test func flushKeepsItsDeadlineWithoutABroker() throws {
    let producer = try Clients.ofNobody().producer(["message.timeout.ms": "60000"])
    #expect(producer.send("waits", to: try producer.topic(named: "topic")) == nil)
    for limit: Int64 in [0, 50, 300] {
      let before = MonotonicClock.milliseconds()
      #expect(!producer.flush(timeoutMilliseconds: Int(limit)) { _ in Issue.record("a report without a broker") })
      let took = MonotonicClock.milliseconds() - before
      #expect(took >= limit && took < limit + 3000)
    }
    var reports: [Report] = []
    producer.purge()
    #expect(producer.flush(timeoutMilliseconds: 5000) { reports.append(Report($0)) })
    #expect(reports.map(\.error) == [.purgedFromQueue])
  }

  @Test func flushDoesNotWaitForLinger() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("linger", partitions: 1)
    try await onOwnThread {
      let producer = try Clients(broker).producer(["linger.ms": "30000"])
      let handle = try producer.topic(named: "linger")
      #expect(producer.send("first", to: handle) == nil)
      // The connection and the producer's id take their time; the second row meets neither.
      _ = try producer.settle()
      #expect(producer.send("second", to: handle) == nil)
      let before = MonotonicClock.milliseconds()
      _ = try producer.settle(within: 5000)
      #expect(MonotonicClock.milliseconds() - before < 4000)
    }
  }

  @Test func aRowAboveTheClientsLimitIsRejectedAtOnce() throws {
    let producer = try Clients.ofNobody().producer(["message.max.bytes": "2000"])
    let handle = try producer.topic(named: "topic")
    #expect(producer.send([UInt8](repeating: 1, count: 3000), to: handle) == .messageTooLarge)
    #expect(
      producer.send([1], to: handle, headers: [MessageHeader("h", bytes: .init(repeating: 1, count: 3000))])
        == .messageTooLarge)
    // No report will follow. What waits otherwise are errors: nobody answers at that address.
    try eventuallyBlocking("the end of what waits", within: .seconds(10)) {
      #expect(producer.poll(timeoutMilliseconds: 0) { _ in } == 0)
      return producer.unansweredCount == 0
    }
  }

  @Test(.requiresKafka) func aRowAboveTheTopicsLimitIsReported() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let producer = try clients.producer()
      let handle = try producer.topic(named: clients.makeTopic(settings: ["max.message.bytes": "1000"]))
      #expect(producer.send([UInt8](repeating: 1, count: 5000), to: handle, tag: 1) == nil)
      #expect(try producer.settle().map(\.error) == [.messageTooLarge])
      #expect(producer.send([1], to: handle, tag: 2) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
    }
  }

  @Test(.requiresKafka) func aRowFromTheFutureIsReported() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let producer = try clients.producer()
      let handle = try producer.topic(named: clients.makeTopic())
      let now = TimeOfDay.milliseconds
      #expect(producer.send([1], to: handle, timestamp: now + 2 * 3_600_000) == nil)
      #expect(try producer.settle().map(\.error) == [.invalidTimestamp])
      #expect(producer.send([1], to: handle, timestamp: now - 5 * 365 * 86_400_000) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
    }
  }

  @Test(.requiresKafka) func aTombstoneWithoutAKeyIsRejectedByACompactedTopic() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let producer = try clients.producer()
      let handle = try producer.topic(named: clients.makeTopic(settings: ["cleanup.policy": "compact"]))
      #expect(producer.send(nil, to: handle) == nil)
      #expect(try producer.settle().map(\.error) == [.invalidRecord])
    }
  }

  @Test(.requiresKafka) func aTopicThatDoesNotExistIsReportedAndNotMade() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let producer = try clients.producer([
        "topic.metadata.propagation.max.ms": "500", "topic.metadata.refresh.interval.ms": "300",
      ])
      let name = Name.unique("missing")
      #expect(producer.send([1], to: try producer.topic(named: name)) == nil)
      #expect(try producer.settle().map(\.error) == [.unknownTopicOrPartition])
      #expect(try clients.admin().describeTopic(name, timeoutMilliseconds: 10_000) == nil)
    }
  }

  @Test(.requiresKafka) func aTopicDeletedUnderAHandleIsReportedAndComesBack() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let producer = try clients.producer([
        "topic.metadata.propagation.max.ms": "300", "topic.metadata.refresh.interval.ms": "300",
      ])
      let name = try clients.makeTopic()
      let handle = try producer.topic(named: name)
      #expect(producer.send("before", to: handle) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
      #expect(try clients.admin().deleteTopics([name], timeoutMilliseconds: 10_000).map(\.error) == [nil])
      var codes: Set<KafkaErrorCode> = []
      var refusal: KafkaErrorCode?
      try eventuallyBlocking("a refusal at once") {
        refusal = producer.send("after", to: handle)
        for report in try producer.settle() where report.error != nil { codes.insert(report.error ?? .none) }
        return refusal != nil
      }
      #expect(refusal == .unknownTopic)
      // A row that comes in the very moment of the deletion may be answered without an offset.
      #expect(codes.isSubset(of: [.unknownPartition, .unknownTopicOrPartition, .unknownTopic, .unproven]))
      try clients.makeTopic(name)
      try eventuallyBlocking("rows arrive again", within: .seconds(20)) {
        guard producer.send("again", to: handle) == nil else { return false }
        return try producer.settle().allSatisfy { $0.error == nil }
      }
      #expect(producer.fatalError == nil)
      #expect(try clients.readAll(name).last?.text == "again")
    }
  }

  @Test(.requiresKafka) func aTopicThatMayNotBeWrittenIsReportedAlone() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let owner = Clients(cluster)
      let open = try owner.makeTopic()
      let closed = try owner.makeTopic()
      let rule = AccessRule(.topic, .literal, open, principal: "User:userA", operation: .write)
      #expect(try owner.admin().createAccessRules([rule], timeoutMilliseconds: 10_000).isEmpty)
      let producer = try Clients(cluster, as: .userA).producer()
      #expect(producer.send("refused", to: try producer.topic(named: closed), tag: 1) == nil)
      #expect(producer.send("taken", to: try producer.topic(named: open), tag: 2) == nil)
      let reports = try producer.settle().sorted { $0.tag < $1.tag }
      #expect(reports.map(\.error) == [.topicAuthorizationFailed, nil])
      #expect(producer.fatalError == nil)
    }
  }

  @Test func aPartitionThatDoesNotExistIsRejected() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("two", partitions: 2)
    try await onOwnThread {
      let producer = try Clients(broker).producer()
      let handle = try producer.topic(named: "two")
      #expect(producer.send("known", to: handle, partition: 1) == nil)
      _ = try producer.settle()
      #expect(producer.send("unknown", to: handle, partition: 2) == .unknownPartition)
      #expect(
        producer.send([1], to: handle, partition: 2, headers: [MessageHeader("h", "v")]) == .unknownPartition)
    }
  }

  @Test func aFatalErrorStopsTheProducerAndIsReported() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("fatal", partitions: 1)
    try await onOwnThread {
      let observer = NotingObserver()
      let producer = try Clients(broker).producer(observer: observer)
      let handle = try producer.topic(named: "fatal")
      #expect(producer.fatalError == nil)
      producer.injectFatalError(KafkaErrorCode(rawValue: 45), reason: "for a test")
      let error = try #require(producer.fatalError)
      #expect(error.code.name == "OUT_OF_ORDER_SEQUENCE_NUMBER")
      #expect(error.remedy == .fatal)
      #expect(error.reason == "test_fatal_error: for a test")
      #expect(producer.send("refused", to: handle) == .fatal)
      producer.poll(timeoutMilliseconds: 1000) { _ in }
      #expect(observer.errors.first == error)
    }
  }

  /// `rd_kafka_produceva` frees headers twice on an error; `rd_kafka_producev` must leave them to its caller.
  @Test func headersOfRefusedRowsAreFreedOnce() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("two", partitions: 2)
    try await onOwnThread {
      let producer = try Clients(broker).producer(["message.max.bytes": "2000", "queue.buffering.max.messages": "10"])
      let handle = try producer.topic(named: "two")
      #expect(producer.send("known", to: handle, partition: 1) == nil)
      _ = try producer.settle()
      let headers = [MessageHeader("header", bytes: [UInt8](repeating: 1, count: 1000))]
      let large = [UInt8](repeating: 2, count: 3000)
      func refuse(_ count: Int) {
        for _ in 0..<count {
          #expect(producer.send([1], to: handle, partition: 2, headers: headers) == .unknownPartition)
          #expect(producer.send(large, to: handle, headers: headers) == .messageTooLarge)
        }
      }
      refuse(2000)
      let before = try Memory.residentBytes()
      refuse(20_000)
      // 40,000 lists of headers, had they been lost, take 40 MB and more.
      #expect(try Memory.residentBytes() - before < 10 << 20)
      producer.injectFatalError(.fenced, reason: "for a test")
      for _ in 0..<1000 { #expect(producer.send([1], to: handle, headers: headers) == .fatal) }
    }
  }
}
