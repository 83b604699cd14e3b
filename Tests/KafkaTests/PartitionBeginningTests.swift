import Kafka
import TestSupport
import Testing

/// Partitions that their owner begins, and what is committed with offsets.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct PartitionBeginningTests {
  private static let limit: Int32 = 15_000

  /// Notes where positions were lost.
  private final class Owner: ConsumerDelegate {
    var assigned: [TopicPartition] = []
    var lost: [TopicPartition: KafkaErrorCode] = [:]
    func assigned(_ partitions: [TopicPartition], to consumer: Consumer) { assigned += partitions }
    func revoked(_ partitions: [TopicPartition], lost: Bool, from consumer: Consumer) { assigned = [] }
    func committed(_ offsets: [TopicPartitionOffset], error: KafkaError?) {}
    func lostPosition(in partition: TopicPartition, _ error: KafkaError) { lost[partition] = error.code }
  }

  private static func fill(_ clients: Clients, _ topic: String, _ rows: Int, partitions: Int32 = 1) throws {
    let producer = try clients.producer()
    let handle = try producer.topic(named: topic)
    for number in 0..<rows {
      for partition in 0..<partitions { #expect(producer.send("\(number)", to: handle, partition: partition) == nil) }
    }
    #expect(try producer.settle().allSatisfy { $0.error == nil })
  }

  @Test(arguments: ["range", "cooperative-sticky"]) func membersBeginByThemselves(_ strategy: String) async throws {
    let clients = Clients(try await KafkaCluster.shared(.one))
    try await onOwnThread {
      let topic = try clients.makeTopic(partitions: 2)
      try Self.fill(clients, topic, 5, partitions: 2)
      let consumer = try clients.consumer(
        Name.unique("group"), ["auto.offset.reset": "error", "partition.assignment.strategy": strategy])
      let owner = Owner()
      consumer.delegate = owner
      consumer.beginsByItself = true
      try consumer.subscribe(to: [topic])
      var rows: [Row] = []
      func poll(_ what: String, _ condition: () -> Bool) throws {
        try eventuallyBlocking(what) {
          while let message = try consumer.poll(timeoutMilliseconds: 10) { rows.append(Row(message)) }
          return condition()
        }
      }
      try poll("the partitions") { owner.assigned.count == 2 }
      #expect(try consumer.assignment().isEmpty, "nothing is read before it is begun")
      let (first, second) = (
        TopicPartition(topic: topic, partition: 0), TopicPartition(topic: topic, partition: 1)
      )
      try consumer.begin(at: [TopicPartitionOffset(first, offset: 3)])
      try poll("the first partition's rows") { rows.count == 2 }
      #expect(rows.allSatisfy { $0.partition == 0 && $0.offset >= 3 })
      try consumer.begin(
        at: [TopicPartitionOffset(second, offset: 9)], others: [TopicPartitionOffset(first, offset: 5)])
      try poll("the lost position") { owner.lost[second] == .lostOffset }
      #expect(
        consumer.watermarks(of: [second], timeoutMilliseconds: Self.limit)
          == [second: .success(Watermarks(low: 0, high: 5))])
      try consumer.release([second])
      try consumer.begin(
        at: [TopicPartitionOffset(second, offset: 1)], others: [TopicPartitionOffset(first, offset: 5)])
      try poll("the second partition's rows") { rows.count == 6 }
      try consumer.commitAndWait([TopicPartitionOffset(first, offset: 5, metadata: "a=b c")])
      let answers = try consumer.committedOffsets(of: [first, second], timeoutMilliseconds: Self.limit)
      #expect(answers[first] == .success(TopicPartitionOffset(first, offset: 5, metadata: "a=b c")))
      #expect(answers[second] == .success(TopicPartitionOffset(second, offset: TopicPartitionOffset.invalid)))
      try consumer.release([second])
      try Self.fill(clients, topic, 1, partitions: 2)
      try poll("the row of the partition that is still read") { rows.count == 7 }
      #expect(rows.last?.partition == 0 && rows.last?.offset == 5)
      try consumer.begin(
        at: [TopicPartitionOffset(second, offset: 5)], others: [TopicPartitionOffset(first, offset: 6)])
      try poll("the row of the other") { rows.count == 8 }
      #expect(rows.last?.partition == 1 && rows.last?.offset == 5)
      try consumer.release([second])
      #expect(consumer.leave(timeoutMilliseconds: 10_000), "also with a partition that is not read")
    }
  }

  @Test func readersWithoutAGroupBeginFurtherPartitions() async throws {
    let clients = Clients(try await KafkaCluster.shared(.one))
    try await onOwnThread {
      let topic = try clients.makeTopic()
      let consumer = try clients.consumer()
      try consumer.assign([
        TopicPartitionOffset(
          TopicPartition(topic: topic, partition: 0), offset: TopicPartitionOffset.beginning)
      ])
      #expect(try consumer.partitionCount(of: topic, timeoutMilliseconds: Self.limit) == 1)
      try clients.admin().createPartitions(of: topic, count: 2, timeoutMilliseconds: Self.limit)
      try eventuallyBlocking("the second partition") {
        try consumer.partitionCount(of: topic, timeoutMilliseconds: Self.limit) == 2
      }
      try Self.fill(clients, topic, 3, partitions: 2)
      try consumer.begin(at: [
        TopicPartitionOffset(
          TopicPartition(topic: topic, partition: 1), offset: TopicPartitionOffset.beginning)
      ])
      var rows: [Row] = []
      try eventuallyBlocking("the rows of both") {
        while let message = try consumer.poll(timeoutMilliseconds: 10) { rows.append(Row(message)) }
        return rows.count == 6
      }
      #expect(try consumer.partitionCount(of: topic + "-none", timeoutMilliseconds: Self.limit) == nil)
    }
  }

  @Test func aTransactionCommitsMetadataToo() async throws {
    let clients = Clients(try await KafkaCluster.shared(.one))
    try await onOwnThread {
      let topic = try clients.makeTopic()
      let place = TopicPartition(topic: topic, partition: 0)
      let group = Name.unique("group")
      let consumer = try clients.consumer(group)
      let producer = try clients.transactionalProducer(Name.unique("id"))
      try producer.initTransactions(timeoutMilliseconds: Self.limit)
      try producer.beginTransaction()
      #expect(producer.send("row", to: try producer.topic(named: topic)) == nil)
      #expect(try producer.settle().map(\.error) == [nil])
      let offset = TopicPartitionOffset(place, offset: 7, metadata: "life=1")
      try producer.sendOffsets([offset], of: consumer, timeoutMilliseconds: Self.limit)
      try producer.commitTransaction(timeoutMilliseconds: Self.limit)
      #expect(
        try consumer.committedOffsets(of: [place], timeoutMilliseconds: Self.limit) == [place: .success(offset)])
    }
  }

  @Test func aDeletedTopicTakesTheGroupsOffsetsAlong() async throws {
    let clients = Clients(try await KafkaCluster.shared(.one))
    try await onOwnThread {
      let topic = try clients.makeTopic()
      let place = TopicPartition(topic: topic, partition: 0)
      try Self.fill(clients, topic, 1)
      let consumer = try clients.consumer()
      try consumer.commitAndWait([TopicPartitionOffset(place, offset: 1, metadata: "life=1")])
      #expect(try clients.admin().deleteTopics([topic], timeoutMilliseconds: Self.limit).map(\.error) == [nil])
      try clients.makeTopic(topic)
      try eventuallyBlocking("the offset's end") {
        let answer = try consumer.committedOffsets(of: [place], timeoutMilliseconds: Self.limit)[place]
        return try answer?.get().offset == TopicPartitionOffset.invalid
      }
      let times = [place: Int64(0)]
      let answer = consumer.offsets(notBefore: times, timeoutMilliseconds: Self.limit)[place]
      #expect(answer == nil || answer == .success(0), "no row is there")
    }
  }
}
