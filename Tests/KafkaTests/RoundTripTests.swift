import Kafka
import TestSupport
import Testing

/// What goes in comes out, on the embedded broker and on a real one.
@Suite(.timeLimit(.minutes(1))) struct RoundTripTests {
  @Test func onTheEmbeddedBroker() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("trip", partitions: 3)
    try await onOwnThread { try Self.check(Clients(broker), topic: "trip", isEmbedded: true) }
  }

  @Test(.requiresKafka) func onKafka() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      try Self.check(
        clients,
        topic: clients.makeTopic(partitions: 3, settings: ["max.message.bytes": "2000000", "retention.ms": "-1"]),
        isEmbedded: false)
    }
  }

  private static func check(_ clients: Clients, topic: String, isEmbedded: Bool) throws {
    let producer = try clients.producer(["message.max.bytes": "2000000"])
    let handle = try producer.topic(named: topic)
    #expect(try producer.topic(named: topic) == handle)

    let anyBytes = (0...255).map { UInt8($0) } + Array("\n\0\r\n{\"a\": nan}\0".utf8)
    let large = [UInt8](repeating: 0, count: 1 << 20).indices.map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let headers = [
      MessageHeader("reason", "malformed"), MessageHeader("reason", "again"), MessageHeader("empty", bytes: []),
      MessageHeader("none", bytes: nil), MessageHeader("bytes", bytes: [0, 255, 10]),
    ]
    #expect(
      producer.send(anyBytes, key: [0, 1, 0], to: handle, partition: 2, timestamp: 1_679_682_808_001, tag: 1) == nil)
    #expect(producer.send(large, to: handle, partition: 2, tag: 2) == nil)
    #expect(producer.send([], key: [], to: handle, partition: 2, tag: 3) == nil)
    #expect(producer.send(nil, key: Array("gone".utf8), to: handle, partition: 2, headers: headers, tag: .max) == nil)
    #expect(producer.send([7], to: handle, partition: 0, headers: [], tag: 5) == nil)
    let reports = try producer.settle()
    #expect(producer.unansweredCount == 0)
    #expect(reports.allSatisfy { $0.error == nil && $0.topic == topic })
    let two = reports.filter { $0.partition == 2 }
    #expect(two.map(\.tag) == [1, 2, 3, .max])
    #expect(two.map(\.offset) == [0, 1, 2, 3])
    #expect(two.first?.payload == anyBytes && two.first?.key == [0, 1, 0])
    // The embedded broker answers as if the topic stamped rows itself, always with the same time.
    #expect(two.first?.timestamp == (isEmbedded ? 1234 : 1_679_682_808_001))
    #expect(reports.filter { $0.partition == 0 }.map(\.tag) == [5])

    let rows = try clients.readAll(topic, partitions: 3)
    #expect(rows.map(\.place.partition) == [0, 2, 2, 2, 2])
    #expect(rows.map(\.offset) == [0, 0, 1, 2, 3])
    #expect(rows.map(\.payload) == [[7], anyBytes, large, [], nil])
    #expect(rows.map(\.key) == [nil, [0, 1, 0], nil, [], Array("gone".utf8)])
    #expect(rows.map(\.headers) == [[], [], [], [], headers])
    #expect(rows[1].timestamp == 1_679_682_808_001)
    let now = TimeOfDay.milliseconds
    #expect(rows.filter { $0.offset != 0 }.allSatisfy { abs(($0.timestamp ?? 0) - now) < 60_000 })
  }

  @Test func theHandleSaysWhichTopicARowIsFrom() async throws {
    let broker = try EmbeddedBroker()
    for name in ["one", "two"] { try broker.createTopic(name, partitions: 2) }
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer()
      for name in ["one", "two"] {
        for partition: Int32 in 0..<2 {
          #expect(producer.send(name, to: try producer.topic(named: name), partition: partition) == nil)
        }
      }
      _ = try producer.settle()
      let consumer = try clients.consumer()
      let places = ["one", "two"].flatMap { name in (0..<2).map { TopicPartition(topic: name, partition: $0) } }
      try consumer.assign(places.map { TopicPartitionOffset($0, offset: 0) })
      var sources: [ConsumedTopic: Set<String>] = [:]
      try eventuallyBlocking("four rows") {
        while let message = try consumer.poll(timeoutMilliseconds: 20) {
          if sources[message.source] == nil { #expect(consumer.retain(message.source)) }
          sources[message.source, default: []].insert("\(message.topic)/\(message.partition)")
        }
        return sources.values.reduce(0) { $0 + $1.count } == 4
      }
      #expect(Set(sources.values) == [["one/0", "one/1"], ["two/0", "two/1"]])
    }
  }

  @Test func thePartitionerOfTheTopicIsAskedWherePartitionIsMissing() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("trip", partitions: 4)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer(["partitioner": "murmur2"])
      let handle = try producer.topic(named: "trip")
      for key in 0..<20 { #expect(producer.send([1], key: Array("node\(key)".utf8), to: handle, partition: -1) == nil) }
      for report in try producer.settle() {
        let expected = Partitioner.murmur2(String(decoding: report.key, as: UTF8.self), partitionCount: 4)
        #expect(report.partition == expected)
      }
    }
  }

  @Test(arguments: ["", "a\0b", String(repeating: "x", count: 250) + "\0"])
  func refusesATopicThatCannotBeMeant(name: String) throws {
    let producer = try Clients.ofNobody().producer()
    let error = #expect(throws: KafkaError.self) { try producer.topic(named: name) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("\0") == false)
  }
}
