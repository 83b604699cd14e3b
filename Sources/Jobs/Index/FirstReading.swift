package import Kafka

/// The partitions of a topic that have not been read up to their ends at the start.
package struct FirstReading {
  private let topic: String
  private var unread: Set<Int32>
  private var ends: [Int32: Int64] = [:]

  /// A reading that has not started.
  package init(topic: String, partitionCount: Int32) {
    self.topic = topic
    unread = Set(0..<partitionCount)
  }

  /// Whether all of them have been read.
  package var isComplete: Bool { unread.isEmpty }

  /// Partitions that were added to the topic have to be read as well.
  package mutating func add(_ partitions: [Int32]) { unread.formUnion(partitions) }

  /// A partition was read to its end.
  package mutating func finish(_ partition: Int32) { unread.remove(partition) }

  /// A message was read. librdkafka tells of a partition's end only when a fetch brings nothing, and while others write,
  /// each brings something; so a partition is also finished where its end was when it was first read.
  package mutating func note(_ partition: Int32, _ offset: Int64, of consumer: Consumer) {
    guard unread.contains(partition) else { return }
    if ends[partition] == nil {
      let lag = consumer.lags(of: [TopicPartition(topic: topic, partition: partition)]).first
      ends[partition] = lag.map { offset + 1 + $0.rows }
    }
    if let end = ends[partition], offset + 1 >= end { finish(partition) }
  }
}
