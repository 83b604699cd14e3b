/// Which output topics are in use: those whose rows grow in number.
///
/// A value without I/O; told now and then how many rows went to each.
struct OutputActivity {
  private struct Output {
    var rows: UInt64
    /// When the number was first seen, by the monotonic clock.
    var since: Int64
  }

  private var outputs: [Output] = []

  /// How many outputs were observed.
  var count: Int { outputs.count }

  /// Takes note of the rows that went to each output so far.
  ///
  /// - Parameter rows: by position.
  mutating func observe(_ rows: [UInt64], now: Int64) {
    for (position, count) in rows.enumerated() {
      if position == outputs.count {
        outputs.append(Output(rows: count, since: now))
      } else if outputs[position].rows != count {
        outputs[position] = Output(rows: count, since: now)
      }
    }
  }

  /// Whether an output has had no row for some time; false for one that was never observed.
  func isIdle(_ position: Int32, now: Int64, after milliseconds: Int64) -> Bool {
    Int(position) < outputs.count && now - outputs[Int(position)].since >= milliseconds
  }

  /// Forgets all outputs but some, whose rows count from zero again.
  mutating func keepOnly(_ positions: [Int32]) {
    outputs = positions.map { Output(rows: 0, since: outputs[Int($0)].since) }
  }
}
