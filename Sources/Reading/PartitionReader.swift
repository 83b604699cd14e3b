package import Kafka
internal import Runtime

/// Reads offset ranges of partitions to their ends. It assigns partitions to itself, joins no group and commits nothing.
///
/// Belongs to one thread.
package final class PartitionReader {
  /// A range of offsets to read from a partition.
  package struct OffsetRange {
    package let partition: TopicPartition
    package let start: Int64
    /// The offset behind the last. Offsets have gaps: a partition has been read when a row at or behind its last offset
    /// comes, or when it has no more.
    package let end: Int64
    /// Whether rows may lie behind the end; those are then not fetched.
    package let isEndWithin: Bool

    /// These offsets of the partition.
    package init(partition: TopicPartition, start: Int64, end: Int64, isEndWithin: Bool) {
      self.partition = partition
      self.start = start
      self.end = end
      self.isEndWithin = isEndWithin
    }
  }

  /// The outcome of reading.
  package struct Outcome {
    /// The topics that were deleted in the meantime.
    package var deletedTopics: Set<String> = []
    /// Whether the reader was told to stop.
    package var isStopped = false
  }

  /// How many partitions are read at a time.
  ///
  /// librdkafka needs about a second to begin with new ones, however many they are.
  private static let batchSize = 2000
  /// How often progress is reported, in milliseconds.
  private static let progressMilliseconds: Int64 = 100
  /// How long no row arrives before the reader checks that the topics still exist, in milliseconds: librdkafka may not report
  /// that.
  private static let silenceMilliseconds: Int64 = 3000

  private let consumer: Consumer
  private let client: AdminClient
  private let timeoutMilliseconds: Int64

  /// - Parameters:
  ///   - properties: a consumer's, with the `group.id` of the router; it needs READ on that, as all consumers do.
  ///   - name: what the brokers' logs call it.
  ///   - seesUncommitted: whether it also reads rows of transactions that are open or were aborted.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  package init(
    _ properties: ClientProperties, name: String, seesUncommitted: Bool = false, client: AdminClient,
    observer: any ClientObserver, timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    var properties = Self.readerProperties(properties, name: name)
    if seesUncommitted { properties["isolation.level"] = "read_uncommitted" }
    consumer = try Consumer(properties: properties, observer: observer)
    self.client = client
    self.timeoutMilliseconds = Int64(timeoutMilliseconds)
  }

  /// What a consumer needs that reads committed rows in no group.
  package static func readerProperties(_ properties: ClientProperties, name: String) -> ClientProperties {
    var properties = properties.forReader(group: name)
    properties["client.id"] = name
    properties["fetch.wait.max.ms"] = "20"
    // A full queue counts as an error here, and would rest for half a second.
    properties["fetch.error.backoff.ms"] = "10"
    return properties
  }

  /// Reads.
  ///
  /// - Parameters:
  ///   - take: gets each row, with the position of its offset range.
  ///   - progress: gets the number of offsets read so far, at the beginning and then some times a second; false stops.
  package func read(
    _ offsetRanges: [OffsetRange], take: (Int, borrowing ConsumedMessage) -> Void, progress: (Int64) -> Bool
  ) throws(KafkaError) -> Outcome {
    var outcome = Outcome()
    var done: Int64 = 0
    for start in Swift.stride(from: 0, to: offsetRanges.count, by: Self.batchSize) {
      let batch = start..<min(start + Self.batchSize, offsetRanges.count)
      try read(batch, of: offsetRanges, &done, &outcome, take, progress)
      if outcome.isStopped { break }
    }
    return outcome
  }

  /// Closes without waiting long: nothing is committed, and no group has to be left.
  package func close() {
    try? consumer.assign([])
    _ = consumer.leave(timeoutMilliseconds: 1000)
    consumer.abandon()
  }

  private func read(
    _ batch: Range<Int>, of offsetRanges: [OffsetRange], _ done: inout Int64, _ outcome: inout Outcome,
    _ take: (Int, borrowing ConsumedMessage) -> Void, _ progress: (Int64) -> Bool
  ) throws(KafkaError) {
    var places = PartitionPlaces(batch.map { ($0, offsetRanges[$0].partition) })
    var open = OpenOffsetRanges(offsetRanges[batch])
    guard open.count > 0 else { return }
    outcome.isStopped = !progress(done)
    if outcome.isStopped { return }
    let base = done
    defer { done = base + open.done }
    try consumer.assign(
      open.positions.map { position in
        let offsetRange = offsetRanges[batch.lowerBound + position]
        return TopicPartitionOffset(offsetRange.partition, offset: offsetRange.start)
      })
    defer { try? consumer.assign([]) }
    var now = MonotonicClock.milliseconds()
    var (lastItem, lastProgress, lastQuestion) = (now, now, now)
    var itemsUntilClock = 0
    while open.count > 0 {
      var isIdle = false
      switch try consumer.pollItem(timeoutMilliseconds: 50) {
      case .row(let row):
        let index = places.index(of: row)
        guard index >= 0, open.isOpen(index - batch.lowerBound) else { break }
        let offsetRange = offsetRanges[index]
        if row.offset < offsetRange.end { take(index, row) }
        if open.reach(row.offset + 1, index - batch.lowerBound), offsetRange.isEndWithin {
          try consumer.pause([offsetRange.partition])
        }
      case .end(let partition, _):
        if let index = places.index(of: partition) { open.finish(index - batch.lowerBound) }
      case .failure(let partition, let error):
        if error.code.saysTopicIsMissing {
          outcome.deletedTopics.insert(partition.topic)
        } else if error.remedy != .retry {
          throw error
        }
      case .nothing:
        isIdle = true
      }
      // To look at the clock for each row would cost as much as some rows.
      itemsUntilClock -= 1
      guard isIdle || itemsUntilClock <= 0 else { continue }
      itemsUntilClock = 500
      now = MonotonicClock.milliseconds()
      if !isIdle { lastItem = now }
      if now - lastProgress >= Self.progressMilliseconds {
        lastProgress = now
        outcome.isStopped = !progress(base + open.done)
        if outcome.isStopped { return }
      }
      let silence = now - lastItem
      if silence >= Self.silenceMilliseconds, now - lastQuestion >= Self.silenceMilliseconds {
        lastQuestion = now
        noteDeleted(open.positions.map { offsetRanges[batch.lowerBound + $0].partition.topic }, &outcome)
      }
      for position in outcome.deletedTopics.isEmpty ? [] : open.positions
      where outcome.deletedTopics.contains(offsetRanges[batch.lowerBound + position].partition.topic) {
        open.finish(position)
      }
      if silence >= timeoutMilliseconds, let silent = open.positions.first {
        throw KafkaError(.timedOut, operation: "read from \(offsetRanges[batch.lowerBound + silent].partition)")
      }
    }
  }

  /// Looks which topics no longer exist; where nobody answers, none.
  private func noteDeleted(_ topics: [String], _ outcome: inout Outcome) {
    guard let cluster = try? client.describeCluster(timeoutMilliseconds: 1000), !cluster.brokers.isEmpty else { return }
    for topic in Set(topics) where cluster.topics[topic] == nil { outcome.deletedTopics.insert(topic) }
  }
}
