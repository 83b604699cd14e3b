import Naming
import TestSupport
import Testing

@testable import MetricRouter

/// A group's broker, a router's bookkeeping and all that can happen between them, by chance.
///
/// It knows of each row by itself what the tracker knows of batches only: which answers are still to come, and whether
/// the row has ever been delivered. The broker takes a commit only of rows that have.
struct RoutingDeliveryModel {
  struct Row: Hashable {
    var slot: Int
    var offset: Int64
  }

  /// A row as it was consumed once; after a rebalance the same row is consumed again.
  struct Consumption {
    var row: Row
    var tag: DeliveryTracker.Tag
    var unanswered: Int32 = 0
    var reason: DeadLetterReason?
  }

  var random: SeededGenerator
  var tracker = DeliveryTracker()
  var consumptions: [Consumption] = []
  /// Positions in `consumptions` that have answers to come.
  var open: [Int] = []
  var delivered: Set<Row> = []
  var isBatchOpen = false
  var isAssigned: [Bool] = []
  var position: [Int64] = []
  /// The offset of the last row that was consumed since the assignment.
  var last: [Int64?] = []
  /// Where the partition's end was met last since the assignment.
  var ends: [Int64?] = []
  /// What the broker has.
  var committed: [Int64] = []
  var inFlight: [[(slot: Int, next: Int64)]] = []
  var finished = DeliveryTracker.Finished()
  var commits = 0

  init(seed: UInt64, slots: Int) {
    random = SeededGenerator(seed: seed)
    for slot in 0..<slots {
      let added = tracker.addPartition()
      #expect(added == slot)
      tracker.assign(slot)
      isAssigned.append(true)
      position.append(0)
      last.append(nil)
      ends.append(nil)
      committed.append(0)
    }
  }

  mutating func step() {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<25: consume()
    case 25..<72: answer()
    case 72..<75: reachEnd()
    case 75..<82: if isBatchOpen { closeBatch() }
    case 82..<88: takeFinished()
    case 88..<93: sendCommit(unconfirmed: random.chance(oneIn: 4))
    case 93..<98: answerCommit()
    case 98: revoke()
    default: assign()
    }
  }

  /// Whether no row ever has this offset.
  static func isHole(_ offset: Int64) -> Bool { offset % 10 == 3 || offset % 10 == 4 }

  mutating func consume() {
    guard let slot = isAssigned.indices.filter({ isAssigned[$0] }).randomElement(using: &random) else { return }
    if !isBatchOpen {
      tracker.openBatch()
      isBatchOpen = true
    }
    // Offsets have holes: transaction markers, compaction.
    while Self.isHole(position[slot]) { position[slot] += 1 }
    let row = Row(slot: slot, offset: position[slot])
    last[slot] = position[slot]
    position[slot] += 1
    var consumption = Consumption(row: row, tag: tracker.add(slot: slot, offset: row.offset))
    let tag = consumption.tag
    #expect(DeliveryTracker.Tag(packed: tag.packed) == tag)
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let reason = DeadLetterReason.allCases.randomElement(using: &random) ?? .malformedRow
      let isFirst = tracker.deadLetter(tag, reason)
      #expect(isFirst)
      consumption.reason = reason
      consumption.unanswered = 1
    case 1:
      // It waits for its topic first.
      consumption.unanswered = 1
    default:
      consumption.unanswered = 2
    }
    tracker.expect(consumption.unanswered, batch: tag.batch)
    open.append(consumptions.count)
    consumptions.append(consumption)
  }

  mutating func answer() {
    // Mostly the oldest, as answers come.
    let oldest = random.chance(oneIn: 4) ? nil : open.min()
    guard let place = oldest.flatMap(open.firstIndex) ?? open.indices.randomElement(using: &random) else { return }
    let index = open[place]
    if random.chance(oneIn: 6) {
      // A copy failed, and a dead letter takes its place: expected before the copy is answered.
      let isFirst = tracker.deadLetter(consumptions[index].tag, .topicRefused)
      #expect(isFirst == (consumptions[index].reason == nil), "only one dead letter a row")
      if isFirst {
        consumptions[index].reason = .topicRefused
        tracker.expect(1, batch: consumptions[index].tag.batch)
        consumptions[index].unanswered += 1
      }
    }
    tracker.answered(batch: consumptions[index].tag.batch)
    consumptions[index].unanswered -= 1
    if consumptions[index].unanswered == 0 {
      delivered.insert(consumptions[index].row)
      open.swapAt(place, open.count - 1)
      open.removeLast()
    }
  }

  mutating func reachEnd() {
    guard let slot = isAssigned.indices.filter({ isAssigned[$0] }).randomElement(using: &random) else { return }
    while Self.isHole(position[slot]) { position[slot] += 1 }
    ends[slot] = position[slot]
    tracker.reachedEnd(slot, at: position[slot])
  }

  mutating func closeBatch() {
    tracker.closeBatch()
    isBatchOpen = false
  }

  mutating func takeFinished() {
    let taken = tracker.takeFinished()
    finished.rows += taken.rows
    finished.deadLetters.merge(taken.deadLetters) { $0 + $1 }
  }

  mutating func sendCommit(unconfirmed: Bool) {
    let commit = unconfirmed ? tracker.takeUnconfirmed() : tracker.takeCommit()
    for (slot, _) in commit { #expect(isAssigned[slot], "a partition that is not ours is committed") }
    if !commit.isEmpty { inFlight.append(commit) }
  }

  mutating func answerCommit() {
    guard !inFlight.isEmpty else { return }
    let commit = inFlight.removeFirst()
    for (slot, next) in commit {
      if random.chance(oneIn: 5) {
        tracker.failCommit(slot: slot)
      } else {
        store(slot: slot, next: next)
        tracker.confirmCommit(slot: slot, next: next)
      }
    }
  }

  mutating func store(slot: Int, next: Int64) {
    commits += 1
    committed[slot] = next
    for consumption in consumptions where consumption.row.slot == slot && consumption.row.offset < next {
      #expect(delivered.contains(consumption.row), "\(next) is committed, but \(consumption.row) has not arrived")
    }
  }

  mutating func revoke() {
    guard let slot = isAssigned.indices.randomElement(using: &random), isAssigned[slot] else { return }
    tracker.revoke(slot)
    isAssigned[slot] = false
  }

  mutating func assign() {
    guard let slot = isAssigned.indices.randomElement(using: &random), !isAssigned[slot] else { return }
    tracker.assign(slot)
    isAssigned[slot] = true
    position[slot] = committed[slot]
    last[slot] = nil
    ends[slot] = nil
  }

  /// Everything is answered, committed and confirmed.
  mutating func finish() {
    if isBatchOpen { closeBatch() }
    while !open.isEmpty { answer() }
    takeFinished()
    inFlight = []
    for (slot, next) in tracker.takeUnconfirmed() {
      store(slot: slot, next: next)
      tracker.confirmCommit(slot: slot, next: next)
    }
  }
}
