/// Notices that a transaction receives no delivery reports, so that the session asks for its topics: a missing one is created
/// again.
///
/// librdkafka does not report a missing topic. It asks the coordinator every half second to add the partition, for as long as the
/// transaction lives, and holds back the copies for all of its topics in the meantime.
///
/// A value without I/O. Times are the monotonic clock's, in milliseconds.
struct StallWatch {
  /// How long a transaction has no delivery report before the session asks for its topics, in milliseconds.
  static let milliseconds: Int64 = 1000

  /// The number of copies that have arrived so far.
  private var answers: UInt64 = 0
  /// That number at the last look, and the moment since which it is the same; `nil` if the session does not wait.
  private var last: (answers: UInt64, since: Int64)?
  /// The topics that were asked for and have no answer yet.
  private var asked: Set<String> = []

  /// Notes that copies have arrived.
  mutating func arrived(_ copies: Int32) { answers &+= UInt64(copies) }

  /// Notes that a transaction begins.
  mutating func begin() { last = nil }

  /// Whether to ask for the topics of the transaction, whose rows the session waits for.
  ///
  /// - Parameter unanswered: how many copies have no answer.
  mutating func isStalled(unanswered: Int, now: Int64) -> Bool {
    guard let last, last.answers == answers, unanswered > 0 else {
      last = (answers, since: now)
      return false
    }
    // Brokers that are away answer no question either: it is not asked a second time before all is answered.
    guard asked.isEmpty, now - last.since >= Self.milliseconds else { return false }
    self.last = nil
    return true
  }

  /// Notes that the session asks for these topics.
  mutating func ask(_ topics: some Sequence<String>) { asked = Set(topics) }

  /// Notes an answer about a topic.
  mutating func answered(_ topic: String) { asked.remove(topic) }
}
