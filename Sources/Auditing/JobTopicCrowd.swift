internal import Kafka
internal import Naming

/// Tells which rows may have no copy in their job's topic because `jobs.max-topics` other jobs had one at that time.
///
/// A router gives a job its topic with the first row for which there is room, so the rows that it left out are those
/// before it, and until then there were as many topics of other jobs. Of these only those count that are still there:
/// what cannot be shown is not an excuse. A job that lost its place again, because a router restarted while it was
/// crowded, is not told from a loss.
struct JobTopicCrowd {
  /// The time by topic up to which the job may have had no topic; `.min` if the limit explains nothing.
  private var until: [Int64]

  /// Evaluates a ledger that has taken all copies.
  init(_ ledger: AuditLedger) {
    let topics = ledger.topics.topics
    until = Array(repeating: .min, count: topics.count)
    var begins: [Int64] = []
    var jobs: [(position: Int, begin: Int64?)] = []
    for (position, topic) in topics.enumerated() {
      guard case .job = ledger.names.read(topic.name) else { continue }
      let begin = Self.begin(of: topic, ledger)
      if let begin { begins.append(begin) }
      jobs.append((position, begin))
    }
    guard begins.count >= ledger.jobTopicLimit else { return }
    begins.sort()
    for (position, begin) in jobs {
      if topics[position].partitionCount == 0 {
        until[position] = .max
      } else if let begin, begin > .min {
        // One of those that had begun by then is its own.
        let others = Self.count(begins, upTo: begin) - 1
        if others >= ledger.jobTopicLimit { until[position] = begin }
      }
    }
  }

  /// Whether the limit may be why a row has its user's copy alone.
  ///
  /// - Parameters:
  ///   - position: its job's topic.
  ///   - slot: its input partition.
  ///   - time: a time that it is not older than.
  func explains(_ position: Int32, _ topic: AuditedTopics.Topic, slot: Int, offset: Int64, time: Int64?) -> Bool {
    let until = until[Int(position)]
    return until > .min && (time ?? .min) <= until && topic.beginsBehind(slot: slot, offset: offset)
  }

  /// When a topic got its first message; `.min` for before what was read, `nil` where nothing was read.
  static func begin(of topic: AuditedTopics.Topic, _ ledger: AuditLedger) -> Int64? {
    var begin: Int64?
    for partition in 0..<Int(topic.partitionCount) {
      let evidence = ledger.outputs[topic.firstOutput + partition].evidence
      guard let first = evidence.firstTime else { continue }
      begin = min(begin ?? .max, evidence.start > 0 || evidence.low > 0 ? .min : first)
    }
    return begin
  }

  /// How many of increasing times are not later than another.
  private static func count(_ times: [Int64], upTo time: Int64) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
