internal import Kafka

/// Reads one topic with Slurm's messages about jobs (`jobs.events`), all of it, without a group. On the index's thread.
///
/// Each router reads it for itself: what it says of a job is the same each time, so nothing has to be remembered.
final class SlurmMessageReader {
  private let consumer: Consumer
  private var unread: Set<Int32>
  private var hasComplained = false
  private let log: Log
  private let topic: String

  /// Whether everything that was there at the beginning has been read.
  var isComplete: Bool { unread.isEmpty }

  /// Messages in one go, so that the index gets its turn.
  private static let limit = 5000

  init(
    _ settings: RouterSettings, topic: String, partitionCount: Int32, log: Log, observer: any ClientObserver
  ) throws(KafkaError) {
    var properties = settings.consumer
    properties["group.instance.id"] = nil
    properties["topic.blacklist"] = nil
    properties["enable.partition.eof"] = "true"
    self.log = log
    self.topic = topic
    unread = Set(0..<partitionCount)
    consumer = try Consumer(properties: properties, observer: observer)
    try consumer.assign(
      (0..<partitionCount).map {
        TopicPartitionOffset(TopicPartition(topic: topic, partition: $0), offset: TopicPartitionOffset.beginning)
      })
  }

  /// The messages that have come since the last time.
  ///
  /// - Throws: an error about the topic.
  func read() throws(KafkaError) -> [SlurmMessage] {
    var messages: [SlurmMessage] = []
    for _ in 0..<Self.limit {
      switch try consumer.pollItem(timeoutMilliseconds: 0) {
      case .row(let row):
        if let message = read(row) { messages.append(message) }
      case .end(let partition, _):
        unread.remove(partition.partition)
      case .failure(_, let error):
        throw error
      case .nothing:
        return messages
      }
    }
    return messages
  }

  private func read(_ row: borrowing ConsumedMessage) -> SlurmMessage? {
    guard !row.isTombstone else { return nil }
    switch SlurmMessage.read(row.payload) {
    case .success(let message): return message
    case .failure(let error):
      if !hasComplained {
        hasComplained = true
        log.warning(
          "a message about jobs cannot be read, and is passed over, like others of its kind",
          [.topic: topic, .row: "\(topic)/\(row.partition)/\(row.offset)", .error: error.description])
      }
      return nil
    }
  }
}
