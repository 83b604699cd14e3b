internal import Synchronization

/// What the routing thread keeps for the index of jobs.
package struct JobCounts {
  private static let generations = Atomic<UInt64>(0)

  package var tallies: RouteCounters
  /// What was counted up to the last committed transaction; `nil` where rows need no transaction.
  private var committed: RouteCounters?
  /// The time up to which all rows in `committed` have arrived, in milliseconds since 1970; `nil` if it is unknown.
  private var committedTime: Int64?
  /// Whether rows that were read come again.
  private var isBack = false
  package var clock = RowClock()
  /// The monotonic clock at the beginning of the batch, in milliseconds.
  package var now: Int64 = 0
  /// Tells the routes of this session from those of another.
  package private(set) var generation = JobCounts.nextGeneration()
  /// The number of routes that were handed over to the index.
  package var handedOver = 0
  package var slurmRows: [JobFeed.SlurmPayload] = []
  /// Rows of authorities that have not been handed over, and what was said lately.
  package var ownerRows: [OwnerRow] = []
  package var ownerFilter = OwnerRowFilter()
  /// When partitions were assigned last, in milliseconds since 1970.
  package var assigned: Int64 = 0
  /// Whether no row of a partition waits to be read, by slot.
  private var isAtEnd: [Bool] = []
  private var lastEnds: [Int64] = []

  /// How long a partition is not at its end before it counts as behind, in milliseconds.
  private static let behindMilliseconds: Int64 = 10000
  /// How long a partition has no row, while others have some, before it no longer determines the time, in milliseconds.
  private static let idleMilliseconds: Int64 = 10000

  /// Counts that are all zero.
  ///
  /// - Parameter countsWhenCommitted: whether rows come again that are not in a committed transaction.
  package init(valueCount: Int, countsWhenCommitted: Bool = false) {
    tallies = RouteCounters(valueCount: valueCount)
    if countsWhenCommitted { committed = tallies }
  }

  /// The counts for the index, without the rows of an open transaction, which may be consumed again.
  package var counted: RouteCounters { committed ?? tallies }

  private static func nextGeneration() -> UInt64 { generations.add(1, ordering: .relaxed).newValue }

  /// Makes room for another partition, whose slot is the next number.
  package mutating func addPartition() {
    clock.addPartition()
    isAtEnd.append(false)
    lastEnds.append(0)
  }

  /// A partition is read from now on.
  package mutating func assign(_ slot: Int) {
    clock.reset(slot: slot)
    isAtEnd[slot] = false
    lastEnds[slot] = 0
    committedTime = nil
    isBack = false
  }

  /// Notes that no row of a partition waits to be read.
  package mutating func reachedEnd(_ slot: Int) {
    isAtEnd[slot] = true
    lastEnds[slot] = now
  }

  /// Counts a row.
  ///
  /// - Parameters:
  ///   - slot: its partition's; `nil` for a row that does not tell how far its partition has come.
  ///   - time: the row's own, in milliseconds since 1970.
  ///   - delay: how old it is.
  @inline(__always)
  package mutating func count(
    route: Int32, schema: Int, slot: Int?, bytes: Int, time: Int64, delay: Int64
  ) {
    var seen = time
    if let slot {
      if isAtEnd[slot] { isAtEnd[slot] = false }
      seen = clock.note(slot: slot, time: time, now: now)
    }
    guard route >= 0 else { return }
    tallies.count(route: Int(route), schema: schema, bytes: bytes, time: time, seen: seen, delay: delay)
  }

  /// A transaction was committed with all that was counted.
  ///
  /// - Parameter reached: up to when all rows have come by then.
  package mutating func keepCommitted(reached: Int64? = nil) {
    committed = tallies
    committedTime = reached
    isBack = false
  }

  /// The time up to which the index has all rows. It excludes the rows of an open transaction, so that no job seems silent
  /// because the index does not know them yet.
  ///
  /// - Parameter reached: the same for all rows that were read.
  package func told(_ reached: Int64?, isTransactionOpen: Bool) -> Int64? {
    isTransactionOpen || isBack ? committedTime : reached
  }

  /// What was counted since the last committed transaction is consumed again.
  package mutating func goBack() {
    tallies.goBack(to: committed ?? RouteCounters(valueCount: tallies.valueCount))
    // Rows that come again have to be stored again before they are committed.
    ownerFilter.forget()
    isBack = true
  }

  /// The routes are recreated.
  package mutating func forgetRoutes() {
    tallies.forgetRoutes()
    if committed != nil { committed = tallies }
    handedOver = 0
    generation = Self.nextGeneration()
  }

  /// How far partitions have come.
  ///
  /// - Parameter difference: what the rows' time is less this machine's clock, where no row has come yet.
  /// - Returns: up to when all rows of all of them have been read; `nil` where that is not known of one.
  package func reached(_ slots: [Int], wallClock: Int64, difference: Int64?, now: Int64) -> (
    time: Int64?, isBehind: Bool
  ) {
    var earliest: Int64?
    var current: [(arrival: Int64, time: Int64)] = []
    var latestArrival = Int64.min
    var isKnown = true
    var isBehind = false
    for slot in slots {
      let isAtEnd = isAtEnd[slot]
      if !isAtEnd, lastEnds[slot] == 0 || now - lastEnds[slot] > Self.behindMilliseconds { isBehind = true }
      guard let time = clock.time(slot: slot, isAtEnd: isAtEnd, now: now) else {
        if !isAtEnd { isKnown = false }
        continue
      }
      let arrival = clock.arrival(slot: slot)
      latestArrival = max(latestArrival, arrival)
      if isAtEnd { current.append((arrival, time)) } else { earliest = min(earliest ?? time, time) }
    }
    guard isKnown, !slots.isEmpty else { return (nil, isBehind) }
    // Where no row waits it is now, and all partitions should say the same. One whose last row came long ago, perhaps
    // with a backlog in which its rows ended early, does not know; and none of the others decides alone.
    let times = current.filter { $0.arrival >= latestArrival - Self.idleMilliseconds }.map(\.time).sorted()
    if !times.isEmpty {
      let middle = times[(times.count - 1) / 2]
      earliest = min(earliest ?? middle, middle)
    }
    return (earliest ?? difference.map { wallClock + $0 }, isBehind)
  }
}
