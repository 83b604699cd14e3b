import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ObserverTests {
  @Test(arguments: ["producer", "consumer", "admin"]) func hearsThatNoBrokerIsThere(client: String) async throws {
    try await onOwnThread {
      let clients = try Clients.ofNobody()
      let observer = NotingObserver()
      let poll: () throws -> Void
      switch client {
      case "producer":
        let producer = try clients.producer(observer: observer)
        poll = { producer.poll(timeoutMilliseconds: 20) { _ in } }
      case "consumer":
        let consumer = try clients.consumer(observer: observer)
        poll = { _ = try consumer.poll(timeoutMilliseconds: 20) }
      default:
        let admin = try clients.admin(observer: observer)
        poll = admin.poll
      }
      try eventuallyBlocking("an error that all brokers are down") {
        try poll()
        return observer.errors.contains { $0.code == .allBrokersDown }
      }
      #expect(observer.errors.allSatisfy { $0.remedy == .retry && $0.operation.isEmpty && !$0.reason.isEmpty })
      #expect(observer.errors.contains { $0.code == .transport && $0.reason.contains("Connection refused") })
      let line = try #require(observer.lines.first { $0.facility == "FAIL" })
      #expect(line.severity == 3)
      #expect(line.message.contains("127.0.0.1"))
    }
  }

  @Test(.requiresKafka) func hearsThatTheCredentialsAreRejected() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let observer = NotingObserver()
      let producer = try Clients(cluster).producer(["sasl.password": "a secret"], observer: observer)
      try eventuallyBlocking("an error about the credentials") {
        producer.poll(timeoutMilliseconds: 20) { _ in }
        return observer.errors.contains { $0.code == .authentication }
      }
      #expect(producer.fatalError == nil)
      #expect(!observer.lines.contains { $0.message.contains("a secret") })
    }
  }

  /// The property would send the lines to a queue that nobody serves.
  @Test func hearsTheLogWhateverThePropertiesSay() async throws {
    try await onOwnThread {
      let observer = NotingObserver()
      let producer = try Clients.ofNobody().producer(["log.queue": "true", "debug": "conf"], observer: observer)
      try eventuallyBlocking("a line") { !observer.lines.isEmpty }
      withExtendedLifetime(producer) {}
    }
  }

  @Test func theSilentObserverIsSilent() async throws {
    try await onOwnThread {
      let producer = try Clients.ofNobody().producer(observer: SilentObserver())
      for _ in 0..<10 { producer.poll(timeoutMilliseconds: 20) { _ in } }
      #expect(producer.fatalError == nil)
    }
  }
}
