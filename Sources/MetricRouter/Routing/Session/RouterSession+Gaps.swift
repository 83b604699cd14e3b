internal import Kafka
internal import Logging
internal import Naming

/// Rows that were deleted before they were read: nothing can bring them back, but nobody should have to find out.
extension RouterSession {
  /// Notes that a partition continues behind rows that were deleted.
  func note(_ gap: InputGap) {
    totals.inputGaps += 1
    totals.rowsDeletedUnread += UInt64(gap.count)
    log.error(
      "rows were deleted before the router had read them",
      [
        .topic: gap.partition.topic, .partitions: String(gap.partition.partition), .from: String(gap.from),
        .to: String(gap.to - 1), .count: String(gap.count),
        .remedy: "increase retention.ms of the topic, or run more routers",
      ])
    delivery.note(gap)
  }

  /// Says in the dead-letter topic which rows were lost, so that an audit knows. The open batch waits for the answer.
  func tellGaps() {
    guard tracker.isBatchOpen, !phase.isInterrupted, delivery.maySendBesideRows else { return }
    while let gap = delivery.gapToTell {
      guard let slot = assignment.slot(of: gap.partition), tell(gap, slot: slot) else { return }
      delivery.noteTold()
    }
  }

  private func tell(_ gap: InputGap, slot: Int) -> Bool {
    let key = assignment.slots[slot].keyPrefix + Array(String(gap.from).utf8)
    // Of no row: the last place of a batch is never taken by one.
    let tag = DeliveryTracker.Tag(batch: tracker.openBatch, row: 0x3fff_ffff, copy: .deadLetter)
    tracker.expect(1, batch: tag.batch)
    let letter = DeadLetter(nil, key: key, timestamp: pace.batchTime, headers: gap.headers, tag)
    switch producers.send(letter, waitForRoom: makeRoom) {
    case .queued: return true
    case .noRoom: return false
    case .rejected(let code):
      deadLetterFailed(KafkaError(code, operation: "send a message to \"\(plan.names.deadLetters)\""))
      return false
    }
  }
}
