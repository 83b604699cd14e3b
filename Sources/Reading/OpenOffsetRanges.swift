/// How far offset ranges have been read, by their positions in a batch.
package struct OpenOffsetRanges {
  private let ends: [Int64]
  private var next: [Int64]
  private var areOpen: [Bool]
  /// How many have not been read to their ends.
  private(set) var count = 0
  /// Offsets read.
  private(set) var done: Int64 = 0

  package init(_ offsetRanges: some Collection<PartitionReader.OffsetRange>) {
    ends = offsetRanges.map(\.end)
    next = offsetRanges.map(\.start)
    areOpen = offsetRanges.map { $0.end > $0.start }
    count = areOpen.count { $0 }
  }

  /// The positions of the ranges that have not been read to their ends.
  package var positions: [Int] { areOpen.indices.filter { areOpen[$0] } }

  package func isOpen(_ position: Int) -> Bool { areOpen[position] }

  /// Notes what comes next.
  ///
  /// - Returns: whether that is the end.
  package mutating func reach(_ offset: Int64, _ position: Int) -> Bool {
    let reached = min(offset, ends[position])
    guard reached > next[position] else { return false }
    done += reached - next[position]
    next[position] = reached
    guard reached == ends[position] else { return false }
    finish(position)
    return true
  }

  package mutating func finish(_ position: Int) {
    guard areOpen[position] else { return }
    done += ends[position] - next[position]
    next[position] = ends[position]
    areOpen[position] = false
    count -= 1
  }
}
