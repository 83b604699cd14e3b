internal import Kafka
internal import MetricRouter
internal import Naming
internal import Reading
internal import Runtime

/// Finding the topics in which copies can be, and their ends.
extension Auditor {
  /// How long a transaction may be open: a little longer than brokers let it (`transaction.timeout.ms`, 60 s for a
  /// router).
  private static let transactionMilliseconds: Int64 = 75_000
  /// The number of partitions in one request for offsets by time: one deleted topic spoils the whole answer.
  private static let questionSize = 500

  /// The output topics that exist, with their numbers of partitions.
  func outputTopics(for ledger: AuditLedger) throws(AuditError) -> [(name: String, partitionCount: Int32)] {
    let names = settings.plan.names
    let cluster = try AuditError.asking { () throws(KafkaError) in
      try brokers.client.describeCluster(timeoutMilliseconds: brokers.timeoutMilliseconds)
    }
    var topics: [String: Int32] = [:]
    for topic in cluster.topics.values {
      switch names.read(topic.name) {
      case .user, .job, .deadLetters, .waiting: topics[topic.name] = topic.partitionCount
      case .jobIndex, nil: break
      }
    }
    // A topic that may not be seen looks like one that does not exist, but not if it is asked for by its name.
    // Permissions are granted by prefix, so each user's topic and one of each user's jobs will do.
    var asked: Set<Name> = []
    for name in ledger.expectedTopics where topics[name] == nil {
      if case .job(_, let user) = names.read(name), !asked.insert(user).inserted { continue }
      if let topic = try describe(name, cluster) { topics[name] = topic.partitionCount }
    }
    return topics.sorted { $0.key < $1.key }.map { (name: $0.key, partitionCount: $0.value) }
  }

  /// The ranges to read of the output partitions, in their order. Waits until everything in them can be read.
  func outputOffsetRanges(
    _ ledger: inout AuditLedger, _ progress: (AuditProgress) -> Bool
  ) throws(AuditError) -> [PartitionReader.OffsetRange] {
    let ends = try readableEnds(&ledger, progress)
    var starts = try startOffsets(ledger, ends)
    try skipWaited(ledger, ends, &starts)
    return ledger.outputs.indices.map { output in
      let partition = ledger.partition(of: output)
      guard let end = ends[partition] else {
        return PartitionReader.OffsetRange(partition: partition, start: 0, end: 0, isEndWithin: false)
      }
      let start = max(end.low, min(end.high, starts[partition] ?? end.low))
      ledger.outputs[output].evidence.low = end.low
      ledger.outputs[output].evidence.start = start
      return PartitionReader.OffsetRange(partition: partition, start: start, end: end.high, isEndWithin: false)
    }
  }

  /// Skips the waiting rows that the router has read already.
  private func skipWaited(
    _ ledger: AuditLedger, _ ends: [TopicPartition: Watermarks], _ starts: inout [TopicPartition: Int64]
  ) throws(AuditError) {
    let waiting = ends.keys.filter { $0.topic == settings.plan.names.waiting }
    guard !waiting.isEmpty else { return }
    for offset in try committedOffsets(waiting) where offset.offset >= 0 { starts[offset.partition] = offset.offset }
  }

  /// Notes what retention has deleted while the partitions were read.
  func noteDeletions(_ ledger: inout AuditLedger) {
    let partitions = ledger.outputs.indices.map { ledger.partition(of: $0) }
    let ends = brokers.ends(of: partitions)
    for (output, partition) in partitions.enumerated() {
      // Without an answer nothing can be said for certain of this partition.
      let low = (try? ends[partition]?.get())?.low
      ledger.outputs[output].evidence.lowAfter = low ?? .max
    }
  }

  /// The ends of all output partitions, once readers of committed rows can see everything up to there.
  private func readableEnds(
    _ ledger: inout AuditLedger, _ progress: (AuditProgress) -> Bool
  ) throws(AuditError) -> [TopicPartition: Watermarks] {
    var properties = settings.administration
    properties["isolation.level"] = "read_uncommitted"
    let uncommitted = try AuditError.asking { () throws(KafkaError) in
      try AdminClient(properties: properties, observer: SilentObserver())
    }
    let partitions = ledger.outputs.indices.map { ledger.partition(of: $0) }
    let ends = try watermarks(uncommitted, of: partitions, &ledger)
    let deadline = MonotonicClock.milliseconds() + Self.transactionMilliseconds
    var waiting = partitions.filter { ends[$0] != nil }
    while true {
      let readable = try watermarks(brokers.client, of: waiting, &ledger)
      waiting = waiting.filter { partition in
        guard let end = ends[partition], let reached = readable[partition] else { return false }
        return reached.high < end.high
      }
      guard let first = waiting.first else { return ends }
      guard MonotonicClock.milliseconds() < deadline else { throw .heldUp(first) }
      let done = Int64(partitions.count - waiting.count)
      guard progress(AuditProgress(phase: .transactions, done: done, total: Int64(partitions.count))) else {
        throw .stopped
      }
      Thread.sleep(milliseconds: 100)
    }
  }

  /// The ends of partitions; a topic that was deleted is closed, and its partitions have none.
  private func watermarks(
    _ client: AdminClient, of partitions: [TopicPartition], _ ledger: inout AuditLedger
  ) throws(AuditError) -> [TopicPartition: Watermarks] {
    var found: [TopicPartition: Watermarks] = [:]
    for (partition, ends) in brokers.ends(of: partitions, from: client) {
      switch ends {
      case .success(let ends): found[partition] = ends
      case .failure(let error) where error.code.saysTopicIsMissing: ledger.close(partition.topic)
      case .failure(let error): throw .kafka(error)
      }
    }
    return found
  }

  /// The offsets to start from: a copy is not older than its row, apart from clocks that differ.
  private func startOffsets(
    _ ledger: AuditLedger, _ ends: [TopicPartition: Watermarks]
  ) throws(AuditError) -> [TopicPartition: Int64] {
    // Without rows there can still be copies of them.
    guard let earliest = ledger.earliestTime, earliest > RetentionEvidence.clockTolerance, !brokers.isEmbedded else {
      return [:]
    }
    var starts: [TopicPartition: Int64] = [:]
    let partitions = Array(ends.keys)
    for start in stride(from: 0, to: partitions.count, by: Self.questionSize) {
      let question = Array(partitions[start..<min(start + Self.questionSize, partitions.count)])
      do {
        let answer = try brokers.offsets(of: question, since: earliest - RetentionEvidence.clockTolerance)
        starts.merge(answer) { $1 }
      } catch {
        // Then these are read from their beginning.
        guard error.code.saysTopicIsMissing else { throw .kafka(error) }
      }
    }
    return starts
  }
}
