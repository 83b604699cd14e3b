import Kafka
import Runtime
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EmbeddedBrokerTests {
  /// What a broker answers that has the row, or not; each is sent again, in order, and stands there once.
  ///
  /// One request at a time: with more the embedded broker loses rows (its comment says why). That a real one does not is
  /// proven by the end-to-end tests that stop and kill brokers.
  @Test(
    arguments: [[5, 6, 56], [19, 20, 19, 20], [7, 7, 7, 7, 7, 7, 7, 7], [6, 7, 20, 5, 7]] as [[Int32]])
  func failedRequestsLoseAndReorderNothing(codes: [Int32]) async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer([
        "retry.backoff.ms": "10", "batch.num.messages": "5",
        "max.in.flight.requests.per.connection": "1",
      ])
      let handle = try producer.topic(named: "topic")
      #expect(producer.send("first", to: handle) == nil)
      _ = try producer.settle()
      broker.failNext(.produce, with: codes.map(KafkaErrorCode.init(rawValue:)))
      for number in 0..<100 { #expect(producer.send("\(number)", to: handle, tag: UInt(number)) == nil) }
      let reports = try producer.settle()
      #expect(reports.allSatisfy { $0.error == nil })
      #expect(reports.map(\.tag) == Array(0..<100))
      let rows = try clients.readAll("topic").compactMap(\.text)
      #expect(rows == ["first"] + (0..<100).map(String.init), "\(rows)")
    }
  }

  @Test func aRefusalThatWaitingDoesNotMendIsReported() async throws {
    let broker = try EmbeddedBroker()
    for name in ["open", "closed"] { try broker.createTopic(name, partitions: 1) }
    try await onOwnThread {
      let producer = try Clients(broker).producer()
      let (open, closed) = (try producer.topic(named: "open"), try producer.topic(named: "closed"))
      broker.failTopic("closed", with: .topicAuthorizationFailed)
      #expect(producer.send("refused", to: closed, tag: 1) == nil)
      #expect(producer.send("taken", to: open, tag: 2) == nil)
      let reports = try producer.settle().sorted { $0.tag < $1.tag }
      #expect(reports[0].error != nil && reports[1].error == nil)
      #expect(reports[0].error?.remedy == .giveUp)
      broker.failTopic("closed", with: .none)
      try eventuallyBlocking("rows are taken again") {
        guard producer.send("taken", to: closed) == nil else { return false }
        return try producer.settle().allSatisfy { $0.error == nil }
      }
    }
  }

  @Test func failuresCanBeForgotten() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let producer = try Clients(broker).producer(["retries": "0", "enable.idempotence": "false"])
      let handle = try producer.topic(named: "topic")
      broker.failNext(.produce, with: [.invalidRecord, .invalidRecord])
      #expect(producer.send("refused", to: handle) == nil)
      #expect(try producer.settle().map(\.error) == [.invalidRecord])
      broker.clearFailures(of: .produce)
      #expect(producer.send("taken", to: handle) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
    }
  }

  @Test func aBrokerGoesAndComesBack() async throws {
    let broker = try EmbeddedBroker(brokers: 2)
    try broker.createTopic("topic", partitions: 4, replication: 2)
    try await onOwnThread {
      let clients = Clients(broker)
      #expect(broker.bootstrapServers.split(separator: ",").count == 2)
      let producer = try clients.producer(["reconnect.backoff.max.ms": "100"])
      let handle = try producer.topic(named: "topic")
      for partition: Int32 in 0..<4 { #expect(producer.send("before", to: handle, partition: partition) == nil) }
      _ = try producer.settle()
      for id: Int32 in 1...2 { broker.setBroker(id, up: false) }
      for partition: Int32 in 0..<4 { #expect(producer.send("while", to: handle, partition: partition) == nil) }
      #expect(!producer.flush(timeoutMilliseconds: 300) { _ in Issue.record("a report without a broker") })
      for id: Int32 in 1...2 { broker.setBroker(id, up: true) }
      #expect(try producer.settle().map(\.error) == [nil, nil, nil, nil])
      #expect(try clients.readAll("topic", partitions: 4).count == 8)
    }
  }

  @Test func anAnswerIsDelayed() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let producer = try Clients(broker).producer()
      let handle = try producer.topic(named: "topic")
      #expect(producer.send("quick", to: handle) == nil)
      _ = try producer.settle()
      broker.setRoundTripTime(ofBroker: 1, milliseconds: 400)
      let before = MonotonicClock.milliseconds()
      #expect(producer.send("slow", to: handle) == nil)
      _ = try producer.settle()
      #expect(MonotonicClock.milliseconds() - before >= 400)
    }
  }

  @Test func topicsAreThereAsTheyWereMade() async throws {
    let broker = try EmbeddedBroker(brokers: 3)
    try broker.createTopic("one", partitions: 1)
    try broker.createTopic("seven", partitions: 7, replication: 3)
    let error = #expect(throws: KafkaError.self) { try broker.createTopic("one", partitions: 1) }
    #expect(error?.code == .topicAlreadyExists)
    #expect(error?.description.contains("create topic \"one\" on the embedded broker") == true)
    try await onOwnThread {
      let admin = try Clients(broker).admin()
      let cluster = try admin.describeCluster(timeoutMilliseconds: 5000)
      #expect(cluster.brokers.map(\.id).sorted() == [1, 2, 3])
      #expect(cluster.topics["one"]?.partitionCount == 1)
      let seven = try #require(try admin.describeTopic("seven", timeoutMilliseconds: 5000))
      #expect(seven.name == "seven" && seven.partitionCount == 7 && seven.replication == 3)
      #expect(seven.leaderlessPartitions == [])
    }
  }

  @Test(.enabled(if: Kcat.isInstalled, "kcat is not installed")) func anyClientCanUseIt() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    let kcat = Kcat(["bootstrap.servers": broker.bootstrapServers])
    let payloads: [[UInt8]] = [Array("one".utf8), [0, 10, 255]]
    try await kcat.write(payloads, to: "topic", key: "key", headers: [.init(name: "reason", value: "a test")])
    #expect(try await kcat.read("topic").map(\.payload) == payloads)
    try await onOwnThread {
      let rows = try Clients(broker).readAll("topic")
      #expect(rows.map(\.payload) == payloads)
      #expect(rows.allSatisfy { $0.key == Array("key".utf8) && $0.headers == [MessageHeader("reason", "a test")] })
    }
  }
}
