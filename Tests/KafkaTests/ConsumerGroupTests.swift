import Foundation
import Kafka
import Runtime
import TestSupport
import Testing

/// Groups on a real broker; the embedded one takes 3 s for each first assignment, and longer for each later one.
@Suite(.timeLimit(.minutes(2))) struct ConsumerGroupTests {
  /// Runs a body with a topic of four partitions that hold ten rows each.
  private static func withTopic(
    partitions: Int32 = 4, _ body: @Sendable (Clients, String, Set<TopicPartition>) throws -> Void
  ) async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let topic = try clients.makeTopic(partitions: partitions)
      let producer = try clients.producer()
      let handle = try producer.topic(named: topic)
      for number in 0..<10 {
        for partition in 0..<partitions { #expect(producer.send("\(number)", to: handle, partition: partition) == nil) }
      }
      #expect(try producer.settle().allSatisfy { $0.error == nil })
      try body(clients, topic, Set((0..<partitions).map { TopicPartition(topic: topic, partition: $0) }))
    }
  }

  @Test func readsOnTheEmbeddedBroker() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 2)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer()
      #expect(producer.send("row", to: try producer.topic(named: "topic"), partition: 1) == nil)
      _ = try producer.settle()
      let member = try Member(clients, group: "group", topics: ["topic"], ["group.instance.id": "one"])
      try Member.poll([member], until: "a row") { member.rows.count == 1 }
      #expect(member.partitions.count == 2)
      try member.consumer.commitAndWait([TopicPartitionOffset(member.rows[0].place, offset: 1)])
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
      #expect(member.delegate.notes.count == 2)
      #expect(member.delegate.threads == [pthread_self()])
      let next = try clients.consumer("group")
      let committed = try next.committed([member.rows[0].place], timeoutMilliseconds: 5000)
      #expect(committed.map(\.offset) == [1])
    }
  }

  /// With a refresh of metadata each second, an answer to one would come while the leader waits for its own: this
  /// round-trip time makes sure of it. The member would join again, and get its partition after 48 s.
  @Test func joinsTheEmbeddedBrokerOnce() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 145)
    try await onOwnThread {
      let member = try Member(Clients(broker), group: "group", topics: ["topic"])
      try Member.poll([member], until: "the partition") { member.partitions.count == 1 }
      broker.setRoundTripTime(ofBroker: 1, milliseconds: 0)
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test(.requiresKafka) func twoMembersShareThePartitions() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let first = try Member(clients, group: group, topics: [topic])
      try Member.poll([first], until: "all rows") { first.rows.count == 40 }
      #expect(first.partitions == all)
      var isCommitted = false
      first.delegate.whenRevoked = { consumer in
        // Still the owner: what was read can be committed.
        let offsets = all.map { TopicPartitionOffset($0, offset: 10) }
        #expect(throws: Never.self) { try consumer.commitAndWait(offsets) }
        isCommitted = true
      }
      let second = try Member(clients, group: group, topics: [topic])
      try Member.poll([first, second], until: "two partitions each") {
        first.partitions.count == 2 && second.partitions.count == 2
      }
      #expect(isCommitted)
      #expect(first.partitions.union(second.partitions) == all)
      // Range: assigned, all revoked, assigned; the same partitions on both sides.
      guard case .assigned(let had) = first.delegate.notes[0],
        case .revoked(let gone, lost: false) = first.delegate.notes[1],
        case .assigned(let kept) = first.delegate.notes[2]
      else {
        Issue.record("\(first.delegate.notes)")
        return
      }
      #expect(Set(had) == all && Set(gone) == all && Set(kept) == first.partitions)
      #expect(second.rows.isEmpty)
      #expect(first.delegate.threads == [pthread_self()] && second.delegate.threads == [pthread_self()])
      first.delegate.whenRevoked = { _ in }
      #expect(second.consumer.leave(timeoutMilliseconds: 5000))
      try Member.poll([first], until: "all partitions again") { first.partitions == all }
    }
  }

  @Test(.requiresKafka) func cooperativeMembersKeepWhatStaysTheirs() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let properties: ClientProperties = ["partition.assignment.strategy": "cooperative-sticky"]
      let first = try Member(clients, group: group, topics: [topic], properties)
      try Member.poll([first], until: "all rows") { first.rows.count == 40 }
      let second = try Member(clients, group: group, topics: [topic], properties)
      try Member.poll([first, second], until: "two partitions each") {
        first.partitions.count == 2 && second.partitions.count == 2
      }
      #expect(first.partitions.union(second.partitions) == all)
      let revoked = first.delegate.notes.flatMap { note in
        if case .revoked(let partitions, lost: false) = note { partitions } else { [TopicPartition]() }
      }
      #expect(Set(revoked) == second.partitions)
      #expect(first.consumer.leave(timeoutMilliseconds: 5000))
      #expect(first.partitions.isEmpty)
      try Member.poll([second], until: "all partitions") { second.partitions == all }
      #expect(second.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test(.requiresKafka) func aStaticMemberThatLeavesGivesItsPartitionsAtOnce() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let first = try Member(clients, group: group, topics: [topic], ["group.instance.id": "a"])
      let second = try Member(clients, group: group, topics: [topic], ["group.instance.id": "b"])
      try Member.poll([first, second], until: "two partitions each") {
        first.partitions.count == 2 && second.partitions.count == 2
      }
      let before = MonotonicClock.milliseconds()
      #expect(first.consumer.leave(timeoutMilliseconds: 5000))
      #expect(first.partitions.isEmpty)
      #expect(MonotonicClock.milliseconds() - before < 4000)
      try Member.poll([second], until: "all partitions", within: .seconds(5)) { second.partitions == all }
      #expect(second.consumer.leave(timeoutMilliseconds: 5000))
      let admin = try clients.admin()
      #expect(try admin.describeGroups(group, timeoutMilliseconds: 5000).map(\.members.count) == [0])
    }
  }

  /// leave() does more than closing: this is what would happen without it.
  @Test(.requiresKafka) func aStaticMemberThatOnlyClosesKeepsItsPartitions() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      var first: Member? = try Member(clients, group: group, topics: [topic], ["group.instance.id": "a"])
      try Member.poll([try #require(first)], until: "all rows") { first?.rows.count == 40 }
      first = nil
      let admin = try clients.admin()
      #expect(try admin.describeGroups(group, timeoutMilliseconds: 5000).map(\.members.count) == [1])
      // The same instance again: it gets them back without a rebalance.
      let again = try Member(clients, group: group, topics: [topic], ["group.instance.id": "a"])
      try Member.poll([again], until: "all partitions", within: .seconds(5)) { again.partitions == all }
      #expect(again.consumer.leave(timeoutMilliseconds: 5000))
      #expect(try admin.describeGroups(group, timeoutMilliseconds: 5000).map(\.members.count) == [0])
    }
  }

  @Test(.requiresKafka) func leavesWhileItJoins() async throws {
    try await Self.withTopic { clients, topic, _ in
      let group = Name.unique("group")
      let admin = try clients.admin()
      for polls in 0..<4 {
        let member = try Member(clients, group: group, topics: [topic], ["group.instance.id": "a"])
        for _ in 0..<polls * 4 { try member.poll() }
        #expect(member.consumer.leave(timeoutMilliseconds: 10_000))
      }
      try eventuallyBlocking("no member is left") {
        try admin.describeGroups(group, timeoutMilliseconds: 5000).allSatisfy { $0.members.isEmpty }
      }
    }
  }

  @Test(.requiresKafka) func aMemberWhoseNameIsTakenIsFencedForGood() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let first = try clients.consumer(group, ["group.instance.id": "a"])
      try first.subscribe(to: [topic])
      _ = try first.read(40)
      let second = try Member(clients, group: group, topics: [topic], ["group.instance.id": "a"])
      try Member.poll([second], until: "all partitions") { second.partitions == all }
      let error = try first.pollForError { $0.remedy == .fatal }
      #expect(error.code == .fencedInstance)
      #expect(first.fatalError?.code == .fencedInstance)
      let refusal = #expect(throws: KafkaError.self) {
        try first.commitAndWait(all.map { TopicPartitionOffset($0, offset: 1) })
      }
      #expect(refusal?.code == .fatal && refusal?.remedy == .fatal)
      #expect(!first.leave(timeoutMilliseconds: 3000))
      #expect(second.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  /// What a member meets that did not poll for `max.poll.interval.ms`.
  private static let late: ClientProperties = [
    "session.timeout.ms": "1000", "max.poll.interval.ms": "1000", "heartbeat.interval.ms": "100",
  ]

  @Test(.requiresKafka) func anAssignmentThatWasLostIsSaidToBe() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let admin = try clients.admin()
      let late = try Member(clients, group: group, topics: [topic], Self.late)
      try Member.poll([late], until: "all rows") { late.rows.count == 40 }
      try eventuallyBlocking("it is thrown out") {
        try admin.describeGroups(group, timeoutMilliseconds: 5000).allSatisfy { $0.members.isEmpty }
      }
      let error = try late.consumer.pollForError { _ in true }
      #expect(error.code == .maxPollExceeded)
      #expect(error.remedy == .retry)
      try Member.poll([late], until: "a place in the group again") { late.delegate.notes.count == 3 }
      guard case .revoked(let partitions, lost: true) = late.delegate.notes[1] else {
        Issue.record("\(late.delegate.notes)")
        return
      }
      #expect(Set(partitions) == all)
      #expect(late.partitions == all)
      #expect(late.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  /// Where a rebalance had begun before, librdkafka does not call the assignment lost; the commit tells.
  @Test(.requiresKafka) func aCommitAfterItsPartitionsWentToAnotherIsRejected() async throws {
    try await Self.withTopic { clients, topic, all in
      let group = Name.unique("group")
      let late = try Member(clients, group: group, topics: [topic], Self.late)
      try Member.poll([late], until: "all rows") { late.rows.count == 40 }
      let other = try Member(clients, group: group, topics: [topic])
      // Only one of them polls: the other one is thrown out.
      try Member.poll([other], until: "all partitions") { other.partitions == all }
      let offsets = all.map { TopicPartitionOffset($0, offset: 10) }
      let refusal = #expect(throws: KafkaError.self) { try late.consumer.commitAndWait(offsets) }
      #expect(refusal?.code == .unknownMember)
      #expect(refusal?.remedy == .retry)
      let committed = try late.consumer.committed(Array(all), timeoutMilliseconds: 5000)
      #expect(committed.allSatisfy { $0.offset == TopicPartitionOffset.invalid })
      try late.consumer.commit(offsets)
      let error = try late.consumer.pollForError { _ in true }
      #expect(error.code == .maxPollExceeded)
      try Member.poll([late, other], until: "a place in the group again") {
        late.partitions.count == 2 && other.partitions.count == 2
      }
      let answers = late.delegate.notes.compactMap { note in
        if case .committed(let offsets, let code) = note { (Set(offsets.map(\.partition)), code) } else { nil }
      }
      #expect(answers.count == 1)
      #expect(answers.first?.0 == all && answers.first?.1 != nil)
      #expect(late.consumer.leave(timeoutMilliseconds: 5000))
      #expect(other.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test(.requiresKafka) func aTopicThatDoesNotExistIsReportedAndWaitedFor() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let topic = Name.unique("late")
      let member = try Member(clients, group: Name.unique("group"), topics: [topic])
      let error = try member.consumer.pollForError { _ in true }
      #expect(error.code == .unknownTopicOrPartition)
      #expect(error.remedy == .giveUp)
      #expect(error.description.contains(topic))
      try clients.makeTopic(topic)
      try eventuallyBlocking("its partition", within: .seconds(20)) {
        // It may say once more that the topic does not exist.
        _ = try? member.poll()
        return member.partitions == [TopicPartition(topic: topic, partition: 0)]
      }
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test(.requiresKafka) func topicsOfOnesOwnStayOutOfAPattern() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let stem = Name.unique("pattern")
      for name in ["\(stem).meminfo", "\(stem).vmstat", "\(stem).router.jobs"] { try clients.makeTopic(name) }
      let member = try Member(
        clients, group: Name.unique("group"), topics: ["^\(stem)\\..*"], ["topic.blacklist": "^\(stem)\\.router\\."])
      try Member.poll([member], until: "an assignment") { !member.partitions.isEmpty }
      #expect(Set(member.partitions.map(\.topic)) == ["\(stem).meminfo", "\(stem).vmstat"])
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test(.requiresKafka) func missingPermissionsAreReported() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let owner = Clients(cluster)
      let topic = try owner.makeTopic()
      let group = Name.unique("userB")
      let user = Clients(cluster, as: .userB)

      let stranger = try Member(user, group: group, topics: [topic])
      var error = try stranger.consumer.pollForError { $0.code == .topicAuthorizationFailed }
      #expect(error.remedy == .giveUp)
      #expect(error.description.contains(topic))
      #expect(stranger.consumer.leave(timeoutMilliseconds: 5000))
      let read = AccessRule(.topic, .literal, topic, principal: "User:userB", operation: .read)
      #expect(try owner.admin().createAccessRules([read], timeoutMilliseconds: 10_000).isEmpty)
      let reader = try Member(user, group: group, topics: [topic])
      error = try reader.consumer.pollForError { $0.code == .groupAuthorizationFailed }
      #expect(error.remedy == .giveUp)
      #expect(reader.consumer.leave(timeoutMilliseconds: 5000))
      let join = AccessRule(.group, .prefixed, "userB-", principal: "User:userB", operation: .read)
      #expect(try owner.admin().createAccessRules([join], timeoutMilliseconds: 10_000).isEmpty)
      let member = try Member(user, group: group, topics: [topic])
      try eventuallyBlocking("a partition", within: .seconds(20)) {
        _ = try? member.poll()
        return member.partitions.count == 1
      }
      #expect(member.consumer.leave(timeoutMilliseconds: 5000))
    }
  }

  @Test func leavesWithinItsDeadlineWithoutABroker() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let threads = try Memory.threadCount()
      do {
        let clients = Clients(broker)
        let member = try Member(clients, group: "group", topics: ["topic"], ["group.instance.id": "one"])
        try Member.poll([member], until: "the partition") { member.partitions.count == 1 }
        broker.setBroker(1, up: false)
        // A commit that waits for the coordinator holds up the end of the consumer for session.timeout.ms.
        try member.consumer.commit([TopicPartitionOffset(TopicPartition(topic: "topic", partition: 0), offset: 0)])
        let before = MonotonicClock.milliseconds()
        #expect(!member.consumer.leave(timeoutMilliseconds: 1000))
        let left = MonotonicClock.milliseconds()
        #expect(left - before < 4000)
        #expect(member.partitions.isEmpty)
      }
      broker.setBroker(1, up: true)
      try eventuallyBlocking("the consumer's threads have ended", within: .seconds(20)) {
        try Memory.threadCount() <= threads
      }
    }
  }
}
