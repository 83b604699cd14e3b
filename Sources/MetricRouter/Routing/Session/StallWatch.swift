/// Notices that nothing comes back in a transaction, so that its topics can be asked for: one that has gone is made again.
///
/// librdkafka does not tell of it. It has the coordinator add the partition to the transaction every half second, for as long as the
/// transaction lives, and holds back the copies for all of its topics meanwhile.
///
/// A value without I/O. Times are the monotonic clock's, in milliseconds.
struct StallWatch {
  /// A transaction of which nothing is answered for this long has its topics asked for.
  static let milliseconds: Int64 = 1000

  /// Copies that have arrived so far; and since when, while they are waited for, that number is the same.
  private var answers: UInt64 = 0
  private var last: (answers: UInt64, since: Int64)?
  /// Topics that were asked for because of that, and about which no answer has come yet.
  private var asked: Set<String> = []

  /// Copies have arrived.
  mutating func arrived(_ copies: Int32) { answers &+= UInt64(copies) }

  /// A transaction begins.
  mutating func begin() { last = nil }

  /// Whether the transaction's topics are to be asked for, while its rows are waited for.
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

  /// These topics are asked for.
  mutating func ask(_ topics: some Sequence<String>) { asked = Set(topics) }

  /// An answer has come about a topic.
  mutating func answered(_ topic: String) { asked.remove(topic) }
}
