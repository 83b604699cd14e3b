internal import Kafka

/// Rows that have left librdkafka and that are not routed yet, because something else has to come first.
///
/// - A row is *stashed* where it came while the group was polled for the router's place in it alone, and nothing was to be
///   consumed. Stashed rows go before all others.
/// - A row is *held back* while its owner cannot be known: because the index of jobs has not been read or, where the row has
///   been stored to wait, does not know its owner yet. What comes behind it in its partition is held back as well, and the
///   partition is paused at the first, so that these are few.
///
/// Neither is consumed: it is in no batch and no transaction, and nothing behind it is committed. The rows of a partition keep
/// their order, and its end counts only when every row before it has been routed.
///
/// A value without I/O, for rows of any kind.
struct UnroutedRows<Row> {
  /// A row and its place.
  struct Entry {
    let partition: TopicPartition
    let offset: Int64
    let row: Row
  }

  private var stashed: [Entry] = []
  private var heldBack: [Entry] = []
  /// The slots of partitions of which rows are held back; and since when there are some.
  private(set) var heldBackSlots: Set<Int> = []
  private(set) var heldBackSince: Int64 = 0
  /// What was known of owners when the first of them was held back: the version of the index, 0 before it has been read.
  private(set) var heldBackVersion: UInt64 = 0
  /// When one of them does not wait any longer, by the wall clock in milliseconds; `nil` where they wait as long as it takes.
  private(set) var heldBackUntil: Int64?
  /// Ends of partitions that do not count yet.
  private var ends: [(slot: Int, offset: Int64)] = []
  private var isRouting = false

  // MARK: - Stashed rows

  /// Whether no row is stashed.
  var hasNoStashed: Bool { stashed.isEmpty }

  /// A row came while nothing was to be consumed.
  mutating func stash(_ entry: Entry) { stashed.append(entry) }

  /// Takes the stashed rows, to route them. Others may be stashed in the meantime.
  mutating func beginRouting() -> [Entry] {
    isRouting = true
    defer { stashed = [] }
    return stashed
  }

  /// Ends the routing of stashed rows; `rest` stays stashed.
  mutating func endRouting(_ rest: ArraySlice<Entry> = []) {
    stashed = rest + stashed
    isRouting = false
  }

  // MARK: - Rows that are held back

  /// Whether a row of this slot has to be held back because others are.
  @inline(__always)
  func isHeldBack(_ slot: Int) -> Bool { !heldBackSlots.isEmpty && heldBackSlots.contains(slot) }

  /// Whether any row is held back.
  var isHoldingBack: Bool { !heldBack.isEmpty }

  /// Keeps a row back.
  ///
  /// - Parameter version: what is known of owners.
  /// - Returns: whether it is the first of its partition, which has to be paused.
  mutating func holdBack(_ entry: Entry, slot: Int, now: Int64, version: UInt64 = 0) -> Bool {
    heldBack.append(entry)
    if heldBack.count == 1 { (heldBackSince, heldBackVersion) = (now, version) }
    return heldBackSlots.insert(slot).inserted
  }

  /// The row that is held back next does not wait any longer than this, by the wall clock in milliseconds.
  mutating func wake(at time: Int64) { heldBackUntil = min(heldBackUntil ?? .max, time) }

  /// The offset behind the last row of the partition that is held back; `nil` where none is.
  func heldBackEnd(of partition: TopicPartition) -> Int64? {
    heldBack.last { $0.partition == partition }.map { $0.offset + 1 }
  }

  /// Releases held back rows: they are routed before all others.
  ///
  /// - Returns: the slots whose partitions are read again.
  mutating func release() -> Set<Int> {
    stashed = heldBack + stashed
    return forgetHeldBack()
  }

  /// The rows that are held back are consumed again, by whoever reads their partitions next.
  ///
  /// - Returns: the slots of their partitions.
  @discardableResult
  mutating func forgetHeldBack() -> Set<Int> {
    heldBack = []
    heldBackUntil = nil
    defer { heldBackSlots = [] }
    return heldBackSlots
  }

  // MARK: - Ends of partitions

  /// The end of a partition was met.
  mutating func reachedEnd(_ slot: Int, at offset: Int64) { ends.append((slot, offset)) }

  /// Takes the ends that count: no row before them waits.
  mutating func takeEnds() -> [(slot: Int, offset: Int64)] {
    guard !ends.isEmpty, stashed.isEmpty, !isRouting else { return [] }
    let found = ends.filter { !heldBackSlots.contains($0.slot) }
    ends.removeAll { !heldBackSlots.contains($0.slot) }
    return found
  }

  // MARK: - What is forgotten

  /// Forgets a partition that is no longer read, or from another offset: its rows are consumed again.
  mutating func forget(_ partition: TopicPartition, slot: Int) {
    stashed.removeAll { $0.partition == partition }
    heldBack.removeAll { $0.partition == partition }
    heldBackSlots.remove(slot)
    forgetEnds(slot)
  }

  /// Forgets where a partition ends.
  mutating func forgetEnds(_ slot: Int) { ends.removeAll { $0.slot == slot } }

  /// All rows are consumed again.
  ///
  /// - Returns: what was known: the rows, the slots of those that were held back, and the ends.
  mutating func forgetAll() -> (rows: [Entry], heldBack: Set<Int>, ends: [(slot: Int, offset: Int64)]) {
    let rows = stashed + heldBack
    let found = ends
    stashed = []
    ends = []
    return (rows, forgetHeldBack(), found)
  }
}
