internal import Jobs
public import Kafka
public import MetricRouter
internal import Naming
internal import Reading

/// Makes an audit: reads the rows of input topics, then everything that the router has written, and compares.
///
/// The order keeps it honest while a router runs: what the group has committed is asked first and bounds the rows;
/// where the output topics end is asked when those have been read, so that every copy of them is there by then.
///
/// It writes nothing, joins no group and commits nothing. Belongs to one thread.
public final class Auditor {
  /// What the brokers' logs call it.
  static let clientName = "ldms-router-audit"

  let settings: RouterSettings
  let client: AdminClient
  let observer: any ClientObserver
  let timeoutMilliseconds: Int32
  let isEmbedded: Bool

  /// - Parameters:
  ///   - client: to ask the brokers with.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  public init(
    _ settings: RouterSettings, client: AdminClient, observer: any ClientObserver, timeoutMilliseconds: Int32
  ) throws(AuditError) {
    self.settings = settings
    self.client = client
    self.observer = observer
    self.timeoutMilliseconds = timeoutMilliseconds
    isEmbedded = try Self.asking { () throws(KafkaError) in
      try client.isEmbeddedBroker(timeoutMilliseconds: timeoutMilliseconds)
    }
  }

  /// Makes it.
  ///
  /// - Parameter progress: hears how far it is, some times a second; false stops it.
  public func run(
    _ request: AuditRequest, progress: (AuditProgress) -> Bool = { _ in true }
  ) throws(AuditError) -> AuditReport {
    let survey = try survey(request)
    let rows = survey.partitions.reduce(0) { $0 + $1.offsetRange.count }
    guard rows <= request.rowLimit else { throw .tooManyRows(rows, limit: request.rowLimit) }
    var trouble: KafkaError?
    var ledger = AuditLedger(
      survey.partitions, lives: survey.lives, plan: settings.plan, owners: { self.readOwners(&trouble) },
      jobTopicLimit: settings.jobTopics.limit, findingLimit: request.findingLimit)
    let reader = try Self.asking { () throws(KafkaError) in
      try PartitionReader(
        settings.consumer, name: Self.clientName, client: client, observer: observer,
        timeoutMilliseconds: timeoutMilliseconds)
    }
    defer { reader.close() }
    try readInputs(&ledger, reader, total: rows, progress)
    if let trouble { throw .kafka(trouble) }
    try checkLives(survey)
    try readOutputs(&ledger, reader, progress)
    ledger.judge()
    return AuditReport(ledger, group: settings.group, absentInputs: survey.absentInputs)
  }

  /// Whose jobs are, as a router knows it; `nil` where no router has created the index.
  private func readOwners(_ trouble: inout KafkaError?) -> JobOwners? {
    do {
      return try JobOwnersReader(
        settings.jobIndex, client: client, observer: observer, timeoutMilliseconds: timeoutMilliseconds
      ).read()
    } catch {
      trouble = error
      return nil
    }
  }

  private func readInputs(
    _ ledger: inout AuditLedger, _ reader: PartitionReader, total: Int64, _ progress: (AuditProgress) -> Bool
  ) throws(AuditError) {
    let offsetRanges = ledger.inputs.map { input in
      PartitionReader.OffsetRange(
        partition: input.partition, start: input.offsetRange.start, end: input.offsetRange.end, isEndWithin: true)
    }
    let outcome = try Self.asking { () throws(KafkaError) in
      try reader.read(
        offsetRanges,
        take: { slot, row in
          ledger.take(row: row.payload, slot: slot, offset: row.offset, timestamp: row.timestamp)
        },
        progress: { progress(AuditProgress(phase: .inputs, done: $0, total: total)) })
    }
    if outcome.isStopped { throw .stopped }
    if let topic = outcome.deletedTopics.min() {
      throw .kafka(KafkaError(.unknownTopicOrPartition, operation: "read from \(topic)"))
    }
    // Rows that were deleted meanwhile, and were not read, are none that copies could be compared with.
    for (partition, ends) in ends(of: ledger.inputs.map(\.partition)) {
      let ends = try Self.asking { () throws(KafkaError) in try ends.get() }
      for slot in ledger.inputs.indices where ledger.inputs[slot].partition == partition {
        ledger.inputs[slot].firstKept = ends.low
      }
    }
  }

  private func readOutputs(
    _ ledger: inout AuditLedger, _ reader: PartitionReader, _ progress: (AuditProgress) -> Bool
  ) throws(AuditError) {
    ledger.open(try outputTopics(for: ledger))
    let offsetRanges = try outputOffsetRanges(&ledger, progress)
    let total = offsetRanges.reduce(0) { $0 + max(0, $1.end - $1.start) }
    let outcome = try Self.asking { () throws(KafkaError) in
      try reader.read(
        offsetRanges,
        take: { output, row in
          // Only dead letters have headers, and what is said of rows that were lost.
          let headers = ledger.outputs[output].topic == ledger.deadLetters ? row.headers : []
          if row.payload.isEmpty, let gap = InputGap(headers: headers) {
            ledger.take(gap, key: row.key)
            return
          }
          let copy = AuditLedger.Copy(
            offset: row.offset, timestamp: row.timestamp, key: row.key, payload: row.payload,
            reason: DeadLetterReason(headers: headers),
            isWithoutRow: row.payload.isEmpty && OversizedDeadLetter.isMark(headers),
            isReturned: LetterPlace(headers: headers) != nil)
          ledger.take(copy, in: output)
        },
        progress: { progress(AuditProgress(phase: .outputs, done: $0, total: total)) })
    }
    if outcome.isStopped { throw .stopped }
    for topic in outcome.deletedTopics { ledger.close(topic) }
    noteDeletions(&ledger)
  }

  /// Turns Kafka's errors into those of audits.
  static func asking<Answer>(_ question: () throws(KafkaError) -> Answer) throws(AuditError) -> Answer {
    do {
      return try question()
    } catch {
      throw .kafka(error)
    }
  }
}
