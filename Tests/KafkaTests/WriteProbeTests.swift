import Foundation
import Kafka
import Runtime
import TestSupport
import Testing

/// On real brokers alone: the embedded one takes any number of acknowledgements, and has no permissions.
@Suite(.requiresKafka, .timeLimit(.minutes(1))) struct WriteProbeTests {
  @Test func tellsWhatMayBeWrittenAndWritesNothing() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let owner = Clients(cluster)
      let (open, closed, missing) = (try owner.makeTopic(), try owner.makeTopic(), Name.unique("missing"))
      let rule = AccessRule(.topic, .literal, open, principal: "User:router", operation: .write)
      #expect(try owner.admin().createAccessRules([rule], timeoutMilliseconds: 15_000).isEmpty)
      var properties = ClientProperties()
      for (name, value) in cluster.clientProperties(as: .router) { properties[name] = value }
      // What a site may have set for its producers must not make it write.
      properties["request.required.acks"] = "all"
      properties["transactional.id"] = "mine"
      let probe = WriteProbe(properties: properties, observer: SilentObserver())
      try eventuallyBlocking("the right to write") {
        probe.refusals(of: [open], timeoutMilliseconds: 5000).isEmpty
      }
      let refusals = probe.refusals(of: [closed, open, missing], timeoutMilliseconds: 5000)
      #expect(Set(refusals.keys) == [closed, missing])
      #expect(refusals[closed]?.code == .topicAuthorizationFailed)
      #expect(refusals[closed]?.operation == "write to topic \"\(closed)\"")
      // Who may not describe a topic is not told that it is missing.
      #expect(refusals[missing]?.code == .topicAuthorizationFailed)
      let marks = try owner.admin().watermarks(
        of: TopicPartition(topic: open, partition: 0), timeoutMilliseconds: 15_000)
      #expect(marks.high == 0)
      #expect(probe.refusals(of: [], timeoutMilliseconds: 5000).isEmpty)
    }
  }

  @Test func manyTopicsAreAskedAboutAtOnce() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let clients = Clients(cluster)
      let names = (0..<600).map { _ in Name.unique("probed") }
      let topics = names.map { NewTopic(name: $0, partitions: 1, replication: nil) }
      #expect(
        try clients.admin().createTopics(topics, timeoutMilliseconds: 60_000).allSatisfy { $0.error == nil })
      var properties = ClientProperties()
      for (name, value) in cluster.clientProperties() { properties[name] = value }
      let probe = WriteProbe(properties: properties, observer: SilentObserver())
      // More than one producer keeps.
      for round in [names.prefix(400), names.suffix(400)] {
        #expect(probe.refusals(of: Array(round), timeoutMilliseconds: 30_000).isEmpty)
      }
      _ = try clients.admin().deleteTopics(names, timeoutMilliseconds: 60_000)
    }
  }

  @Test func brokersThatAreDownSayNothing() async throws {
    try await onOwnThread {
      let probe = WriteProbe(properties: ["bootstrap.servers": "127.0.0.1:1"], observer: SilentObserver())
      let began = MonotonicClock.milliseconds()
      let refusals = probe.refusals(of: ["a", "b"], timeoutMilliseconds: 500)
      #expect(MonotonicClock.milliseconds() - began < 3000)
      for topic in ["a", "b"] {
        #expect(refusals[topic]?.code == .timedOut)
        #expect(refusals[topic]?.remedy == .retry)
      }
    }
  }
}
