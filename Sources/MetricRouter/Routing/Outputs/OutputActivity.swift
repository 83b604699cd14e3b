/// The output topics that are in use: those that receive rows. `ProducerPool` gets rid of the others: a producer of librdkafka
/// never forgets an idle topic, and looks through all of its topics.
///
/// A value without I/O; told now and then how many rows went to each. Times are the monotonic clock's, in milliseconds.
struct OutputActivity {
  private struct Output {
    var rows: UInt64
    /// When the number was first seen.
    var since: Int64
  }

  private let rules: RouterSettings.Rotation
  private var outputs: [Output] = []
  private var lastSweep: Int64
  /// Whether producers are to be replaced as soon as nothing is under way.
  var isRotationDue = false
  /// The number of idle topics at the last check.
  private(set) var idleJobTopics = 0
  private(set) var idleUserTopics = 0

  init(_ rules: RouterSettings.Rotation, now: Int64) {
    self.rules = rules
    lastSweep = now
  }

  /// Whether it is time to look at the topics.
  func isSweepDue(now: Int64) -> Bool { now - lastSweep >= rules.sweepMilliseconds }

  /// Looks at all topics.
  ///
  /// - Parameter rows: by position, how many rows were sent there.
  mutating func sweep(_ topics: OutputTopics, rows: [UInt64], now: Int64) {
    lastSweep = now
    observe(rows, now: now)
    (idleJobTopics, idleUserTopics) = (0, 0)
    for (position, topic) in topics.topics.enumerated() where isIdle(Int32(position), now: now) {
      if topic.isJob { idleJobTopics += 1 } else { idleUserTopics += 1 }
    }
    isRotationDue = false
  }

  /// How many idle topics may gather in any producer.
  var leastIdle: Int { rules.leastIdle }

  /// A topic was deleted: it is idle from now on, until it gets another row.
  mutating func setGone(_ position: Int32) {
    guard Int(position) < outputs.count else { return }
    outputs[Int(position)].since = .min / 2
  }

  /// Takes note of the rows that went to each output so far.
  ///
  /// - Parameter rows: by position.
  private mutating func observe(_ rows: [UInt64], now: Int64) {
    for (position, count) in rows.enumerated() {
      if position == outputs.count {
        outputs.append(Output(rows: count, since: now))
      } else if outputs[position].rows != count {
        outputs[position] = Output(rows: count, since: now)
      }
    }
  }

  /// Whether an output has had no row for some time; false for one that was never observed.
  func isIdle(_ position: Int32, now: Int64) -> Bool {
    Int(position) < outputs.count && now - outputs[Int(position)].since >= rules.idleMilliseconds
  }

  /// Forgets the outputs that are not in use. The rows of the others count from zero again.
  ///
  /// - Returns: the positions of those others.
  mutating func keepInUse(_ topics: OutputTopics, now: Int64) -> [Int32] {
    let kept = topics.topics.indices.map { Int32($0) }.filter { !isIdle($0, now: now) }
    // Those that were added since the last look stand at the end, so that positions still agree.
    outputs = kept.filter { Int($0) < outputs.count }.map { Output(rows: 0, since: outputs[Int($0)].since) }
    (idleJobTopics, idleUserTopics) = (0, 0)
    isRotationDue = false
    return kept
  }
}
