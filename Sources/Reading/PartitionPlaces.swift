package import Kafka

/// Finds the positions of partitions by the messages that come from them, without a `String` for each.
package struct PartitionPlaces {
  private var positions: [TopicPartition: Int] = [:]
  /// The position of each partition by topic, or -1.
  private var topics: [[Int]] = []
  /// A topic stays the same as long as its partitions are assigned.
  private var topicOfHandle: [ConsumedTopic: Int] = [:]
  private var topicOfName: [String: Int] = [:]
  private var last: (handle: ConsumedTopic, topic: Int)?

  package init(_ partitions: [(Int, TopicPartition)]) {
    for (position, partition) in partitions {
      positions[partition] = position
      let topic = topicOfName[partition.topic] ?? topics.count
      if topic == topics.count {
        topicOfName[partition.topic] = topic
        topics.append([])
      }
      let number = Int(partition.partition)
      while topics[topic].count <= number { topics[topic].append(-1) }
      topics[topic][number] = position
    }
  }

  package func index(of partition: TopicPartition) -> Int? { positions[partition] }

  /// The position of a message's partition, or -1.
  package mutating func index(of message: borrowing ConsumedMessage) -> Int {
    let handle = message.source
    let topic: Int
    if let last, last.handle == handle {
      topic = last.topic
    } else {
      topic = topicOfHandle[handle] ?? topicOfName[message.topic] ?? -1
      topicOfHandle[handle] = topic
      last = (handle, topic)
    }
    let partition = Int(message.partition)
    return topic >= 0 && partition < topics[topic].count ? topics[topic][partition] : -1
  }
}
