internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// What comes back: acknowledgements, failures, and the commits that follow from them.
extension RouterSession {
  /// Takes the reports that the body has a producer serve.
  ///
  /// Those of one batch come in runs. They are counted here and told to the tracker once a run: each look at a property
  /// of a class costs a check of its own.
  func takeAnswers(_ serve: (_ report: (borrowing DeliveryReport) -> Void) -> Void) {
    var batch: UInt32 = 0
    var run: Int32 = 0
    serve { report in
      guard let tag = DeliveryTracker.Tag(packed: report.tag) else { return }
      if let code = report.error {
        note(report, code, tag)
        return
      }
      if tag.batch != batch {
        arrived(run, batch)
        batch = tag.batch
        run = 0
      }
      run += 1
    }
    arrived(run, batch)
  }

  func arrived(_ copies: Int32, _ batch: UInt32) {
    guard copies > 0 else { return }
    tracker.answered(copies, batch: batch)
    delivery.stall.arrived(copies)
  }

  @inline(never)
  private func note(_ report: borrowing DeliveryReport, _ code: KafkaErrorCode, _ tag: DeliveryTracker.Tag) {
    parked.fail(
      FailedCopy(
        tag: tag, code: code, topic: report.topic, partition: report.partition, payload: Array(report.payload),
        key: Array(report.key), timestamp: report.timestamp, wasSent: true,
        headers: tag.copy == .deadLetter || tag.copy == .waiting ? report.headers : []))
  }

  /// Serves acknowledgements, and settles what failed.
  func serveProducers(timeoutMilliseconds: Int32) {
    pollProducers(timeoutMilliseconds: timeoutMilliseconds)
    settleFailed()
  }

  /// Serves acknowledgements; what failed is settled later.
  func pollProducers(timeoutMilliseconds: Int32) {
    takeAnswers { producers.poll(timeoutMilliseconds: timeoutMilliseconds, $0) }
    if !claimDebts.isEmpty { settleClaims() }
    if let error = producers.fatalError { phase.end(.rebuild(error)) }
  }

  private func settleFailed() {
    while !phase.isInterrupted, parked.hasFailed {
      // In a transaction all are looked at: what each says is worth knowing when the rows come again.
      for copy in parked.takeFailed() where !phase.isEnded { settle(copy) }
    }
  }

  /// Decides about a copy that did not arrive. A failure of its topic makes it a dead letter; any other failure ends the session,
  /// and a new one continues from the committed offsets.
  private func settle(_ failed: FailedCopy) {
    let error = KafkaError(failed.code, operation: "send a row to \"\(failed.topic)\"")
    switch delivery.meaning(of: error, wasSent: failed.wasSent) {
    case .transaction: transactionFailed(error)
    case .lesson: settleInTransaction(failed, error)
    case .copy: settleCopy(failed, error)
    }
  }

  private func settleCopy(_ failed: FailedCopy, _ error: KafkaError) {
    switch failed.tag.copy {
    case .deadLetter:
      deadLetterFailed(failed, error)
      return
    case .waiting:
      postponedFailed(failed, error)
      return
    case .user, .job: break
    }
    if failed.code == .unproven {
      sendAgain(failed, error)
      return
    }
    guard failed.code.concernsTopic else {
      phase.end(.rebuild(error))
      return
    }
    if let output = topics.outputs.position(of: failed.topic) {
      if failed.code.saysTopicIsMissing, waitForMissingTopic(failed, output) { return }
      if failed.code == .topicAuthorizationFailed {
        perform(topics.refuse(output, error, now: MonotonicClock.milliseconds()))
      }
    }
    giveUp(failed, error)
  }

  /// Sends a copy again of which no broker said that it is stored.
  private func sendAgain(_ copy: FailedCopy, _ error: KafkaError) {
    if isDue("unproven") {
      log.info("resending a row that no broker acknowledged", [.topic: copy.topic])
    }
    guard let output = topics.outputs.position(of: copy.topic) else {
      phase.end(.rebuild(error))
      return
    }
    if case .unknown = topics[output].state {
      if !waitForMissingTopic(copy, output) { giveUp(copy, error) }
    } else {
      release(copy)
    }
  }

  /// Sends a row to the dead-letter topic because one of its copies cannot arrive.
  func giveUp(_ failed: FailedCopy, _ error: KafkaError) {
    giveUp(failed, Refusal(.topicRefused, Self.detail(failed.topic, error)))
  }

  /// Gives up a copy for any reason.
  func giveUp(_ failed: FailedCopy, _ refusal: Refusal) {
    failed.payload.withUnsafeBytes { deadLetter($0, key: failed.key, timestamp: failed.timestamp, refusal, failed.tag) }
    tracker.answered(batch: failed.tag.batch)
  }

  /// A dead letter did not arrive. One that is too large arrives without its row.
  private func deadLetterFailed(_ failed: FailedCopy, _ error: KafkaError) {
    failed.payload.withUnsafeBytes { row in
      let letter = DeadLetter(row, key: failed.key, timestamp: failed.timestamp, headers: failed.headers, failed.tag)
      guard failed.code == .messageTooLarge, let small = letter.withoutRow() else {
        deadLetterFailed(error)
        return
      }
      // The answer that is expected for the dead letter comes for this one instead.
      send(small)
    }
  }

  /// A row did not arrive that was to wait. One that is too large for that is a dead letter.
  private func postponedFailed(_ failed: FailedCopy, _ error: KafkaError) {
    guard failed.code == .messageTooLarge else {
      deadLetterFailed(error, topic: plan.names.waiting)
      return
    }
    tracker.takeBack(failed.tag, .postponed, bytes: failed.payload.count)
    giveUp(failed, Refusal(.unknownJob, "the row is too large to wait in \"\(plan.names.waiting)\""))
  }

  /// A row that cannot even be dead-lettered must not be passed over: the session ends without committing it.
  ///
  /// - Parameter topic: where it should have gone; the dead-letter topic where nothing is said.
  func deadLetterFailed(_ error: KafkaError, topic: String? = nil) {
    if delivery.meaning(of: error, wasSent: false) == .transaction {
      transactionFailed(error)
    } else if error.remedy == .giveUp, error.code.concernsTopic, !error.code.saysTopicIsMissing {
      phase.end(.failed(.deadLetterTopic(topic ?? plan.names.deadLetters, error)))
    } else {
      phase.end(.rebuild(error))
    }
  }

  func takeFinished() {
    let finished = tracker.takeFinished(now: MonotonicClock.milliseconds())
    guard finished.rows > 0, let counted = delivery.finished(finished) else { return }
    add(counted)
  }

  /// Counts rows that have come to their end.
  func add(_ finished: DeliveryTracker.Finished) {
    totals.deadLettered += UInt64(finished.deadLettered)
    for (reason, count) in finished.deadLetters { totals.deadLettersByReason[reason, default: 0] += UInt64(count) }
    totals.routed += UInt64(finished.routed)
    totals.unassigned += UInt64(finished.aside[DeliveryTracker.Aside.unassigned.rawValue])
    totals.withheld += UInt64(finished.aside[DeliveryTracker.Aside.withheld.rawValue])
    totals.postponed += UInt64(finished.aside[DeliveryTracker.Aside.postponed.rawValue])
    totals.withoutJobTopic += UInt64(finished.withoutJobTopic)
    totals.routedBytes += UInt64(finished.bytes - finished.deadLetteredBytes - finished.asideBytes)
    totals.deadLetteredBytes += UInt64(finished.deadLetteredBytes)
    for latency in finished.latencies { totals.deliveries.observe(latency) }
  }

  /// Every row that was consumed is routed, dead-lettered, set aside or under way; a router that has lost count of one must not
  /// commit.
  func checkConservation() {
    let known = totals.finished + UInt64(delivery.uncommittedRows + tracker.unfinishedRows)
    guard known != totals.consumed else { return }
    phase.end(.failed(.conservation(consumed: totals.consumed, known: known)))
  }

  func commitIfDue() {
    let now = MonotonicClock.milliseconds()
    switch delivery.due(now: now) {
    case .nothing: break
    case .offsets: commitOffsets(now: now)
    case .transaction(let deadline): settleTransaction(deadline: deadline)
    }
  }

  /// Commits what is finished, where it needs no transaction.
  private func commitOffsets(now: Int64) {
    // Only where the offsets that are there were just seen to be this group's of this life.
    guard !tracker.hasCommit || mayCommit(now: now) else { return }
    delivery.willCommit(now: now)
    checkConservation()
    guard !phase.isEnded else { return }
    let offsets = offsets(tracker.takeCommit())
    guard !offsets.isEmpty else { return }
    do {
      try consumer.commit(offsets)
      delivery.sentCommit(now: now)
    } catch {
      commitFailed(offsets, error)
    }
  }

  func commitAndWait() {
    takeFinished()
    guard !tracker.isCommitted else { return }
    guard lookBeforeCommit(until: MonotonicClock.milliseconds() + Int64(Self.commitMilliseconds)) else {
      commitFailed([], KafkaError(.timedOut, operation: "ask for the group's offsets before a commit"))
      return
    }
    // What was sent without an answer yet is sent again: its answer may be an error, and there is no time to wait for it.
    let offsets = offsets(tracker.takeUnconfirmed())
    guard !offsets.isEmpty else { return }
    let began = MonotonicClock.milliseconds()
    do {
      try consumer.commitAndWait(offsets, timeoutMilliseconds: Self.commitMilliseconds)
      totals.commits.observe(MonotonicClock.milliseconds() - began)
      confirm(offsets)
    } catch {
      commitFailed(offsets, error)
    }
  }

  func offsets(_ commit: [(slot: Int, next: Int64)]) -> [TopicPartitionOffset] {
    commit.map {
      let slot = assignment.slots[$0.slot]
      return TopicPartitionOffset(slot.partition, offset: $0.next, metadata: slot.note?.metadata)
    }
  }

  func confirm(_ offsets: [TopicPartitionOffset]) {
    for offset in offsets {
      // An answer about a life that has ended says nothing about the next.
      guard let slot = assignment.slot(of: offset.partition),
        offset.metadata == nil || CommitNote.read(offset.metadata).life == assignment.slots[slot].note?.life
      else { continue }
      tracker.confirmCommit(slot: slot, next: offset.offset)
    }
  }

  /// Rows are only consumed again when a commit fails, so this is a warning; it is sent again with the next one.
  func commitFailed(_ offsets: [TopicPartitionOffset], _ error: KafkaError) {
    totals.failedCommits += 1
    for offset in offsets {
      if let slot = assignment.slot(of: offset.partition) { tracker.failCommit(slot: slot) }
    }
    if error.remedy == .fatal { phase.end(.rebuild(error)) }
    if error.code == .groupAuthorizationFailed { phase.end(.failed(.group(settings.group, error))) }
    if isDue("commit") { log.warning("commit failed; retrying", [.error: error.description]) }
  }

  func publishIfWanted() {
    status.beat()
    guard status.isWanted else { return }
    guard pace.mayPublish(now: MonotonicClock.milliseconds()) else { return }
    publish(withJobs: status.areJobsWanted)
  }

  func publish(withJobs: Bool) {
    var snapshot = RouterStatus.Snapshot()
    snapshot.totals = totals
    snapshot.assignment = assignment.assigned
    snapshot.isMember = assignment.isMember
    snapshot.isCommitted = tracker.unfinishedBatches == 0 && tracker.isCommitted
    snapshot.lags = consumer.lags(of: assignment.read)
    snapshot.refusedInputs = Set(assignment.refused.map(\.topic))
    snapshot.userTopics = topics.outputs.topics.count - topics.outputs.jobCount - topics.activity.idleUserTopics
    snapshot.jobTopics = topics.outputs.jobCount - topics.activity.idleJobTopics
    snapshot.waitingRows = parked.count
    let waitsForIndex = unrouted.isHoldingBack && unrouted.heldBackVersion == 0
    snapshot.partitionsHeldBack = waitsForIndex ? unrouted.heldBackSlots.count : 0
    snapshot.indexTrouble = waitsForIndex ? feed?.trouble : nil
    snapshot.unansweredCopies = producers.unansweredCount
    snapshot.oldestMilliseconds = tracker.oldest.map { MonotonicClock.milliseconds() - $0 } ?? 0
    status.publish(snapshot, jobs: withJobs ? routes.jobTotals(topics.outputs) : nil)
  }
}

extension KafkaErrorCode {
  /// Whether a delivery failed because of the topic or the row, and not because of the cluster or the producer.
  ///
  /// A broker's answer that no waiting mends is about what was asked; a local error is only if it names the topic.
  var concernsTopic: Bool {
    if saysTopicIsMissing { return true }
    return rawValue > 0 && remedy == .giveUp && !concernsProducer
  }

  /// Whether the answer is about the producer's identity or sequence, its connection or the leader it asked.
  private var concernsProducer: Bool {
    switch self {
    case .clusterAuthorizationFailed, .outOfOrderSequence, .duplicateSequence, .invalidProducerIDMapping,
      .unknownProducerID, .saslAuthenticationFailed, .transactionalIDAuthorizationFailed, .fencedLeaderEpoch,
      .unknownLeaderEpoch:
      true
    default:
      false
    }
  }
}
