internal import Kafka

/// Rows and copies that wait for their topics, by topic, so that an answer about one touches its own rows alone.
///
/// A value without I/O.
struct WaitingRows {
  /// What waits for one topic, in the order in which it came.
  struct Waiting {
    /// Copies that were on their way when the topic went.
    var copies: [RouterSession.FailedCopy] = []
    var rows: [RouterSession.WaitingRow] = []
  }

  private var byOutput: [Int32: Waiting] = [:]
  /// For how many topics something waits.
  var topicCount: Int { byOutput.count }
  /// How many rows and copies wait.
  private(set) var count = 0
  /// Their bytes.
  private(set) var bytes = 0

  /// A row waits for this topic.
  mutating func add(_ row: RouterSession.WaitingRow, for output: Int32) {
    byOutput[output, default: Waiting()].rows.append(row)
    count += 1
    bytes += row.payload.count
  }

  /// A copy waits for this topic.
  mutating func add(_ copy: RouterSession.FailedCopy, for output: Int32) {
    byOutput[output, default: Waiting()].copies.append(copy)
    count += 1
    bytes += copy.payload.count
  }

  /// Takes everything that waits for a topic.
  mutating func take(_ output: Int32) -> Waiting {
    guard let waiting = byOutput.removeValue(forKey: output) else { return Waiting() }
    count -= waiting.copies.count + waiting.rows.count
    for copy in waiting.copies { bytes -= copy.payload.count }
    for row in waiting.rows { bytes -= row.payload.count }
    return waiting
  }
}
