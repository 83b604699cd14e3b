/// Increasing offsets, numbered from 0: a partition's rows.
///
/// Offsets have gaps, where transactions left their marks or rows were aborted, and between them they follow one upon
/// the other. So only the beginnings of runs are kept: one for a topic without gaps, whatever it holds.
struct OffsetRuns {
  private struct Run {
    var offset: Int64
    var index: Int
  }

  private var runs: [Run] = []
  private(set) var count = 0
  private var next: Int64 = 0

  /// Adds the next offset.
  ///
  /// - Returns: false for one that is not behind those before it; it is not added.
  mutating func append(_ offset: Int64) -> Bool {
    guard offset >= next else { return false }
    if offset > next || runs.isEmpty { runs.append(Run(offset: offset, index: count)) }
    next = offset + 1
    count += 1
    return true
  }

  /// The number of an offset, or -1.
  func index(of offset: Int64) -> Int {
    guard let run = run(before: { $0.offset <= offset }) else { return -1 }
    let index = runs[run].index + Int(offset - runs[run].offset)
    let end = run + 1 < runs.count ? runs[run + 1].index : count
    return index < end ? index : -1
  }

  /// The offset with this number.
  func offset(at index: Int) -> Int64 {
    precondition((0..<count).contains(index), "offset number \(index) is not among the \(count) offsets")
    guard let run = run(before: { $0.index <= index }) else {
      preconditionFailure("the first run begins with number 0")
    }
    return runs[run].offset + Int64(index - runs[run].index)
  }

  /// The last run that is not behind the position.
  private func run(before isBefore: (Run) -> Bool) -> Int? {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(runs[middle]) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }
}
