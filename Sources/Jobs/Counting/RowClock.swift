/// What time it is by the rows of each input partition.
///
/// Rows tell their nodes' time, and a node's clock can be wrong by years; the clock of a partition is the median of
/// what its last rows say, so that no single node moves it. While rows are waiting to be read, it stands at the last
/// one; where none are, it goes on with the monotonic clock.
package struct RowClock {
  /// The number of rows for the median.
  private static let depth = 16
  /// The number of rows after which the median is computed again.
  private static let step: UInt32 = 8
  /// A row that is further ahead of its partition's clock than this is held back to it.
  package static let aheadMilliseconds: Int64 = 60000

  /// Whether a row is not much older than its partition's clock.
  ///
  /// - Parameter seen: what `note` returned.
  @inline(__always)
  package static func isOfNow(_ time: Int64, seen: Int64) -> Bool { seen - time <= aheadMilliseconds }

  /// Sixteen for each partition: a row's time less the monotonic clock when it was read.
  private var differences: [Int64] = []
  private var counts: [UInt32] = []
  /// The median time of each partition.
  private var medians: [Int64] = []
  /// The monotonic time at which the last row of each partition was read.
  private var arrivals: [Int64] = []

  /// Makes room for another partition, the slot of which is the next number.
  package mutating func addPartition() {
    differences += repeatElement(0, count: Self.depth)
    counts.append(0)
    medians.append(0)
    arrivals.append(0)
  }

  /// Takes note of a row.
  ///
  /// - Parameters:
  ///   - time: the row's own, in milliseconds since 1970.
  ///   - now: the monotonic clock, in milliseconds.
  /// - Returns: the row's time as the index takes it: not before the partition's clock, and not far behind it.
  @inline(__always)
  package mutating func note(slot: Int, time: Int64, now: Int64) -> Int64 {
    let count = counts[slot]
    differences[slot * Self.depth + Int(count % UInt32(Self.depth))] = time - now
    counts[slot] = count &+ 1 == 0 ? UInt32(Self.depth) : count &+ 1
    arrivals[slot] = now
    if count < UInt32(Self.depth) || count % Self.step == 0 { takeMedian(slot) }
    let clock = medians[slot] + now
    return min(max(time, clock), clock + Self.aheadMilliseconds)
  }

  @inline(never)
  private mutating func takeMedian(_ slot: Int) {
    let count = min(Int(counts[slot]), Self.depth)
    let start = slot * Self.depth
    // Sorted by insertion, where nothing is allocated: this is on a row's way.
    medians[slot] = withUnsafeTemporaryAllocation(of: Int64.self, capacity: Self.depth) { sorted in
      for index in 0..<count {
        var place = index
        while place > 0, sorted[place - 1] > differences[start + index] {
          sorted[place] = sorted[place - 1]
          place -= 1
        }
        sorted[place] = differences[start + index]
      }
      // The lower one of two: a clock that is ahead ends jobs, one that is behind only waits.
      return sorted[(count - 1) / 2]
    }
  }

  /// The partition's time, in milliseconds since 1970; `nil` before its first row.
  ///
  /// - Parameter isAtEnd: whether no row waits to be read.
  package func time(slot: Int, isAtEnd: Bool, now: Int64) -> Int64? {
    guard counts[slot] > 0 else { return nil }
    return medians[slot] + (isAtEnd ? now : arrivals[slot])
  }

  /// When the partition's last row was read, by the monotonic clock.
  package func arrival(slot: Int) -> Int64 { arrivals[slot] }

  /// Forgets a partition's rows: what comes next may be of another time.
  package mutating func reset(slot: Int) {
    counts[slot] = 0
  }
}
