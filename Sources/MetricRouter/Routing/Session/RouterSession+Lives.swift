internal import Jobs
internal import Kafka
internal import Logging
internal import Runtime

/// Starting partitions, and noticing that a topic was deleted and created again.
///
/// Kafka deletes the offsets of a group with the topic, so these offsets show whether the topic is still the same. They exist
/// from before the first row, and the session checks them before each commit, which would restore them. librdkafka 2.0.2 does not
/// know the id of a topic, and silently continues at the same offset of the new one.
extension RouterSession {
  /// Takes answers about offsets, starts the partitions that can start, and asks the next questions.
  func serveLookups() {
    releaseSuspended()
    takeLook()
    takeStarts(mayBegin: true)
    askForStarts()
    let now = MonotonicClock.milliseconds()
    if lookups.state.isLookDue(now: now) { lookups.look(assignment.read, now: now) }
  }

  /// Suspends a partition until it is known what happened to it. Nothing of it is committed in the meantime.
  ///
  /// - Parameter isOutside: the broker has said that the next offset is not there.
  func suspend(_ partition: TopicPartition, slot: Int, isOutside: Bool) {
    let wasRead = assignment.suspend(
      partition, slot: slot, consumed: tracker.position(slot), since: lookups.last, isOutside: isOutside)
    guard wasRead else { return }
    tracker.hold(slot)
    // They were not looked at: whoever begins the partition consumes them.
    unrouted.forget(partition, slot: slot)
  }

  private func releaseSuspended() {
    let partitions = assignment.takeSuspended()
    guard !partitions.isEmpty else { return }
    do {
      try consumer.release(partitions)
    } catch {
      phase.end(.rebuild(error))
    }
  }

  // MARK: - Whether the group's offsets are still there

  /// Whether offsets may be committed now. If not, the question is asked.
  func mayCommit(now: Int64) -> Bool {
    // Without one that is read there is nothing to be looked at, and nothing to be committed.
    guard assignment.isReading else { return true }
    if lookups.takeVerified(now: now) { return true }
    lookups.look(assignment.read, now: now)
    return false
  }

  /// Waits until it is known which offsets may be committed.
  ///
  /// - Returns: false where it is not known by then.
  func lookBeforeCommit(until deadline: Int64) -> Bool {
    repeat {
      let now = MonotonicClock.milliseconds()
      takeLook()
      takeStarts(mayBegin: false)
      if phase.isInterrupted { return true }
      if hasDoubtInTransaction {
        askForStarts()
        takeStarts(mayBegin: false, waitMilliseconds: 20)
      } else if mayCommit(now: now) {
        return true
      } else {
        takeLook(waitMilliseconds: 20)
      }
      status.beat()
    } while MonotonicClock.milliseconds() < deadline
    return false
  }

  /// Whether rows of a partition in doubt are in the transaction: they belong to it or they do not.
  private var hasDoubtInTransaction: Bool {
    delivery.isOpen && assignment.hasDoubtInTransaction
  }

  private func takeLook(waitMilliseconds: Int64 = 0) {
    guard let answer = lookups.takeLook(waitMilliseconds: waitMilliseconds) else { return }
    if let error = answer.error {
      if tracker.hasCommit { noteUncommitted(error) }
      return
    }
    for (partition, offset) in answer.committed {
      guard assignment.isRead(partition), let slot = assignment.slot(of: partition),
        answer.number > assignment.slots[slot].begin.number
      else { continue }
      let isSame = offset.offset >= 0 && CommitNote.read(offset.metadata).life == assignment.slots[slot].note?.life
      if !isSame { suspend(partition, slot: slot, isOutside: false) }
    }
  }

  private func noteUncommitted(_ error: KafkaError) {
    totals.failedCommits += 1
    if error.code == .groupAuthorizationFailed { phase.end(.failed(.group(settings.group, error))) }
    if isDue("commit") { log.warning("commit failed; retrying", [.error: error.description]) }
  }

  // MARK: - Where partitions begin

  private func askForStarts() {
    guard !lookups.state.isAskingForStarts, !assignment.pending.isEmpty else { return }
    let partitions = assignment.due(now: MonotonicClock.milliseconds())
    if !partitions.isEmpty { lookups.askForStarts(partitions) }
  }

  /// - Parameter mayBegin: whether the consumer may be told; else it is only decided what becomes of rows under way.
  private func takeStarts(mayBegin: Bool, waitMilliseconds: Int64 = 0) {
    guard let answer = lookups.takeStarts(waitMilliseconds: waitMilliseconds) else { return }
    let later = MonotonicClock.milliseconds() + LookupState.pauseMilliseconds
    if let error = answer.error {
      assignment.postpone(until: later)
      if error.code == .groupAuthorizationFailed { phase.end(.failed(.group(settings.group, error))) }
      if isDue("start") {
        log.warning("cannot determine the start offset; retrying", [.error: error.description])
      }
      return
    }
    let hasBegun = totals.consumed > 0 || assignment.slots.contains { $0.note != nil }
    let isFirst = !hasBegun && answer.committed.allSatisfy { $0.value.offset < 0 }
    var ready: [Ready] = []
    for (partition, committed) in answer.committed {
      let asked = assignment.answered(partition, number: answer.number, isFirst: isFirst, next: mayBegin ? later : 0)
      guard let asked else { continue }
      let ends =
        answer.ends[partition] ?? .failure(KafkaError(.timedOut, operation: "ask for the end of \(partition)"))
      guard settle(partition, asked, committed, ends), mayBegin, let wait = assignment.pending[partition] else {
        continue
      }
      switch start(of: wait, committed, ends) {
      case .resume(let offset, let missing):
        ready.append(
          Ready(
            partition: partition, offset: offset, note: CommitNote.read(committed.metadata), isNew: false,
            missing: missing))
      case .begin(let offset):
        let life = PartitionLife(begunAt: WallClock.milliseconds())
        ready.append(
          Ready(partition: partition, offset: offset, note: CommitNote(life: life, first: offset), isNew: true))
      case .refused:
        if isDue("no offset") {
          log.error(
            "nothing is committed, and auto.offset.reset is error: the partition is not read",
            [.partitions: "\(partition)", .group: settings.group])
        }
      case .absent, .unknown: continue
      }
    }
    begin(ready)
  }

  private func start(
    of wait: PendingPartition, _ committed: TopicPartitionOffset, _ ends: Result<Watermarks, KafkaError>
  ) -> PartitionStart {
    // What decides where the group has committed nothing at all.
    let firstStart = PartitionStart.FirstStart(settings.consumer["auto.offset.reset"])
    return PartitionStart(
      committed: wait.isAnew ? TopicPartitionOffset.invalid : committed.offset, position: wait.position,
      isOutside: wait.isOutside, ends: ends, firstStart: wait.isFirst == true && !wait.isAnew ? firstStart : nil)
  }

  /// Decides what becomes of the rows under way of a partition that was read before.
  ///
  /// - Returns: whether it can be begun; false while it is in doubt.
  private func settle(
    _ partition: TopicPartition, _ wait: PendingPartition, _ committed: TopicPartitionOffset,
    _ ends: Result<Watermarks, KafkaError>
  ) -> Bool {
    guard wait.position != nil, let slot = assignment.slot(of: partition) else { return true }
    let isSame =
      committed.offset >= 0 && CommitNote.read(committed.metadata).life == assignment.slots[slot].note?.life
    let settlement = start(of: wait, committed, ends).settlement(
      isCommitted: committed.offset >= 0, isSameLife: isSame, age: MonotonicClock.milliseconds() - wait.created)
    switch settlement {
    case .inDoubt: return false
    case .sameLife: tracker.goOn(slot)
    case .otherLife(let isAnew): endLife(partition, slot, ends, isAnew: isAnew)
    }
    return true
  }

  /// The topic is another one from here on. Rows that were consumed of the old one are finished under their own keys,
  /// without a commit: there is nothing left that their offsets could be committed for.
  private func endLife(
    _ partition: TopicPartition, _ slot: Int, _ ends: Result<Watermarks, KafkaError>, isAnew: Bool
  ) {
    let first = assignment.slots[slot].first
    if delivery.isOpen, first >= 0 {
      if case .success(let ends) = ends, ends.high > first {
        // Some of them may be the new topic's, and will be consumed again.
        phase.replay(
          KafkaError(
            .noOffset, operation: "finish the rows of \(partition)",
            reason: "the topic was deleted and created again while they were under way"))
      } else {
        delivery.noteEndedLife()
      }
    }
    tracker.revoke(slot)
    unrouted.forgetEnds(slot)
    let next = assignment.endLife(of: partition, slot: slot, isAnew: isAnew)
    added(slot: next)
    jobs.assign(next)
    refusedRows.forget(partition, before: .max)
    guard isDue("deleted \(partition.topic)") else { return }
    log.warning(
      isAnew
        ? "an input topic was deleted; if it is created again, it is read from its beginning, with another life in the keys"
        : "the group's offset was changed externally; reading from there",
      [.topic: partition.topic, .partitions: "\(partition)"])
  }

  /// A partition that can be begun.
  private struct Ready {
    var partition: TopicPartition
    var offset: Int64
    var note: CommitNote
    /// Whether its life begins.
    var isNew: Bool
    /// The first of the rows before it that are gone, if there are any.
    var missing: Int64?
  }

  private func begin(_ ready: [Ready]) {
    guard !ready.isEmpty, !phase.isEnded else { return }
    // Before the first row: else a crash right after it would give the same rows other keys, and where only new rows are
    // wanted, those that come between two starts would be lost.
    var failures: [TopicPartition: KafkaError] = [:]
    let new = ready.filter(\.isNew).map {
      TopicPartitionOffset($0.partition, offset: $0.offset, metadata: $0.note.metadata)
    }
    if !new.isEmpty {
      do {
        failures = try consumer.commitEach(new, timeoutMilliseconds: Self.commitMilliseconds)
      } catch {
        failures = Dictionary(uniqueKeysWithValues: new.map { ($0.partition, error) })
      }
      for (partition, error) in failures { noteNotBegun(partition, error) }
    }
    let ready = ready.filter { failures[$0.partition] == nil }
    guard !ready.isEmpty else { return }
    // A partition that was paused when it went comes back paused. The others, if they are paused, go on as well: all are
    // paused or none is.
    assignment.pause(ready.map(\.partition))
    resume()
    // They have left librdkafka, and no partition may go on before them.
    processStashed()
    guard unrouted.hasNoStashed, !phase.isInterrupted else { return }
    let others = assignment.read.compactMap { partition in
      assignment.slot(of: partition).map { slot in
        let next = assignment.position(ofSlot: slot, consumed: tracker.position(slot))
        return TopicPartitionOffset(partition, offset: unrouted.heldBackEnd(of: partition) ?? next)
      }
    }
    do {
      try consumer.begin(
        at: ready.map { TopicPartitionOffset($0.partition, offset: $0.offset) }, others: others)
    } catch {
      phase.end(.rebuild(error))
      return
    }
    for start in ready {
      guard let begun = assignment.begin(start.partition, at: start.offset, start.note, number: lookups.last) else {
        continue
      }
      if begun.isNew {
        added(slot: begun.slot)
        jobs.assign(begun.slot)
      }
      if !begun.wasRead { tracker.assign(begun.slot) }
      if let missing = start.missing { note(InputGap(start.partition, from: missing, to: start.offset)) }
    }
    log.debug("partitions started", [.partitions: ready.map { "\($0.partition)" }.sorted().joined(separator: " ")])
  }

  /// Notes that the start of a partition could not be committed. It is retried; other partitions do not wait for it.
  private func noteNotBegun(_ partition: TopicPartition, _ error: KafkaError) {
    switch error.code {
    case .groupAuthorizationFailed:
      phase.end(.failed(.group(settings.group, error)))
    case .topicAuthorizationFailed:
      assignment.refuse(partition)
      noteUnreadable(error)
    default:
      if isDue("begin") { log.warning("could not commit the start offset; retrying", [.error: error.description]) }
    }
  }
}
