import Kafka
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ConsumerLeaveTests {
  /// librdkafka aborted the process where rows had been fetched ahead.
  @Test func leavesWithRowsThatNobodyHasRead() async throws {
    try await blocking {
      let broker = try EmbeddedBroker()
      try broker.createTopic("rows", partitions: 4)
      let properties = ClientProperties(["bootstrap.servers": broker.bootstrapServers, "group.id": "leaving"])
      let producer = try Producer(
        properties: ClientProperties(["bootstrap.servers": broker.bootstrapServers]), observer: SilentObserver())
      let topic = try producer.topic(named: "rows")
      let row = [UInt8](repeating: 0x61, count: 200)
      for number in 0..<4000 {
        let code = row.withUnsafeBytes { row in
          producer.produce(to: topic, partition: Int32(number % 4), value: row, key: row, timestamp: 0, tag: 0)
        }
        #expect(code == nil)
      }
      #expect(producer.flush(timeoutMilliseconds: 20000) { _ in })
      let consumer = try Consumer(properties: properties, observer: SilentObserver())
      try consumer.assign(
        (0..<4).map { TopicPartitionOffset(TopicPartition(topic: "rows", partition: $0), offset: 0) })
      try eventuallyBlocking("a row", within: .seconds(20)) {
        let message = try consumer.poll(timeoutMilliseconds: 100)
        return message != nil
      }
      try consumer.assign([])
      #expect(consumer.leave(timeoutMilliseconds: 10000))
    }
  }
}
