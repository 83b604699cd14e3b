internal import Jobs
internal import Kafka
internal import Logging
internal import Runtime

/// Rows that only their job's number leads to a user, and that come before the index of jobs has been read, or of which nobody is
/// known to own the job: they must not be refused for being early.
///
/// Their partition is paused at the first of them, and the row is kept, not consumed: nothing behind it is committed, nothing
/// of it is in a transaction. So what waits is a row a partition, whatever the backlog, and rows of all other partitions
/// go on. The index is waited for without a limit of time: what cannot be read now may be readable later, and then no row was
/// lost. For a job's owner, rows wait in a topic of their own, so that they hold up no others, and only as long as
/// `identity.owner-wait` says.
extension RouterSession {
  /// How long the log says nothing about waiting, in milliseconds: reading the index takes a second or two.
  private static let indexPatienceMilliseconds: Int64 = 10000

  /// Keeps a row that has to wait, or one behind it, and pauses its partition.
  func holdBack(_ entry: UnroutedRows<HeldMessage>.Entry) {
    let partition = entry.partition
    guard let slot = assignment.slot(of: partition),
      unrouted.holdBack(
        entry, slot: slot, now: MonotonicClock.milliseconds(), version: feed?.version ?? 0)
    else { return }
    // Resuming after a pause must not wake it.
    guard !assignment.keepPaused(partition) else { return }
    do {
      try consumer.pause([partition])
    } catch {
      // What comes meanwhile is held back as well, and would fill the memory.
      phase.end(.rebuild(error))
    }
  }

  /// Has the rows go on when the index has been read, or says something new, and tells while it has not been read.
  func releaseHeldBackIfDue() {
    guard unrouted.isHoldingBack, let feed else { return }
    // Otherwise it is not told what the index learns.
    feed.wantOwners()
    let waited = MonotonicClock.milliseconds() - unrouted.heldBackSince
    guard feed.version > 0 else {
      if waited >= Self.indexPatienceMilliseconds, isDue("held back") {
        log.warning(
          "rows without a user wait until the job index has been read",
          [
            .count: String(unrouted.heldBackSlots.count), .after: "\(waited / 1000) s",
            .error: feed.trouble ?? "none so far",
          ])
      }
      return
    }
    if unrouted.heldBackVersion > 0 {
      if feed.version != unrouted.heldBackVersion || WallClock.milliseconds() >= unrouted.heldBackUntil ?? .max {
        wake(unrouted.release())
      }
      return
    }
    log.info(
      "the job index has been read; routing the rows that waited for it",
      [.count: String(unrouted.heldBackSlots.count), .after: "\(waited) ms"])
    wake(unrouted.release())
  }

  /// Partitions of which rows were held back are consumed again.
  func wake(_ slots: Set<Int>) {
    let partitions = slots.map { assignment.slots[$0].partition }.filter(assignment.assigned.contains)
    guard !partitions.isEmpty else { return }
    let isPaused = !assignment.paused.isEmpty
    assignment.pause(partitions)
    // A pause of all partitions ends by itself.
    if !isPaused { resume() }
  }

  /// Whether a row of the partition is held back.
  func isHeldBack(_ partition: TopicPartition) -> Bool {
    assignment.slot(of: partition).map { unrouted.isHeldBack($0) } == true
  }
}

extension HeldMessage {
  /// The row with its place.
  var entry: UnroutedRows<HeldMessage>.Entry {
    UnroutedRows.Entry(partition: partition, offset: message.offset, row: self)
  }
}
