import Kafka
import TestSupport
import Testing

@Suite(.requiresKafka, .timeLimit(.minutes(1))) struct AdminGroupsTests {
  private static let limit: Int32 = 15_000

  @Test func followsAGroup() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let topic = try clients.makeTopic(partitions: 2)
      let group = Name.unique("group")
      #expect(try admin.describeGroups(group, timeoutMilliseconds: Self.limit).allSatisfy { $0.members.isEmpty })
      let member = try Member(clients, group: group, topics: [topic], ["client.id": "a client"])
      try Member.poll([member], until: "both partitions") { member.partitions.count == 2 }
      let described = try admin.describeGroups(group, timeoutMilliseconds: Self.limit)
      #expect(described.map(\.name) == [group])
      #expect(described.map(\.state) == ["Stable"])
      #expect(described.first?.members.map(\.clientID) == ["a client"])
      #expect(described.first?.members.first?.host.contains("127.0.0.1") == true)
      #expect(described.first?.members.first?.memberID.isEmpty == false)
      #expect(try admin.describeGroups(timeoutMilliseconds: Self.limit).contains { $0.name == group })

      let places = (0..<2).map { TopicPartition(topic: topic, partition: $0) }
      try member.consumer.commitAndWait([TopicPartitionOffset(places[1], offset: 5)])
      let committed = try admin.committedOffsets(ofGroup: group, places, timeoutMilliseconds: Self.limit)
      #expect(
        committed == [
          TopicPartitionOffset(places[0], offset: TopicPartitionOffset.invalid),
          TopicPartitionOffset(places[1], offset: 5),
        ])

      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
      #expect(try admin.describeGroups(group, timeoutMilliseconds: Self.limit).map(\.state) == ["Empty"])
    }
  }

  @Test func missingPermissionsAreErrorsNotMissingOffsets() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let owner = Clients(cluster)
      let place = TopicPartition(topic: try owner.makeTopic(), partition: 0)
      let group = Name.unique("nobodys-group")
      let admin = try Clients(cluster, as: .userA).admin()
      var error = #expect(throws: KafkaError.self) {
        try admin.committedOffsets(ofGroup: group, [place], timeoutMilliseconds: 1500)
      }
      #expect(error?.code == .groupAuthorizationFailed)
      let rule = AccessRule(.group, .literal, group, principal: "User:userA", operation: .read)
      #expect(try owner.admin().createAccessRules([rule], timeoutMilliseconds: Self.limit).isEmpty)
      try eventuallyBlocking("the right to the group") {
        error = #expect(throws: KafkaError.self) {
          try admin.committedOffsets(ofGroup: group, [place], timeoutMilliseconds: 1500)
        }
        return error?.code == .topicAuthorizationFailed
      }
      #expect(error?.description.contains("\(place)") == true)
    }
  }
}

/// librdkafka's own request for this would bring the process down.
@Suite(.timeLimit(.minutes(1))) struct CommittedOffsetsTests {
  @Test(arguments: [16, 15, 14] as [Int32]) func aCoordinatorThatMovesIsWaitedFor(code: Int32) async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let clients = Clients(broker)
      let place = TopicPartition(topic: "topic", partition: 0)
      let consumer = try clients.consumer("group")
      try consumer.assign([TopicPartitionOffset(place, offset: 0)])
      try consumer.commitAndWait([TopicPartitionOffset(place, offset: 3)])
      broker.failNext(.offsetFetch, with: [KafkaErrorCode(rawValue: code)])
      let admin = try clients.admin()
      var offsets: [TopicPartitionOffset] = []
      try eventuallyBlocking("an answer") {
        do throws(KafkaError) {
          offsets = try admin.committedOffsets(ofGroup: "group", [place], timeoutMilliseconds: 5000)
        } catch {
          #expect(error.remedy == .retry)
        }
        return !offsets.isEmpty
      }
      #expect(offsets == [TopicPartitionOffset(place, offset: 3)])
    }
  }

  @Test(arguments: ["", "a\0b"]) func refusesAGroupThatCannotBeMeant(group: String) throws {
    let admin = try Clients.ofNobody().admin()
    let error = #expect(throws: KafkaError.self) {
      try admin.committedOffsets(ofGroup: group, [], timeoutMilliseconds: 1000)
    }
    #expect(error?.code == .invalidArgument)
  }
}
