import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProducerMetadataTests {
  /// A producer that is given many new topics asks about each of them alone, unless their metadata was fetched before.
  @Test(arguments: [true, false]) func aTopicWhoseMetadataIsThereIsNotAskedFor(isFetched: Bool) async throws {
    let broker = try EmbeddedBroker()
    let topics = (0..<20).map { "topic-\($0)" }
    for topic in topics { try broker.createTopic(topic, partitions: 2) }
    try await onOwnThread {
      let observer = NotingObserver()
      let producer = try Clients(broker).producer(["debug": "metadata"], observer: observer)
      if isFetched { #expect(producer.metadata.fetch(topics, timeoutMilliseconds: 10_000) == Set(topics)) }
      for (number, topic) in topics.enumerated() {
        #expect(producer.send("row", to: try producer.topic(named: topic), tag: UInt(number)) == nil)
      }
      #expect(try producer.settle().filter { $0.error == nil }.count == topics.count)
      let requests = observer.lines.filter { $0.message.contains("leader query") && $0.message.contains("1 topic") }
      #expect(requests.isEmpty == isFetched)
    }
  }

  /// On Apache Kafka, since the embedded broker makes every topic that it is asked about.
  @Test(.requiresKafka) func topicsThatDoNotExistAreNotKnown() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let prefix = "metadata-\(UInt64.random(in: 0 ... .max))"
    try await onOwnThread {
      let clients = Clients(cluster)
      let admin = try clients.admin()
      let (first, second) = ("\(prefix)-1", "\(prefix)-2")
      func make(_ topic: String) throws {
        let outcomes = try admin.createTopics(
          [NewTopic(name: topic, partitions: 1, replication: 1)], timeoutMilliseconds: 30_000)
        #expect(outcomes.allSatisfy { $0.error == nil })
      }
      try make(first)
      let producer = try clients.producer()
      func fetch(_ topics: [String]) -> Set<String> { producer.metadata.fetch(topics, timeoutMilliseconds: 10_000) }
      // The answer that it is made may come before the broker knows it.
      try eventuallyBlocking("the broker knows the topic") { fetch([first, second]) == [first] }
      #expect(fetch([second]) == [] && fetch([]) == [])
      try make(second)
      try eventuallyBlocking("the broker knows the other topic") { fetch([first, second]) == [first, second] }
    }
  }

  @Test func withoutABrokerNoTopicIsKnown() async throws {
    try await onOwnThread {
      let producer = try Clients.ofNobody().producer([:])
      #expect(producer.metadata.fetch(["topic"], timeoutMilliseconds: 200) == [])
    }
  }
}
