internal import Decomp
internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming

/// Keeps the rows of an audit, takes the copies that are found, and judges.
///
/// First the rows are taken, then `open` says where copies can be, then the copies are taken in the order of their
/// offsets, then `judge` goes through the rows. No I/O. A row costs 16 bytes, and nothing is allocated for it or for a
/// copy unless something is wrong, or a row that can be routed was a dead letter: that costs 40 bytes more.
struct AuditLedger {
  /// An input partition.
  struct Input {
    let partition: TopicPartition
    let topic: InputTopic
    var offsetRange: AuditOffsetRange
    var rows = AuditedRows()
    var counts = AuditCounts()
    /// Rows that the router says it lost.
    var gaps: [InputGap] = []
    /// The first offset that existed after the rows had been read: retention continues in the meantime.
    var firstKept: Int64 = 0
  }

  /// A partition in which copies can be.
  struct Output {
    let topic: Int32
    let partition: Int32
    var evidence = RetentionEvidence()
  }

  /// A message as it was found.
  struct Copy {
    var offset: Int64
    var timestamp: Int64?
    var key: UnsafeRawBufferPointer?
    var payload: UnsafeRawBufferPointer
    /// Among dead letters, why it is one.
    var reason: DeadLetterReason?
    /// Whether it is a dead letter without its row, which was too large.
    var isWithoutRow = false
    /// Whether it is the dead letter of a row that was one before, and was resent.
    var isReturned = false
  }

  /// A dead letter of a row that can be routed. Whether it may be there is only known when all copies have been taken.
  struct EarlierDeadLetter {
    let slot: Int32
    /// The position of the row.
    let row: Int
    let output: Int32
    let offset: Int64
    let reason: DeadLetterReason?
  }

  let names: TopicNames
  let hash: PayloadHash
  var inputs: [Input]
  var fates: RowFates
  var topics = AuditedTopics()
  let deadLetters: Int32
  let waiting: Int32
  /// How many jobs may have a topic at a time.
  let jobTopicLimit: Int
  var outputs: [Output] = []
  var findings: FindingList
  var earlierDeadLetters: [EarlierDeadLetter] = []
  /// The input partitions by the keys of their rows without the offsets: a table of bytes like that of routes.
  var slots = RouteTable()
  var copyCount: Int64 = 0
  /// Messages that are copies of other rows than those of the audit.
  var otherCount: Int64 = 0
  var foreignCount: Int64 = 0

  /// - Parameters:
  ///   - lives: of the partitions. Copies that name another life are those of rows that no longer exist,
  ///     whatever their offset.
  ///   - owners: returns the owners of jobs, or `nil` if they are unknown; called once, and only if a row needs it.
  init(
    _ partitions: [(TopicPartition, AuditOffsetRange)], lives: [TopicPartition: PartitionLife] = [:], plan: RoutingPlan,
    owners: @escaping () -> JobOwners? = { nil }, jobTopicLimit: Int, findingLimit: Int = 20
  ) {
    self.jobTopicLimit = jobTopicLimit
    names = plan.names
    hash = PayloadHash()
    fates = RowFates(plan: plan, owners: owners)
    findings = FindingList(limit: findingLimit)
    deadLetters = topics.add(plan.names.deadLetters)
    waiting = topics.add(plan.names.waiting)
    inputs = partitions.map { partition, offsetRange in
      Input(partition: partition, topic: plan.input(topic: partition.topic), offsetRange: offsetRange)
    }
    for (slot, input) in inputs.enumerated() {
      let prefix = ProvenanceKey.prefix(
        topic: input.partition.topic, partition: input.partition.partition, life: lives[input.partition] ?? .unnamed)
      prefix.withUnsafeBytes { slots.insert($0, kind: .topicName, job: 0, route: Int32(slot)) }
    }
  }

  /// Takes a row of an input partition, in the order of their offsets.
  mutating func take(row payload: UnsafeRawBufferPointer, slot: Int, offset: Int64, timestamp: Int64?) {
    guard inputs[slot].offsetRange.contains(offset) else { return }
    let fate = fates.decide(payload, from: inputs[slot].topic, timestamp: timestamp, &topics)
    inputs[slot].rows.append(AuditedRows.Row(hash: hash(payload), fate: fate), offset: offset, timestamp: timestamp)
  }

  /// The earliest time of a row; `nil` where not all of them have one, or there are none.
  var earliestTime: Int64? {
    var earliest: Int64?
    for input in inputs where input.rows.count > 0 {
      guard let time = input.rows.earliestTime else { return nil }
      earliest = min(earliest ?? time, time)
    }
    return earliest
  }

  /// The topics that rows belong to, whether they exist or not.
  var expectedTopics: [String] { topics.topics.map(\.name) }

  /// Takes the topics that exist.
  ///
  /// - Parameter existing: topics of the router's, with their numbers of partitions.
  mutating func open(_ existing: [(name: String, partitionCount: Int32)]) {
    for topic in existing {
      let position = topics.add(topic.name)
      topics[position].partitionCount = topic.partitionCount
      topics[position].firstOutput = outputs.count
      for partition in 0..<topic.partitionCount { outputs.append(Output(topic: position, partition: partition)) }
    }
    fates.locate(in: topics)
  }

  /// Takes what the router says of rows that it lost; it may say it twice.
  ///
  /// - Parameter key: like that of the first of them. Of another life of the partition, it says nothing.
  mutating func take(_ gap: InputGap, key: UnsafeRawBufferPointer?) {
    guard let key, let (prefix, _) = ProvenanceKey.read(key) else { return }
    let slot = Int(slots.find(prefix, kind: .topicName, job: 0))
    guard slot >= 0, inputs[slot].partition == gap.partition, !inputs[slot].gaps.contains(gap) else { return }
    inputs[slot].gaps.append(gap)
  }

  /// Says that a topic was deleted while its copies were taken.
  mutating func close(_ name: String) {
    topics[topics.add(name)].partitionCount = 0
  }

  /// The partition of an output.
  func partition(of output: Int) -> TopicPartition {
    TopicPartition(topic: topics[outputs[output].topic].name, partition: outputs[output].partition)
  }
}
