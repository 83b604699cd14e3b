import Kafka
import TestSupport
import Testing

@Suite(.requiresKafka, .timeLimit(.minutes(1))) struct AdminTopicsTests {
  private static let limit: Int32 = 15_000

  @Test func makesSeveralAtOnceAndSaysOfEachWhatBecameOfIt() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let stem = Name.unique("many")
      let existing = try clients.makeTopic("\(stem).is.there")
      func topic(_ name: String, partitions: Int32? = 1, replication: Int32? = 1, _ settings: [String: String] = [:])
        -> NewTopic
      {
        NewTopic(name: name, partitions: partitions, replication: replication, settings: settings)
      }
      let outcomes = try admin.createTopics(
        [
          topic("\(stem).one", partitions: 3), topic(existing), topic("\(stem) space"), topic(""), topic(".."),
          topic("\(stem).is_there"), topic("\(stem).far", replication: 3), topic("\(stem).none", partitions: 0),
          topic("\(stem).unknown", ["retention": "1"]), topic("\(stem).wrong", ["retention.ms": "long"]),
          topic(String(repeating: "x", count: 250)), topic("\(stem)\0"), topic("\(stem).nul", ["retention.ms": "1\0"]),
          topic("\(stem).default", partitions: nil, replication: nil), topic("\(stem).two", ["retention.ms": "60000"]),
        ], timeoutMilliseconds: Self.limit)
      let codes = outcomes.map { $0.error?.code.name }
      #expect(
        codes == [
          nil, "TOPIC_ALREADY_EXISTS", "TOPIC_EXCEPTION", "TOPIC_EXCEPTION", "TOPIC_EXCEPTION", "TOPIC_EXCEPTION",
          "INVALID_REPLICATION_FACTOR", "INVALID_PARTITIONS", "INVALID_CONFIG", "INVALID_CONFIG", "TOPIC_EXCEPTION",
          "_INVALID_ARG", "_INVALID_ARG", nil, nil,
        ], "\(outcomes)")
      for outcome in outcomes {
        guard let error = outcome.error else { continue }
        // Brokers that are down count as missing for the replicas, and may come back.
        #expect(error.remedy == (error.code.name == "INVALID_REPLICATION_FACTOR" ? .retry : .giveUp))
        #expect(!error.reason.isEmpty)
        #expect(error.operation.hasPrefix("create topic \"") && !error.operation.contains("\0"))
      }
      #expect(outcomes[5].error?.reason.contains("\(stem).is.there") == true)
      #expect(outcomes[8].error?.reason.contains("retention") == true)
      for (name, count) in [("one", 3), ("default", 1), ("two", 1)] as [(String, Int32)] {
        let made = try admin.describeTopic("\(stem).\(name)", timeoutMilliseconds: Self.limit)
        #expect(made?.partitionCount == count && made?.replication == 1)
      }
      #expect(try admin.createTopics([], timeoutMilliseconds: Self.limit) == [])
    }
  }

  @Test func onlyValidatesWhereThatIsWanted() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let name = Name.unique("maybe")
      let good = NewTopic(name: name, partitions: 1, replication: 1)
      let bad = NewTopic(name: "\(name).bad", partitions: 1, replication: 7)
      let outcomes = try admin.createTopics([good, bad], validateOnly: true, timeoutMilliseconds: Self.limit)
      #expect(outcomes.map { $0.error?.code.name } == [nil, "INVALID_REPLICATION_FACTOR"])
      #expect(try admin.describeTopic(name, timeoutMilliseconds: Self.limit) == nil)

      try clients.makeTopic(name)
      try admin.createPartitions(of: name, count: 5, validateOnly: true, timeoutMilliseconds: Self.limit)
      #expect(try admin.describeTopic(name, timeoutMilliseconds: Self.limit)?.partitionCount == 1)
      try admin.replaceSettings(
        ofTopic: name, with: ["retention.ms": "5"], validateOnly: true, timeoutMilliseconds: Self.limit)
      #expect(try Self.set(on: name, admin) == [:])
    }
  }

  @Test func deletes() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let names = [try clients.makeTopic(), Name.unique("missing"), try clients.makeTopic()]
      let outcomes = try admin.deleteTopics(names, timeoutMilliseconds: Self.limit)
      #expect(outcomes.map(\.topic) == names)
      #expect(outcomes.map { $0.error?.code } == [nil, .unknownTopicOrPartition, nil])
      for name in names {
        try eventuallyBlocking("\(name) is gone") {
          try admin.describeTopic(name, timeoutMilliseconds: Self.limit) == nil
        }
      }
      #expect(try admin.deleteTopics([], timeoutMilliseconds: Self.limit) == [])
    }
  }

  /// C would read the name up to the NUL, and another topic would be gone.
  @Test func aNameWithANULNeverMeansAnotherTopic() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let name = try clients.makeTopic()
      let other = "\(name)\0x"
      #expect(throws: KafkaError.self) { try admin.deleteTopics([other], timeoutMilliseconds: Self.limit) }
      #expect(throws: KafkaError.self) {
        try admin.createPartitions(of: other, count: 2, timeoutMilliseconds: Self.limit)
      }
      #expect(throws: KafkaError.self) { try admin.describeTopic(other, timeoutMilliseconds: Self.limit) }
      #expect(throws: KafkaError.self) {
        try admin.describeSettings(ofTopics: [other], timeoutMilliseconds: Self.limit)
      }
      #expect(throws: KafkaError.self) {
        try admin.replaceSettings(ofTopic: other, with: [:], timeoutMilliseconds: Self.limit)
      }
      #expect(throws: KafkaError.self) {
        try admin.watermarks(of: TopicPartition(topic: other, partition: 0), timeoutMilliseconds: Self.limit)
      }
      #expect(try admin.describeTopic(name, timeoutMilliseconds: Self.limit)?.partitionCount == 1)
    }
  }

  @Test func addsPartitions() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let name = try clients.makeTopic(partitions: 2)
      try admin.createPartitions(of: name, count: 4, timeoutMilliseconds: Self.limit)
      try eventuallyBlocking("four partitions") {
        try admin.describeTopic(name, timeoutMilliseconds: Self.limit)?.partitionCount == 4
      }
      for (count, code) in [(4, "INVALID_PARTITIONS"), (3, "INVALID_PARTITIONS"), (0, "_INVALID_ARG")] {
        let error = #expect(throws: KafkaError.self) {
          try admin.createPartitions(of: name, count: count, timeoutMilliseconds: Self.limit)
        }
        #expect(error?.code.name == code)
        #expect(error?.operation == "add partitions to topic \"\(name)\"")
      }
      let error = #expect(throws: KafkaError.self) {
        try admin.createPartitions(of: Name.unique("missing"), count: 2, timeoutMilliseconds: Self.limit)
      }
      #expect(error?.code == .unknownTopicOrPartition)
    }
  }

  @Test func replacesAllSettings() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let first = ["retention.ms": "60000", "segment.ms": "30000"]
      let name = try clients.makeTopic(settings: first)
      #expect(try Self.set(on: name, admin) == first)
      // What is not named falls back to its default.
      try admin.replaceSettings(
        ofTopic: name, with: ["segment.ms": "20000", "cleanup.policy": "compact"], timeoutMilliseconds: Self.limit)
      try eventuallyBlocking("the new settings") {
        try Self.set(on: name, admin) == ["segment.ms": "20000", "cleanup.policy": "compact"]
      }
      for (settings, code) in [
        (["segment.ms": "soon"], "INVALID_CONFIG"), (["segments": "1"], "INVALID_CONFIG"),
        (["a\0": "1"], "_INVALID_ARG"),
      ] {
        let error = #expect(throws: KafkaError.self) {
          try admin.replaceSettings(ofTopic: name, with: settings, timeoutMilliseconds: Self.limit)
        }
        #expect(error?.code.name == code)
        #expect(error?.operation == "change settings of topic \"\(name)\"")
      }
      try admin.replaceSettings(ofTopic: name, with: [:], timeoutMilliseconds: Self.limit)
      try eventuallyBlocking("the defaults") { try Self.set(on: name, admin) == [:] }
    }
  }

  private static func set(on topic: String, _ admin: AdminClient) throws -> [String: String] {
    let answer = try admin.describeSettings(ofTopics: [topic], timeoutMilliseconds: limit)
    let settings = try #require(answer[topic]).get()
    // Defaults are told too.
    #expect(settings.contains { $0.name == "max.message.bytes" && !$0.isSetOnTopic && $0.value != nil })
    let set = settings.filter(\.isSetOnTopic).map { ($0.name, $0.value ?? "") }
    return Dictionary(uniqueKeysWithValues: set)
  }

  @Test func describesSettingsOfSeveral() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let one = try clients.makeTopic(settings: ["retention.ms": "1000000"])
      let missing = Name.unique("missing")
      let answer = try admin.describeSettings(ofTopics: [one, missing], timeoutMilliseconds: Self.limit)
      #expect(try answer[one]?.get().contains { $0.name == "retention.ms" && $0.value == "1000000" } == true)
      let error = #expect(throws: KafkaError.self) { try answer[missing]?.get() }
      #expect(error?.code == .unknownTopicOrPartition)
      #expect(error?.operation == "describe settings of topic \"\(missing)\"")
      #expect(try admin.describeSettings(ofTopics: [], timeoutMilliseconds: Self.limit).isEmpty)
    }
  }

  @Test func describesTheClusterAndItsTopics() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let name = try clients.makeTopic(partitions: 3)
      let description = try admin.describeCluster(timeoutMilliseconds: Self.limit)
      #expect(description.brokers.map(\.id) == [1])
      #expect(description.brokers.map(\.address) == [cluster.bootstrap])
      #expect(description.topics[name]?.partitionCount == 3)
      #expect(description.topics[name]?.leaderlessPartitions == [])
      #expect(try admin.describeTopic(Name.unique("missing"), timeoutMilliseconds: Self.limit) == nil)
      let error = #expect(throws: KafkaError.self) {
        try admin.describeTopic("a topic", timeoutMilliseconds: Self.limit)
      }
      #expect(error?.code == .invalidTopic)
    }
  }

  @Test func tellsPositions() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let name = try clients.makeTopic(partitions: 2, settings: ["retention.ms": "-1"])
      let (zero, one) = (TopicPartition(topic: name, partition: 0), TopicPartition(topic: name, partition: 1))
      try eventuallyBlocking("an answer from the new topic's leader") {
        do throws(KafkaError) {
          let watermarks = try admin.watermarks(of: zero, timeoutMilliseconds: Self.limit)
          #expect(watermarks == Watermarks(low: 0, high: 0))
          return true
        } catch {
          guard error.remedy == .retry else { throw error }
          return false
        }
      }
      let producer = try clients.producer()
      let handle = try producer.topic(named: name)
      for number in 0..<10 {
        #expect(producer.send([1], to: handle, timestamp: 1_000_000 + Int64(number) * 1000) == nil)
      }
      _ = try producer.settle()
      #expect(try admin.watermarks(of: zero, timeoutMilliseconds: Self.limit) == Watermarks(low: 0, high: 10))
      for (time, offset) in [(0, 0), (1_000_000, 0), (1_003_500, 4), (1_009_000, 9), (1_009_001, -1)]
        as [(Int64, Int64)]
      {
        let found = try admin.offsets(of: [zero, one], since: time, timeoutMilliseconds: Self.limit)
        #expect(
          found == [
            TopicPartitionOffset(zero, offset: offset), TopicPartitionOffset(one, offset: TopicPartitionOffset.end),
          ])
      }
      let missing = TopicPartition(topic: name, partition: 9)
      for call in [
        { _ = try admin.watermarks(of: missing, timeoutMilliseconds: Self.limit) },
        { _ = try admin.offsets(of: [zero, missing], since: 0, timeoutMilliseconds: Self.limit) },
      ] as [() throws -> Void] {
        let error = #expect(throws: KafkaError.self) { try call() }
        #expect(error?.remedy == .giveUp)
        #expect(error?.operation.contains("\(name)/9") == true)
      }
    }
  }
}
