/// Evidence that a missing copy of an output partition may have existed, and have been deleted by retention.
///
/// Kafka deletes from the front: what was stored after a message that is still there, is still there too. So a copy is
/// missing for certain where the partition has lost nothing, or where something stored before the copy is left.
struct RetentionEvidence {
  /// How far the time of a row may be ahead of the brokers' clocks, in milliseconds: they reject more
  /// (`message.timestamp.after.max.ms`).
  static let clockTolerance: Int64 = 3_600_000

  /// The first offset that was kept when reading began.
  var low: Int64 = 0
  /// The first that was kept when reading had ended.
  var lowAfter: Int64 = 0
  /// The offset at which reading started: `low`, or behind messages that are older than the oldest audited row.
  var start: Int64 = 0
  /// The time of the first message that was read.
  private(set) var firstTime: Int64?
  private var hasFirst = false
  /// The first audited row of each input partition with a copy that was read, or -1.
  ///
  /// A router stores the copies of a partition's rows in the order of the rows; where it starts again further back, it
  /// stores those behind once more, too.
  private var survivors: [Int64] = []

  /// Notes a message, in the order of their offsets.
  mutating func note(timestamp: Int64?) {
    guard !hasFirst else { return }
    hasFirst = true
    firstTime = timestamp
  }

  /// Notes a copy of a row of an input partition.
  mutating func note(slot: Int, offset: Int64, slotCount: Int) {
    guard low > 0, start <= low else { return }
    if survivors.isEmpty { survivors = Array(repeating: -1, count: slotCount) }
    if survivors[slot] < 0 || offset < survivors[slot] { survivors[slot] = offset }
  }

  /// Whether a copy that was not found may have been deleted.
  ///
  /// - Parameters:
  ///   - slot: the row's input partition.
  ///   - time: a time that the row is not older than.
  func mayHaveLost(slot: Int, offset: Int64, time: Int64?) -> Bool {
    guard max(low, lowAfter) > 0 else { return false }
    // Rows may have been deleted before they were read.
    guard lowAfter <= start else { return true }
    if start > low { return false }
    if survivors.indices.contains(slot), survivors[slot] >= 0, offset > survivors[slot] { return false }
    guard let time, let firstTime else { return true }
    return time - firstTime < Self.clockTolerance
  }
}
