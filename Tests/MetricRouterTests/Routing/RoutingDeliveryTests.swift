import Naming
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingDeliveryTests {
  @Test(.timeLimit(.minutes(1)), arguments: 0..<60 as Range<UInt64>)
  func noOffsetIsCommittedBeforeEveryRowBeforeItHasArrived(seed: UInt64) {
    var model = RoutingDeliveryModel(seed: seed, slots: 1 + Int(seed % 4))
    for _ in 0..<1500 {
      model.step()
      guard model.tracker.unfinishedRows == model.consumptions.count - model.finished.rows else {
        Issue.record("lost count of a row after \(model.consumptions.count)")
        return
      }
    }
    model.finish()
    #expect(model.commits > 0)
    #expect(model.tracker.unfinishedBatches == 0)
    #expect(model.tracker.isCommitted)
    #expect(model.finished.rows == model.consumptions.count)
    var reasons: [DeadLetterReason: Int] = [:]
    for case let reason? in model.consumptions.map(\.reason) { reasons[reason, default: 0] += 1 }
    #expect(model.finished.deadLetters == reasons)
    #expect(model.finished.rows == model.finished.deadLettered + model.consumptions.filter { $0.reason == nil }.count)
    for slot in model.isAssigned.indices where model.isAssigned[slot] {
      guard let next = [model.last[slot].map { $0 + 1 }, model.ends[slot]].compactMap({ $0 }).max() else { continue }
      #expect(model.committed[slot] == next, "everything of an assigned partition is committed in the end")
    }
  }

  @Test func anOpenBatchHoldsBackTheCommit() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.assign(slot)
    tracker.openBatch()
    let tag = tracker.add(slot: slot, offset: 7)
    tracker.expect(2, batch: tag.batch)
    tracker.answered(batch: tag.batch)
    tracker.answered(batch: tag.batch)
    #expect(tracker.takeFinished().rows == 0)
    #expect(tracker.takeCommit().isEmpty)
    tracker.closeBatch()
    #expect(tracker.takeFinished().rows == 1)
    #expect(tracker.takeCommit().map(\.next) == [8])
    #expect(tracker.takeCommit().isEmpty, "what was sent is not sent twice")
    #expect(!tracker.isCommitted)
    #expect(tracker.takeUnconfirmed().map(\.next) == [8], "unless nobody knows whether it arrived")
    tracker.confirmCommit(slot: slot, next: 8)
    #expect(tracker.isCommitted)
    #expect(tracker.takeUnconfirmed().isEmpty)
  }

  /// Tells when nothing is on its way any more of what was consumed by a certain moment.
  @Test func batchesThatWereBegunAreFinishedInOrder() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.assign(slot)
    #expect(tracker.isFinished(before: tracker.nextBatch))
    var tags: [DeliveryTracker.Tag] = []
    for offset in 0..<3 as Range<Int64> {
      tracker.openBatch()
      tags.append(tracker.add(slot: slot, offset: offset))
      tracker.expect(1, batch: tags[Int(offset)].batch)
      tracker.closeBatch()
    }
    let next = tracker.nextBatch
    #expect(next == tags[2].batch + 1)
    tracker.openBatch()
    #expect(tracker.openBatch == next)
    for tag in [tags[2], tags[0]] { tracker.answered(batch: tag.batch) }
    _ = tracker.takeFinished()
    #expect(tracker.isFinished(before: tags[1].batch))
    #expect(!tracker.isFinished(before: next), "the second is still under way")
    tracker.answered(batch: tags[1].batch)
    _ = tracker.takeFinished()
    #expect(tracker.isFinished(before: next))
    #expect(!tracker.isFinished(before: tracker.nextBatch), "the open one is not")
    // What was given up comes again, in other batches.
    tracker.reset()
    #expect(tracker.isFinished(before: tracker.nextBatch))
  }

  /// What is never consumed behind the last row (marks of transactions) must not look like rows that wait.
  @Test func theEndIsCommittedWhenEveryRowBeforeItHasArrived() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    let empty = tracker.addPartition()
    tracker.assign(slot)
    tracker.assign(empty)
    tracker.reachedEnd(empty, at: 0)
    tracker.openBatch()
    let tag = tracker.add(slot: slot, offset: 7)
    tracker.expect(1, batch: tag.batch)
    tracker.reachedEnd(slot, at: 9)
    _ = tracker.takeFinished()
    #expect(tracker.takeCommit().map(\.next) == [0], "the row is still under way")
    tracker.closeBatch()
    tracker.answered(batch: tag.batch)
    _ = tracker.takeFinished()
    #expect(tracker.takeCommit().map(\.next) == [9])

    // The row comes again, and the end with it.
    tracker.forgetEnd(slot)
    tracker.reset()
    _ = tracker.takeFinished()
    #expect(!tracker.takeCommit().contains { $0.slot == slot })
    // It is another router's by now.
    tracker.revoke(slot)
    tracker.reachedEnd(slot, at: 9)
    _ = tracker.takeFinished()
    #expect(!tracker.takeUnconfirmed().contains { $0.slot == slot })
  }

  @Test func aLateAnswerSaysNothingAboutTheNextAssignment() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.assign(slot)
    func consume(_ offset: Int64) {
      tracker.openBatch()
      _ = tracker.add(slot: slot, offset: offset)
      tracker.closeBatch()
      _ = tracker.takeFinished()
    }
    consume(41)
    #expect(tracker.takeCommit().map(\.next) == [42])
    tracker.revoke(slot)
    tracker.assign(slot)
    consume(10)
    tracker.confirmCommit(slot: slot, next: 42)
    #expect(!tracker.isCommitted)
    #expect(tracker.takeCommit().map(\.next) == [11])
  }

  @Test func whatIsResetIsConsumedAgainFromTheLastCommit() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.assign(slot)
    func consume(_ offsets: Range<Int64>) {
      tracker.openBatch()
      for offset in offsets { _ = tracker.add(slot: slot, offset: offset) }
      tracker.closeBatch()
    }
    consume(0..<3)
    #expect(tracker.takeFinished().rows == 3)
    for (slot, next) in tracker.takeUnconfirmed() { tracker.confirmCommit(slot: slot, next: next) }
    // One batch that has arrived, one that waits for an answer, and an open one.
    consume(3..<5)
    #expect(tracker.takeFinished().rows == 2)
    tracker.openBatch()
    let before = tracker.add(slot: slot, offset: 5)
    tracker.expect(2, batch: before.batch)
    tracker.closeBatch()
    tracker.openBatch()
    _ = tracker.add(slot: slot, offset: 6)
    #expect(tracker.unfinishedRows == 2)
    tracker.reset()
    #expect(tracker.unfinishedRows == 0)
    #expect(tracker.unfinishedBatches == 0)
    #expect(tracker.isCommitted)
    #expect(tracker.takeUnconfirmed().isEmpty, "nothing of what was reset may be committed")
    tracker.openBatch()
    let again = tracker.add(slot: slot, offset: 3)
    #expect(again.batch != before.batch, "an answer that comes late must not be taken for a new one's")
    tracker.closeBatch()
    #expect(tracker.takeFinished().rows == 1)
    #expect(tracker.takeUnconfirmed().map(\.next) == [4])
  }

  @Test func aPartitionThatWasNeverAssignedIsNotCommitted() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.openBatch()
    _ = tracker.add(slot: slot, offset: 3)
    tracker.closeBatch()
    #expect(tracker.takeFinished().rows == 1)
    #expect(tracker.takeCommit().isEmpty)
    #expect(tracker.takeUnconfirmed().isEmpty)
  }

  @Test(arguments: [
    DeliveryTracker.Tag(batch: 0, row: 0, copy: .user), .init(batch: .max, row: 0x3fff_ffff, copy: .deadLetter),
    .init(batch: 1, row: 999, copy: .job), .init(batch: 7, row: 0x3fff_ffff, copy: .waiting),
  ])
  func tagsSurviveAProducer(tag: DeliveryTracker.Tag) {
    #expect(DeliveryTracker.Tag(packed: tag.packed) == tag)
  }

  @Test func finishedBatchesTellTheirBytesAndTheirTime() {
    var tracker = DeliveryTracker()
    let slot = tracker.addPartition()
    tracker.assign(slot)
    #expect(tracker.oldest == nil)
    // One without rows says nothing.
    tracker.openBatch(now: 50)
    tracker.closeBatch()
    tracker.openBatch(now: 100)
    let first = tracker.add(slot: slot, offset: 0, bytes: 10)
    let second = tracker.add(slot: slot, offset: 1, bytes: 5)
    tracker.expect(2, batch: first.batch)
    #expect(tracker.closeBatch() == 15)
    #expect(tracker.takeFinished(now: 120).latencies.isEmpty)
    #expect(tracker.oldest == 100)
    let isFirst = tracker.deadLetter(second, .malformedRow, bytes: 5)
    let isFirstAgain = tracker.deadLetter(second, .malformedRow, bytes: 5)
    #expect(isFirst && !isFirstAgain)
    tracker.answered(2, batch: first.batch)
    let finished = tracker.takeFinished(now: 130)
    #expect(finished.bytes == 15)
    #expect(finished.deadLetteredBytes == 5)
    #expect(finished.latencies == [30])
    #expect(tracker.oldest == nil)
    // A batch that is used again starts again.
    tracker.openBatch(now: 200)
    _ = tracker.add(slot: slot, offset: 2, bytes: 1)
    tracker.closeBatch()
    #expect(tracker.takeFinished(now: 201).bytes == 1)
  }
}
