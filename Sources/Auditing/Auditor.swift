internal import Jobs
public import Kafka
public import MetricRouter
internal import Naming
internal import Reading

/// Runs an audit: reads the rows of input topics, then everything that the router has written, and compares.
///
/// The order makes it reliable while a router runs. The committed offsets of the group come first and limit the rows. The ends of
/// the output topics come after the rows have been read, so that every copy of them has arrived by then.
///
/// An auditor writes nothing, joins no group and commits nothing. It belongs to one thread.
public final class Auditor {
  /// The client id, for the brokers' logs.
  static let clientName = "ldms-router-audit"

  let settings: RouterSettings
  let brokers: ReadingConnection

  /// An auditor of the topics that a router with these settings reads and writes.
  ///
  /// - Parameters:
  ///   - client: to ask the brokers with.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  public init(
    _ settings: RouterSettings, client: AdminClient, observer: any ClientObserver, timeoutMilliseconds: Int32
  ) throws(AuditError) {
    self.settings = settings
    brokers = try AuditError.asking { () throws(KafkaError) in
      try ReadingConnection(client, observer: observer, timeoutMilliseconds: timeoutMilliseconds)
    }
  }

  /// Runs the audit.
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
    let reader = try AuditError.asking { () throws(KafkaError) in
      try brokers.reader(settings.consumer, name: Self.clientName)
    }
    defer { reader.close() }
    try readInputs(&ledger, reader, total: rows, progress)
    if let trouble { throw .kafka(trouble) }
    try checkLives(survey)
    try readOutputs(&ledger, reader, progress)
    ledger.judge()
    return AuditReport(ledger, group: settings.group, absentInputs: survey.absentInputs)
  }

  /// The owners of jobs, as a router knows them; `nil` if no router has created the index.
  private func readOwners(_ trouble: inout KafkaError?) -> JobOwners? {
    do {
      return try JobOwnersReader(
        settings.jobIndex, client: brokers.client, observer: brokers.observer,
        timeoutMilliseconds: brokers.timeoutMilliseconds
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
    let outcome = try AuditError.asking { () throws(KafkaError) in
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
    for (partition, ends) in brokers.ends(of: ledger.inputs.map(\.partition)) {
      let ends = try AuditError.asking { () throws(KafkaError) in try ends.get() }
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
    let outcome = try AuditError.asking { () throws(KafkaError) in
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
}
