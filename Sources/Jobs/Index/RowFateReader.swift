public import Kafka
internal import Reading
internal import Runtime

/// Reads from the topic of the job index what routers have done with rows, for commands that need nothing else of it.
public enum RowFateReader {
  private static let keyStem = Array("router/".utf8)

  /// Reads.
  ///
  /// - Parameters:
  ///   - topic: of the job index, with its number of partitions.
  ///   - properties: a consumer's.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  /// - Returns: the sum over all routers that read anything now; `nil` where none does.
  public static func read(
    _ topic: TopicDescription, _ properties: ClientProperties, client: AdminClient, observer: any ClientObserver,
    timeoutMilliseconds: Int32
  ) throws(KafkaError) -> RowFateCounts? {
    let reader = try PartitionReader(
      properties, name: "ldms-router-topics", client: client, observer: observer,
      timeoutMilliseconds: timeoutMilliseconds)
    defer { reader.close() }
    let partitions = (0..<topic.partitionCount).map { TopicPartition(topic: topic.name, partition: $0) }
    let ends = PatientClient(client, timeoutMilliseconds: timeoutMilliseconds).ends(of: partitions)
    var ranges: [PartitionReader.OffsetRange] = []
    for partition in partitions {
      guard let found = try ends[partition]?.get() else { continue }
      ranges.append(
        PartitionReader.OffsetRange(partition: partition, start: found.low, end: found.high, isEndWithin: true))
    }
    var latest: [[UInt8]: [UInt8]] = [:]
    _ = try reader.read(
      ranges,
      take: { _, row in
        guard let key = row.key, key.starts(with: keyStem) else { return }
        latest[Array(key)] = row.isTombstone ? nil : Array(row.payload)
      }, progress: { _ in true })
    var clocks = RouterClocks()
    for (key, message) in latest {
      let instance = String(decoding: key.dropFirst(keyStem.count), as: UTF8.self)
      guard let router = try? RouterClocks.Router(message: message, instance: instance) else { continue }
      clocks.hear(router, now: MonotonicClock.milliseconds())
    }
    return clocks.rows
  }
}
