public import Kafka
internal import Runtime

/// Looks into topics: their ends, and the last rows of each partition.
///
/// Many partitions at once, with one consumer that is in no group. Belongs to one thread.
public final class TopicContentReader {
  /// Partitions that are read at once.
  ///
  /// librdkafka needs about a second to begin with new ones, however many they are; their rows lie in memory meanwhile.
  private static let batchSize = 2000

  private let client: AdminClient
  private let properties: ClientProperties
  private let observer: any ClientObserver
  private let timeoutMilliseconds: Int32
  private let depth: Int64
  private var consumer: Consumer?

  /// What was found.
  public struct Answer: Sendable {
    /// What is known of each topic's partitions.
    public var partitions: [String: [PartitionContent]] = [:]
    /// Why some could not be read, the first of the reasons of each code.
    public var refusals: [KafkaError] = []
    /// How many partitions did not answer in time.
    public var lateCount = 0
    /// The time at which the ends of the partitions were read, in milliseconds since 1970: later rows are not included.
    public var time: Int64 = 0
  }

  /// A reader.
  ///
  /// - Parameters:
  ///   - properties: a consumer's; they need `bootstrap.servers` and a `group.id` that may be used, though nothing is
  ///     committed and no group joined.
  ///   - timeoutMilliseconds: for each request, and for each batch of partitions to be read.
  ///   - depth: how many offsets before the end are looked at.
  public init(
    _ client: AdminClient, properties: ClientProperties, observer: any ClientObserver, timeoutMilliseconds: Int32,
    depth: Int64 = PartitionSample.depth
  ) {
    self.client = client
    self.depth = depth
    var properties = properties.forReader(group: "ldms-router-topics")
    // Where the offsets vanish while they are being read, there is nothing to read.
    properties["auto.offset.reset"] = "latest"
    properties["fetch.wait.max.ms"] = "20"
    self.properties = properties
    self.observer = observer
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Looks into these topics.
  ///
  /// - Parameters:
  ///   - deadline: when everything has to be read, by the monotonic clock; what is not by then is late.
  ///   - shouldContinue: asked now and then; false ends it with what is known by then.
  ///   - progress: called with the number of partitions read so far, and of all.
  /// - Throws: where the consumer cannot be made.
  public func read(
    _ topics: [TopicDescription], deadline: Int64 = .max, shouldContinue: () -> Bool = { true },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(KafkaError) -> Answer {
    var answer = Answer()
    answer.time = WallClock.milliseconds()
    var partitions: [TopicPartition] = []
    for topic in topics {
      answer.partitions[topic.name] = Array(
        repeating: PartitionContent(watermarks: nil, sample: nil), count: Int(topic.partitionCount))
      for partition in 0..<topic.partitionCount where !topic.leaderlessPartitions.contains(partition) {
        partitions.append(TopicPartition(topic: topic.name, partition: partition))
      }
    }
    progress(0, partitions.count)
    var samples: [TopicPartition: PartitionSample] = [:]
    let timeout = Int32(clamping: min(Int64(timeoutMilliseconds), max(1, deadline - MonotonicClock.milliseconds())))
    for (partition, end) in client.watermarks(of: partitions, timeoutMilliseconds: timeout) {
      switch end {
      case .success(let watermarks):
        answer.partitions[partition.topic]?[Int(partition.partition)].watermarks = watermarks
        if watermarks.high > watermarks.low { samples[partition] = PartitionSample(of: watermarks, depth: depth) }
      case .failure(let error):
        if error.remedy == .retry { answer.lateCount += 1 }
        answer.note(error)
      }
    }
    let filled = partitions.filter { samples[$0] != nil }
    for start in stride(from: 0, to: filled.count, by: Self.batchSize) {
      guard shouldContinue() else { break }
      progress(start, filled.count)
      let batch = Set(filled[start..<min(start + Self.batchSize, filled.count)])
      for (partition, sample) in try fill(
        samples.filter { batch.contains($0.key) }, &answer, deadline: deadline, shouldContinue)
      {
        answer.partitions[partition.topic]?[Int(partition.partition)].sample = sample
      }
    }
    return answer
  }

  /// Reads the rows of samples.
  ///
  /// - Returns: those that could be read to their ends.
  private func fill(
    _ samples: [TopicPartition: PartitionSample], _ answer: inout Answer, deadline: Int64, _ shouldContinue: () -> Bool
  ) throws(KafkaError) -> [TopicPartition: PartitionSample] {
    guard !samples.isEmpty else { return [:] }
    let deadline = min(deadline, MonotonicClock.milliseconds() + Int64(timeoutMilliseconds))
    let consumer = try openConsumer()
    try consumer.assign(samples.map { TopicPartitionOffset($0.key, offset: $0.value.start) })
    defer { try? consumer.assign([]) }
    var samples = samples
    var finished: [TopicPartition: PartitionSample] = [:]
    func finish(_ partition: TopicPartition) {
      if let sample = samples.removeValue(forKey: partition) { finished[partition] = sample }
    }
    while !samples.isEmpty, shouldContinue() {
      guard MonotonicClock.milliseconds() < deadline else {
        answer.lateCount += samples.count
        break
      }
      let item: ConsumedItem
      do {
        item = try consumer.pollItem(timeoutMilliseconds: 100)
      } catch {
        guard error.remedy != .retry else { continue }
        answer.note(error)
        break
      }
      switch item {
      case .row(let row):
        let partition = TopicPartition(topic: row.topic, partition: row.partition)
        guard let end = samples[partition]?.end else { continue }
        if row.offset < end, JobEnd.isMessage(row) {
          samples[partition]?.addJobEnd(timestamp: row.timestamp)
        } else if row.offset < end {
          samples[partition]?.add(bytes: row.payload.count + (row.key?.count ?? 0), timestamp: row.timestamp)
        }
        if row.offset >= end - 1 { finish(partition) }
      case .end(let partition, _):
        finish(partition)
      case .failure(let partition, let error):
        // What librdkafka tries again by itself is no reason to give up.
        guard error.remedy != .retry else { continue }
        if samples.removeValue(forKey: partition) != nil { answer.note(error) }
      case .nothing:
        continue
      }
    }
    return finished
  }

  private func openConsumer() throws(KafkaError) -> Consumer {
    if let consumer { return consumer }
    let consumer = try Consumer(properties: properties, observer: observer)
    self.consumer = consumer
    return consumer
  }
}

extension TopicContentReader.Answer {
  fileprivate mutating func note(_ error: KafkaError) {
    if !refusals.contains(where: { $0.code == error.code }) { refusals.append(error) }
  }
}
