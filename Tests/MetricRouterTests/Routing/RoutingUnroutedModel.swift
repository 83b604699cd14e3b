import Kafka
import TestSupport
import Testing

@testable import MetricRouter

/// Rows that come in the wrong moment, by chance: while nothing is to be consumed, before the index of jobs has been read, while
/// others are routed, and of partitions that go.
///
/// Each partition is a list of rows in the model; whatever happens, they have to be routed in that order, each once.
struct RoutingUnroutedModel: RandomModel {
  struct Partition {
    /// The offset of the row that comes next from the consumer.
    var next: Int64 = 0
    /// The offset of the row that has to be routed next.
    var routed: Int64 = 0
    /// Where its end was met, if that does not count yet.
    var end: Int64?
    /// Whether the consumer is not to fetch from it.
    var isPaused = false
  }

  var random: SeededGenerator
  var unrouted = UnroutedRows<Int>()
  var partitions = [Partition](repeating: Partition(), count: 3)
  /// Whether the index of jobs has been read; without it, rows with an odd offset cannot be routed.
  var isIndexRead = false
  var now: Int64 = 0
  var seen: Set<String> = []
  private static let names = (0..<3 as Range<Int32>).map { TopicPartition(topic: "meminfo", partition: $0) }

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// - Returns: what is wrong, if anything.
  mutating func step() -> String? {
    now += 1
    let slot = Int.random(in: 0..<3, using: &random)
    switch Int.random(in: 0..<16, using: &random) {
    case 0..<5: return consume(slot)
    case 5..<8: stash(slot)
    case 8..<10: return routeStashed()
    case 10..<12: meetEnd(slot)
    case 12: if !isIndexRead { release() }
    case 13: isIndexRead = false
    case 14: forget(slot)
    default: if random.chance(oneIn: 4) { return forgetAll() }
    }
    return takeEnds()
  }

  private func entry(_ slot: Int) -> UnroutedRows<Int>.Entry {
    UnroutedRows.Entry(partition: Self.names[slot], offset: partitions[slot].next, row: slot)
  }

  /// The consumer's rows are taken only when none is stashed.
  private mutating func consume(_ slot: Int) -> String? {
    if let fault = routeStashed(isInterrupted: false) { return fault }
    guard !partitions[slot].isPaused || random.chance(oneIn: 8) else { return nil }
    let entry = entry(slot)
    partitions[slot].next += 1
    return route(entry)
  }

  private mutating func route(_ entry: UnroutedRows<Int>.Entry) -> String? {
    let slot = entry.row
    guard unrouted.isHeldBack(slot) || (!isIndexRead && entry.offset % 2 == 1) else {
      guard entry.offset == partitions[slot].routed else { return "row \(entry.offset) overtakes another" }
      partitions[slot].routed += 1
      return nil
    }
    let isFirst = unrouted.holdBack(entry, slot: slot, now: now)
    if unrouted.heldBackEnd(of: entry.partition) != entry.offset + 1 { return "the end of what is held back" }
    partitions[slot].isPaused = partitions[slot].isPaused || isFirst
    return unrouted.isHeldBack(slot) && unrouted.isHoldingBack ? nil : "a row is not held back"
  }

  private mutating func stash(_ slot: Int) {
    unrouted.stash(entry(slot))
    partitions[slot].next += 1
  }

  private mutating func routeStashed() -> String? { routeStashed(isInterrupted: random.chance(oneIn: 3)) }

  private mutating func routeStashed(isInterrupted: Bool) -> String? {
    guard !unrouted.hasNoStashed else { return nil }
    let entries = unrouted.beginRouting()
    let count = isInterrupted ? Int.random(in: 0..<entries.count, using: &random) : entries.count
    for entry in entries.prefix(count) {
      if let fault = route(entry) { return fault }
      guard unrouted.takeEnds().isEmpty else { return "an end counts in the middle" }
      if isInterrupted, random.chance(oneIn: 3) {
        stash(entry.row)
        seen.insert("stashed while routing")
      }
    }
    unrouted.endRouting(entries[count...])
    return nil
  }

  private mutating func meetEnd(_ slot: Int) {
    unrouted.reachedEnd(slot, at: partitions[slot].next)
    partitions[slot].end = partitions[slot].next
  }

  private mutating func release() {
    isIndexRead = true
    for slot in unrouted.release() { partitions[slot].isPaused = false }
    seen.insert("released")
  }

  /// The partition is taken away, and comes back where it was routed up to.
  private mutating func forget(_ slot: Int) {
    unrouted.forget(Self.names[slot], slot: slot)
    let routed = partitions[slot].routed
    partitions[slot] = Partition(next: routed, routed: routed)
  }

  private mutating func forgetAll() -> String? {
    let forgotten = unrouted.forgetAll()
    for slot in partitions.indices {
      let first = forgotten.rows.filter { $0.row == slot }.map(\.offset).min()
      let expected = partitions[slot].routed < partitions[slot].next ? partitions[slot].routed : nil
      guard first == expected else { return "the first row that comes again" }
      guard (partitions[slot].end != nil) == forgotten.ends.contains(where: { $0.slot == slot }) else { return "ends" }
      partitions[slot] = Partition(next: partitions[slot].routed, routed: partitions[slot].routed)
    }
    seen.insert("all comes again")
    return nil
  }

  private mutating func takeEnds() -> String? {
    for (slot, offset) in unrouted.takeEnds() {
      guard partitions[slot].routed >= offset else { return "an end counts before its rows are routed" }
      partitions[slot].end = nil
    }
    let isWaiting = partitions.contains { $0.routed < $0.next }
    guard isWaiting || partitions.allSatisfy({ $0.end == nil }) else { return "an end never counts" }
    return nil
  }

  /// In the end everything is routed.
  mutating func finish() -> String? {
    release()
    if let fault = routeStashed(isInterrupted: false) ?? takeEnds() { return fault }
    guard unrouted.hasNoStashed, !unrouted.isHoldingBack, unrouted.heldBackSlots.isEmpty else { return "a row is left" }
    return partitions.allSatisfy { $0.routed == $0.next && $0.end == nil && !$0.isPaused } ? nil : "a row is lost"
  }
}
