package import Kafka
package import Logging
internal import Runtime
internal import Topics

/// Reads one topic with Slurm's messages about jobs (`jobs.events`), all of it, without a group. On the index's thread.
///
/// Each router reads it for itself: what it says of a job is the same each time, so nothing has to be remembered.
package final class SlurmMessageReader {
  private let consumer: Consumer
  private var first: FirstReading
  private var hasComplained = false
  private var watch: TopicWatch
  private let log: Log
  private let topic: String
  /// The next offset of each partition.
  private var places: [Int64]
  /// The ends of the partitions at the last question, and its time.
  private var asked: (time: Int64, ends: [Int64])?
  private var nextQuestion: Int64 = 0
  /// The time up to which all messages of the topic have been read, in milliseconds since 1970; `nil` if it is unknown.
  private(set) var readUpTo: Int64?

  /// Whether everything that was there at the beginning has been read.
  package var isComplete: Bool { first.isComplete }

  /// Messages in one go, so that the index gets its turn.
  private static let limit = 5000
  /// How often the brokers are asked where the partitions end, and how long they are waited for.
  private static let questionMilliseconds: Int64 = 1000
  private static let answerMilliseconds: Int32 = 1000

  /// - Parameter isRenewed: whether it was read before, and was taken for another topic then.
  package init(
    _ settings: JobIndexSettings, topic: String, partitionCount: Int32, isRenewed: Bool, log: Log,
    observer: any ClientObserver
  ) throws(KafkaError) {
    watch = TopicWatch(topic: topic, partitionCount: partitionCount, readsAll: !isRenewed)
    self.log = log
    self.topic = topic
    places = Array(repeating: 0, count: Int(partitionCount))
    first = FirstReading(topic: topic, partitionCount: partitionCount)
    consumer = try Consumer(properties: settings.consumer.forReader(group: settings.group), observer: observer)
    try consumer.assign(
      (0..<partitionCount).map {
        TopicPartitionOffset(TopicPartition(topic: topic, partition: $0), offset: TopicPartitionOffset.beginning)
      })
  }

  /// Whether the topic is another one than that which was read, so that it has to be read again. Partitions that were
  /// added are read from here on.
  package func isAnotherTopic(now: Int64) throws(KafkaError) -> Bool {
    switch watch.check(consumer, now: now) {
    case .none: return false
    case .absent, .anew: return true
    case .grown(let partitions):
      first.add(partitions.map(\.partition))
      places += partitions.map { _ in 0 }
      asked = nil
      try consumer.begin(at: partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
      return false
    }
  }

  /// The messages that have come since the last time.
  ///
  /// - Throws: an error about the topic.
  package func read() throws(KafkaError) -> [SlurmMessage] {
    var messages: [SlurmMessage] = []
    for _ in 0..<Self.limit {
      switch try consumer.pollItem(timeoutMilliseconds: 0) {
      case .row(let row):
        watch.note(row)
        if let message = read(row) { messages.append(message) }
        first.note(row.partition, row.offset, of: consumer)
        notePlace(row.partition, row.offset + 1)
      case .end(let partition, let offset):
        first.finish(partition.partition)
        notePlace(partition.partition, offset)
      case .failure(_, let error):
        throw error
      case .nothing:
        return messages
      }
    }
    return messages
  }

  private func notePlace(_ partition: Int32, _ next: Int64) {
    let partition = Int(partition)
    if places.indices.contains(partition), next > places[partition] { places[partition] = next }
  }

  /// Finds out how far the topic has been read. That no message comes does not say it: the brokers may be away.
  package func lookAtEnds(now: Int64) {
    takeAsked()
    guard isComplete, asked == nil, now >= nextQuestion else { return }
    nextQuestion = now + Self.questionMilliseconds
    let time = WallClock.milliseconds()
    let partitions = places.indices.map { TopicPartition(topic: topic, partition: Int32($0)) }
    let found = consumer.watermarks(of: partitions, timeoutMilliseconds: Self.answerMilliseconds)
    var ends: [Int64] = []
    for partition in partitions {
      guard case .success(let watermarks) = found[partition] else { return }
      ends.append(watermarks.high)
    }
    asked = (time, ends)
    takeAsked()
  }

  private func takeAsked() {
    guard let asked, asked.ends.indices.allSatisfy({ places[$0] >= asked.ends[$0] }) else { return }
    readUpTo = asked.time
    self.asked = nil
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
