import Foundation
import Kafka
import TestSupport
import Testing

/// `router topics` where a broker hangs that other brokers take for alive.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct TopicListDeadlineTests {
  @Test func aBrokerThatHangsIsWaitedForUntilTheTimeout() async throws {
    let cluster = try await KafkaCluster.start(.three)
    let stage = try Stage(cluster)
    let topic = "\(stage.prefix).user.alice.rows"
    let admin = try stage.admin
    for outcome in try admin.createTopics(
      [NewTopic(name: topic, partitions: 3, replication: 1, settings: ["min.insync.replicas": "1"])],
      timeoutMilliseconds: 30_000)
    {
      if let error = outcome.error { throw error }
    }
    for partition in 0..<3 as Range<Int32> {
      try stage.send([("m/0/\(partition)", "{}")], to: topic, partition: partition)
    }
    let file = try RouterFile(stage)
    let complete = try await RouterProgram.run(["topics", "--config", file.path, "--json"])
    #expect(complete.status == .exited(0), "\(complete.errorText)")

    try cluster.pause(2)
    let began = ContinuousClock.now
    let process = try await RouterProgram.run(
      ["topics", "--config", file.path, "--timeout", "4s", "--json"], within: .seconds(60))
    let elapsed = ContinuousClock.now - began
    try cluster.resume(2)
    #expect(process.status == .exited(75), "\(process.outputText) \(process.errorText)")
    #expect(process.errorText.contains("did not answer within 4s; increase --timeout."), "\(process.errorText)")
    // The destroy of the clients that wait for the broker has a deadline, too.
    #expect(elapsed < .seconds(12), "\(elapsed)")
    let listed = try #require(try JSONSerialization.jsonObject(with: Data(process.output)) as? [String: Any])
    let topics = try #require(listed["topics"] as? [[String: Any]])
    #expect(topics.count == 1 && topics[0]["topic"] as? String == topic && topics[0]["partitions"] as? Int == 3)
    try await cluster.stop()
  }
}
