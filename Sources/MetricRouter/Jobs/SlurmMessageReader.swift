internal import Kafka
internal import Logging

/// Reads one topic with Slurm's messages about jobs (`jobs.events`), all of it, without a group. On the index's thread.
///
/// Each router reads it for itself: what it says of a job is the same each time, so nothing has to be remembered.
final class SlurmMessageReader {
  private let consumer: Consumer
  private var first: FirstReading
  private var hasComplained = false
  private var watch: TopicWatch
  private let log: Log
  private let topic: String

  /// Whether everything that was there at the beginning has been read.
  var isComplete: Bool { first.isComplete }

  /// Messages in one go, so that the index gets its turn.
  private static let limit = 5000

  /// - Parameter isRenewed: whether it was read before, and was taken for another topic then.
  init(
    _ settings: RouterSettings, topic: String, partitionCount: Int32, isRenewed: Bool, log: Log,
    observer: any ClientObserver
  ) throws(KafkaError) {
    watch = TopicWatch(topic: topic, partitionCount: partitionCount, readsAll: !isRenewed)
    self.log = log
    self.topic = topic
    first = FirstReading(topic: topic, partitionCount: partitionCount)
    consumer = try Consumer(properties: settings.consumer.forReader(group: settings.group), observer: observer)
    try consumer.assign(
      (0..<partitionCount).map {
        TopicPartitionOffset(TopicPartition(topic: topic, partition: $0), offset: TopicPartitionOffset.beginning)
      })
  }

  /// Whether the topic is another one than that which was read, so that it has to be read again. Partitions that were
  /// added are read from here on.
  func isAnotherTopic(now: Int64) throws(KafkaError) -> Bool {
    switch watch.check(consumer, now: now) {
    case .none: return false
    case .absent, .anew: return true
    case .grown(let partitions):
      first.add(partitions.map(\.partition))
      try consumer.begin(at: partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
      return false
    }
  }

  /// The messages that have come since the last time.
  ///
  /// - Throws: an error about the topic.
  func read() throws(KafkaError) -> [SlurmMessage] {
    var messages: [SlurmMessage] = []
    for _ in 0..<Self.limit {
      switch try consumer.pollItem(timeoutMilliseconds: 0) {
      case .row(let row):
        watch.note(row)
        if let message = read(row) { messages.append(message) }
        first.note(row.partition, row.offset, of: consumer)
      case .end(let partition, _):
        first.finish(partition.partition)
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
          "skipping an unreadable message about jobs, and others of its kind",
          [.topic: topic, .row: "\(topic)/\(row.partition)/\(row.offset)", .error: error.description])
      }
      return nil
    }
  }
}
