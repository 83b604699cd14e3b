public import Kafka
public import MetricRouter
internal import Naming
internal import Reading

/// Resends dead letters: copies their rows into the topic of waiting rows, from where the routers route them.
///
/// `survey` finds the dead letters, then `send` sends them. A redriver belongs to one thread, joins no group and commits nothing.
public final class Redriver {
  /// The client id, for the brokers' logs.
  static let clientName = "ldms-router-redrive"
  /// How far the clocks of brokers may differ, in milliseconds: apart from that, a resent row is not older than its dead letter.
  private static let clockTolerance: Int64 = 3_600_000

  let settings: RouterSettings
  let brokers: ReadingConnection
  /// A client that sees the ends of partitions, whatever transactions are open.
  private let uncommitted: AdminClient

  /// A redriver of the topics of a router with these settings.
  ///
  /// - Parameters:
  ///   - client: to ask the brokers with.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  public init(
    _ settings: RouterSettings, client: AdminClient, observer: any ClientObserver, timeoutMilliseconds: Int32
  ) throws(RedriveError) {
    self.settings = settings
    var properties = settings.administration
    properties["client.id"] = Self.clientName
    properties["isolation.level"] = "read_uncommitted"
    (uncommitted, brokers) = try RedriveError.asking { () throws(KafkaError) in
      (
        try AdminClient(properties: properties, observer: observer),
        try ReadingConnection(client, observer: observer, timeoutMilliseconds: timeoutMilliseconds)
      )
    }
  }

  /// Finds out which dead letters there are, and which of them were sent before.
  ///
  /// - Parameter progress: hears how far it is, some times a second; false stops it.
  public func survey(
    _ request: RedriveRequest, progress: (RedriveProgress) -> Bool = { _ in true }
  ) throws(RedriveError) -> RedriveSurvey {
    guard request.since == nil || !brokers.isEmbedded else { throw .noTimes }
    let names = settings.plan.names
    let letterPartitions = try partitions(of: names.deadLetters)
    let waitingPartitions = try partitions(of: names.waiting)
    let ends = try ends(of: letterPartitions)
    let starts = try offsets(of: letterPartitions, since: request.since)
    let letters = letterPartitions.map { partition in
      let (low, high) = (ends[partition]?.low ?? 0, ends[partition]?.high ?? 0)
      return PartitionReader.OffsetRange(
        partition: partition, start: min(high, max(low, starts[partition] ?? low)), end: high, isEndWithin: true)
    }
    var survey = RedriveSurvey(
      request: request, selection: DeadLetterSelection(request), letters: letters,
      waitingPartitionCount: Int32(waitingPartitions.count))
    try readSent(&survey, progress)
    var ledger = RedriveLedger()
    try readLetters(survey, .deadLetters, progress) { verdict, message in
      ledger.take(verdict, timestamp: message.timestamp)
      return true
    }
    survey.ledger = ledger
    return survey
  }

  /// Reads which dead letters were sent before, or since this was read last.
  func readSent(_ survey: inout RedriveSurvey, _ progress: (RedriveProgress) -> Bool) throws(RedriveError) {
    // Rows that were sent on belong to no transaction; they may lie behind one of a router's that is open.
    let partitions = (0..<survey.waitingPartitionCount).map {
      TopicPartition(topic: settings.plan.names.waiting, partition: $0)
    }
    let ends = try ends(of: partitions, from: uncommitted)
    let since = survey.waitingEnds.isEmpty ? survey.request.since.map { max(0, $0 - Self.clockTolerance) } : nil
    let starts = try offsets(of: partitions, since: since, from: uncommitted)
    let offsetRanges = partitions.map { partition in
      let (low, high) = (ends[partition]?.low ?? 0, ends[partition]?.high ?? 0)
      let start = survey.waitingEnds[partition] ?? starts[partition] ?? low
      return PartitionReader.OffsetRange(
        partition: partition, start: min(high, max(low, start)), end: high, isEndWithin: true)
    }
    var sent = survey.selection.sent
    try read(offsetRanges, seesUncommitted: true, .sentLetters, progress) { message in
      if let place = LetterPlace(headers: message.headers), let key = message.key { sent.insert(place, key: key) }
      return true
    }
    survey.selection.sent = sent
    for offsetRange in offsetRanges { survey.waitingEnds[offsetRange.partition] = offsetRange.end }
  }

  /// Reads the dead letters of a survey.
  ///
  /// - Parameter take: gets what becomes of each, and the message; false ends the reading.
  func readLetters(
    _ survey: RedriveSurvey, _ phase: RedriveProgress.Phase, _ progress: (RedriveProgress) -> Bool,
    take: (DeadLetterSelection.Verdict, borrowing ConsumedMessage) -> Bool
  ) throws(RedriveError) {
    let selection = survey.selection
    try read(survey.letters, phase, progress) { message in
      let letter = DeadLetterSelection.Letter(
        place: LetterPlace(partition: message.partition, offset: message.offset), key: message.key,
        headers: message.headers, isEmpty: message.payload.isEmpty)
      return take(selection.verdict(on: letter), message)
    }
  }

  /// Reads offset ranges to their ends.
  ///
  /// - Parameter take: gets each message; false ends the reading.
  private func read(
    _ offsetRanges: [PartitionReader.OffsetRange], seesUncommitted: Bool = false, _ phase: RedriveProgress.Phase,
    _ progress: (RedriveProgress) -> Bool, take: (borrowing ConsumedMessage) -> Bool
  ) throws(RedriveError) {
    let total = offsetRanges.reduce(0) { $0 + max(0, $1.end - $1.start) }
    guard total > 0 else { return }
    var isEnded = false
    let outcome = try RedriveError.asking { () throws(KafkaError) in
      let reader = try brokers.reader(settings.consumer, name: Self.clientName, seesUncommitted: seesUncommitted)
      defer { reader.close() }
      return try reader.read(
        offsetRanges,
        take: { _, message in if !isEnded { isEnded = !take(message) } },
        progress: { done in
          !isEnded && progress(RedriveProgress(phase: phase, done: done, total: total))
        })
    }
    if outcome.isStopped, !isEnded { throw .stopped }
    if let topic = outcome.deletedTopics.min() {
      throw .kafka(KafkaError(.unknownTopicOrPartition, operation: "read from \(topic)"))
    }
  }

  // MARK: - Questions to the brokers

  /// The partitions of a topic that every router makes when it starts.
  private func partitions(of topic: String) throws(RedriveError) -> [TopicPartition] {
    let description = try RedriveError.asking { () throws(KafkaError) -> TopicDescription? in
      let cluster = try brokers.client.describeCluster(timeoutMilliseconds: brokers.timeoutMilliseconds)
      // If asked by name, brokers also report a topic without DESCRIBE permission. The embedded broker would create it.
      guard cluster.topics[topic] == nil, !brokers.isEmbedded else { return cluster.topics[topic] }
      return try brokers.client.describeTopic(topic, timeoutMilliseconds: brokers.timeoutMilliseconds)
    }
    guard let description else { throw .noTopic(topic) }
    return (0..<description.partitionCount).map { TopicPartition(topic: topic, partition: $0) }
  }

  private func ends(
    of partitions: [TopicPartition], from client: AdminClient? = nil
  ) throws(RedriveError) -> [TopicPartition: Watermarks] {
    var found: [TopicPartition: Watermarks] = [:]
    for (partition, ends) in brokers.ends(of: partitions, from: client) {
      found[partition] = try RedriveError.asking { () throws(KafkaError) in try ends.get() }
    }
    return found
  }

  /// The first offset of each partition at a time or later; empty without a time.
  private func offsets(
    of partitions: [TopicPartition], since time: Int64?, from client: AdminClient? = nil
  ) throws(RedriveError) -> [TopicPartition: Int64] {
    guard let time else { return [:] }
    return try RedriveError.asking { () throws(KafkaError) in
      try brokers.offsets(of: partitions, since: time, from: client)
    }
  }
}
