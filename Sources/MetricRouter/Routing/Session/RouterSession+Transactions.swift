internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// Exactly-once: the copies of the rows and the offsets behind them become visible together, in one transaction after
/// the other.
///
/// A transaction begins with its first row, and is committed when every row in it has arrived; then it holds exactly the
/// rows that its offsets cover. Whatever goes wrong in it has one answer: abort, go back to where it began, and consume
/// the same rows again. What was learned on the first pass (a topic that refuses, a row that is too large) makes dead
/// letters on the second.
extension RouterSession {
  /// How long a transaction may be open before it is aborted by us: well below `transaction.timeout.ms`, after which
  /// the broker would fence the producer.
  static func ageLimitMilliseconds(_ settings: RouterSettings) -> Int64 {
    Int64(settings.producer["transaction.timeout.ms"] ?? "").map { $0 / 2 } ?? 30000
  }

  private static let seekMilliseconds: Int32 = 5000

  /// Does what new producers need before they are used: in transactions, what a predecessor left open is aborted.
  ///
  /// - Returns: false where the session ends, or the router was told to stop meanwhile.
  @discardableResult
  func prepareProducers() -> Bool {
    guard delivery.claimsTransactionalID else { return true }
    guard !stop.isRequested else { return false }
    do {
      try producers.claimTransactionalID { error in
        if isDue("claim") { log.warning("waiting for the transaction coordinator", [.error: error.description]) }
        status.beat()
        return !stop.isRequested
      }
    } catch {
      let isRefused = error.code == .transactionalIDAuthorizationFailed
      let id = settings.producer["transactional.id"] ?? ""
      phase.end(isRefused ? .failed(.transactionalID(id, error)) : .rebuild(error))
    }
    return !phase.isEnded && !stop.isRequested
  }

  /// Takes note of a row that is consumed: the first begins the transaction, and the first of a partition is where to
  /// go back to.
  func include(_ row: ConsumedRow) {
    if let expected = assignment.include(slot: row.slot, offset: row.offset) {
      // A new client starts at the committed offset, whatever happened to the rows behind it.
      let what = "go back to offset \(expected) of \(assignment.slots[row.slot].partition)"
      phase.end(.rebuild(KafkaError(.noOffset, operation: what, reason: "the next row was that at \(row.offset)")))
      return
    }
    guard !delivery.isOpen else { return }
    do {
      try producers.beginTransaction()
      delivery.begin(now: MonotonicClock.milliseconds())
    } catch {
      phase.end(.rebuild(error))
    }
  }

  /// Brings the transaction to its end: commits it when all of its rows have arrived by then, else aborts it.
  ///
  /// After an abort nothing may be sent before the loop has gone back.
  func settleTransaction(deadline: Int64) {
    guard delivery.isOpen, !phase.isEnded else {
      takeFinished()
      return
    }
    let began = MonotonicClock.milliseconds()
    let depth = phase.enter(.settling(until: deadline))
    drain()
    phase.leave(depth)
    // While the rows were waited for, the group may have taken partitions away, and that has settled it.
    guard delivery.isOpen, !phase.isEnded else { return }
    if !phase.isReplaying, tracker.unfinishedBatches > 0 {
      phase.replay(KafkaError(.timedOut, operation: "finish the rows of a transaction"))
    }
    if !phase.isReplaying { commitTransaction(deadline: deadline) }
    if phase.isReplaying { abortTransaction(after: deadline) }
    if !phase.isInterrupted { delivery.settled(within: MonotonicClock.milliseconds() - began) }
  }

  /// Aborts what is open, and goes back to its first rows.
  func replay(_ reason: KafkaError) {
    let rows = tracker.unfinishedRows + delivery.uncommittedRows
    if isDue("replay \(reason.code.name)") {
      log.warning(
        "transaction aborted; consuming its rows again", [.error: reason.description, .count: String(rows)])
    }
    abortTransaction()
    guard !phase.isEnded else { return }
    switch delivery.retry(now: MonotonicClock.milliseconds()) {
    case .rebuild:
      phase.end(.rebuild(reason))
    case .goBack:
      phase.wentBack()
      forgetUncommitted()
      resume()
      goBack()
    }
  }

  private func goBack() {
    let (slots, positions) = assignment.goBack()
    for slot in slots { tracker.forgetEnd(slot) }
    guard !positions.isEmpty else { return }
    do {
      try consumer.seek(positions, timeoutMilliseconds: Self.seekMilliseconds)
    } catch {
      phase.end(.rebuild(error))
    }
  }

  /// Drops everything that belonged to the transaction. Answers for its rows have come, or never will.
  private func forgetUncommitted() {
    tracker.reset()
    claimDebts.forget()
    // They lie behind the rows that come again, or have to be fetched again themselves.
    let forgotten = unrouted.forgetAll()
    for entry in forgotten.rows { assignment.includeUnseen(entry.partition, offset: entry.offset) }
    // Those behind a row that comes again are met again.
    for (slot, offset) in forgotten.ends where assignment.slots[slot].first < 0 { tracker.reachedEnd(slot, at: offset) }
    wake(forgotten.heldBack)
    parked.forgetRows()
    delivery.forgetUncommitted()
    totals.forgetUnderWay()
    jobs.goBack()
    routes.goBack()
  }

  private func commitTransaction(deadline: Int64) {
    takeFinished()
    guard lookBeforeCommit(until: lastMoment(deadline)) else {
      phase.replay(KafkaError(.timedOut, operation: "ask for the group's offsets before a transaction is committed"))
      return
    }
    guard !phase.isInterrupted else { return }
    let offsets = offsets(tracker.takeUnconfirmed())
    guard delivery.mayCommit(offsetCount: offsets.count) else {
      phase.replay(KafkaError(.noOffset, operation: "commit a transaction"))
      return
    }
    let began = MonotonicClock.milliseconds()
    let limit = lastMoment(deadline)
    do {
      if !offsets.isEmpty {
        try producers.sendOffsets(offsets, of: consumer, until: limit, retrying: noteRetry)
      }
    } catch {
      commitFailed(Delivery.failure(sendingOffsets: error), error)
      return
    }
    do {
      try producers.commitTransaction(until: limit, retrying: noteRetry)
    } catch {
      commitFailed(Delivery.failure(committing: error), error)
      return
    }
    totals.commits.observe(MonotonicClock.milliseconds() - began)
    confirm(offsets)
    for offset in offsets where !refusedRows.isEmpty {
      refusedRows.forget(offset.partition, before: offset.offset)
    }
    add(delivery.committed())
    assignment.committed()
    routes.keepCommitted()
    keepCommittedJobs()
    checkConservation()
  }

  /// The moment by which a commit has to be done: settling may take as long as the transaction lives, but not longer than the
  /// group or a stop can wait.
  private func lastMoment(_ deadline: Int64) -> Int64 {
    max(min(deadline, stopDeadline ?? .max), MonotonicClock.milliseconds() + Delivery.lastAbortMilliseconds)
  }

  private func commitFailed(_ failure: Delivery.CommitFailure, _ error: KafkaError) {
    switch failure {
    case .refused: phase.end(.failed(.group(settings.group, error)))
    case .rebuild: phase.end(.rebuild(error))
    case .replay(let asksForTopics):
      if asksForTopics { perform(topics.forgetAll()) }
      phase.replay(error)
    }
  }

  /// The transaction has failed, perhaps because one of its topics is refused: librdkafka does not say which.
  func transactionFailed(_ error: KafkaError) {
    perform(topics.forgetAll())
    phase.replay(error)
  }

  /// A copy did not arrive, so the transaction cannot be committed. Learns from it what the second pass has to know.
  func settleInTransaction(_ failed: FailedCopy, _ error: KafkaError) {
    switch failed.tag.copy {
    case .deadLetter, .waiting:
      settleAsideInTransaction(failed, error)
      return
    case .user, .job: break
    }
    defer { phase.replay(error) }
    guard failed.code.concernsTopic, let output = topics.outputs.position(of: failed.topic) else { return }
    let now = MonotonicClock.milliseconds()
    if failed.code.saysTopicIsMissing {
      perform(topics.forget(output))
    } else if failed.code == .topicAuthorizationFailed {
      perform(topics.refuse(output, error, now: now))
    } else {
      refusedRows.note(key: failed.key, failed.tag.copy, detail: Self.detail(failed.topic, error))
      let (isRefused, actions) = topics.countFailure(output, error, transaction: delivery.began ?? 0, now: now)
      perform(actions)
      guard isRefused else { return }
      log.error(
        "topic made several transactions fail; for a while, all of its rows go to the dead-letter topic",
        [.topic: topics[output].name, .error: error.description])
    }
  }

  /// Settles a dead letter or a waiting row that failed: on the second pass, a dead letter that is too large is sent without its
  /// row, and a row that is too large to wait is a dead letter.
  private func settleAsideInTransaction(_ failed: FailedCopy, _ error: KafkaError) {
    guard failed.code == .messageTooLarge, !OversizedDeadLetter.isMark(failed.headers) else {
      deadLetterFailed(error, topic: failed.tag.copy == .waiting ? plan.names.waiting : nil)
      return
    }
    refusedRows.note(key: failed.key, failed.tag.copy, detail: error.reason)
    phase.replay(error)
  }

  /// The detail of a dead letter whose topic refused it.
  static func detail(_ topic: String, _ error: KafkaError) -> String {
    "topic \"\(topic)\": \(error.reason) (\(error.code.name))"
  }

  /// Aborts the open transaction. If that fails, the client is recreated: claiming the id aborts the transaction as well.
  ///
  /// - Parameter limit: where somebody waits, the abort is given up then, or soon.
  private func abortTransaction(after limit: Int64 = 0) {
    guard delivery.isOpen, !phase.isEnded else { return }
    totals.failedCommits += 1
    let deadline = delivery.abort(
      now: MonotonicClock.milliseconds(), isWaitedFor: phase.isRevoking || stop.isRequested, limit: limit)
    do {
      try producers.abortTransaction(until: deadline, retrying: noteRetry)
    } catch {
      phase.end(.rebuild(error))
    }
  }

  /// The group may have given the partitions to somebody else already: nothing of them can be committed.
  func dropTransaction(_ error: KafkaError) {
    guard delivery.isOpen else { return }
    phase.replay(error)
    abortTransaction()
  }

  /// A call about a transaction is about to be repeated.
  private func noteRetry(_ error: KafkaError) {
    if isDue("transaction \(error.code.name)") {
      log.warning("transaction: retrying", [.error: error.description])
    } else {
      log.debug("transaction: retrying", [.error: error.description])
    }
    status.beat()
  }
}
