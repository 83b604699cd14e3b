import Kafka
import TestSupport
import Testing

@Suite(.requiresKafka) struct GroupOffsetsTests {
  /// librdkafka's own request ended the process here: the first question about a group makes the brokers create the
  /// topic that keeps offsets, and until then nobody coordinates groups.
  @Test(.timeLimit(.minutes(3))) func newClusterHasNoOffsets() async throws {
    let cluster = try await KafkaCluster.start(.one, settings: ["offsets.topic.num.partitions": "50"])
    var properties = ClientProperties()
    for (name, value) in cluster.clientProperties() { properties[name] = value }
    let made = properties
    let partition = TopicPartition(topic: "none", partition: 0)
    try await withThrowingTaskGroup(of: [TopicPartitionOffset].self) { group in
      for number in 0..<4 {
        group.addTask {
          try await blocking {
            try AdminClient(properties: made, observer: SilentObserver()).committedOffsets(
              ofGroup: "group-\(number)", [partition], timeoutMilliseconds: 60000)
          }
        }
      }
      for try await offsets in group {
        #expect(offsets == [TopicPartitionOffset(partition, offset: TopicPartitionOffset.invalid)])
      }
    }
    try await cluster.stop()
  }
}
