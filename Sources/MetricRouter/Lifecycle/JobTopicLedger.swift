internal import Kafka
internal import Topics

/// What is known of the topics of jobs, and what is to be done about them: a value without I/O.
///
/// That a job has ended is told from its topic: nothing was written to it, as far as everything is routed that came in
/// (`InputProgress`), for the configured time. This is measured by this process's monotonic clock from look to look, so
/// no two clocks are compared, rows of a backlog may be as old as they like, and a router that has just started knows
/// nothing yet.
///
/// An ended job's topic gets a message that says so, and goes when that message is old enough. A topic is never deleted
/// because of its rows' age alone.
struct JobTopicLedger {
  /// What the last message of a topic is.
  enum Tail: Equatable {
    /// The topic has not been checked, or could not be read.
    case unknown
    /// A row, or the end of transactions that were aborted.
    case row
    /// The message that the job has ended, stored at this time (milliseconds since 1970).
    case jobEnd(Int64)
  }

  /// What is to be done.
  struct Decision: Equatable {
    /// Topics that get the message, by name.
    var ended: [String] = []
    /// Topics to be deleted.
    var expired: [String] = []
  }

  /// When it is to be done.
  struct Rules {
    /// How long a job has to be without a row.
    var endedAfter: Int64
    /// How long the topic is kept after that; `nil`: forever.
    var timeToLive: Int64?
  }

  private struct Topic {
    var ends: [Watermarks]
    /// The monotonic time at which the present end of the topic was first seen.
    var since: Int64
    var tail = Tail.unknown

    var wasWritten: Bool { ends.contains { $0.high > 0 } }
    var holdsMessages: Bool { ends.contains { $0.high > $0.low } }
  }

  private var topics: [String: Topic] = [:]
  let rules: Rules

  init(_ rules: Rules) {
    self.rules = rules
  }

  /// Takes note of the topics that are there, and forgets all others.
  ///
  /// - Parameters:
  ///   - found: the ends of each topic's partitions, with what belongs to transactions that are still open.
  ///   - now: by the monotonic clock, after they were asked for.
  mutating func observe(_ found: [String: [Watermarks]], now: Int64) {
    topics = found.reduce(into: [:]) { topics, entry in
      var topic = Topic(ends: entry.value, since: now)
      if let known = self.topics[entry.key], known.ends.map(\.high) == entry.value.map(\.high) {
        (topic.since, topic.tail) = (known.since, known.tail)
      }
      topics[entry.key] = topic
    }
  }

  /// The topics of ended jobs whose last message has to be looked at.
  ///
  /// - Parameter caughtUp: up to when everything is routed that came in.
  func unread(caughtUp: Int64) -> [String] {
    topics.filter { isEnded($0.value, caughtUp) && $0.value.tail == .unknown && $0.value.holdsMessages }.keys.sorted()
  }

  /// Takes note of a topic's last message.
  mutating func note(_ tail: Tail, of topic: String) {
    topics[topic]?.tail = tail
  }

  /// Takes note of a message that was written to a topic's first partition: that the job has ended.
  mutating func noteJobEnd(in topic: String, offset: Int64, time: Int64) {
    guard var known = topics[topic], !known.ends.isEmpty else { return }
    // A row that came in between makes the offset another one; then the next look sees the topic as it is.
    if known.ends[0].high == offset {
      known.ends[0].high = offset + 1
      known.tail = .jobEnd(time)
    }
    topics[topic] = known
  }

  /// The partitions of a topic; none of one that is not known.
  func partitions(of topic: String) -> [TopicPartition] {
    (topics[topic]?.ends.indices ?? 0..<0).map { TopicPartition(topic: topic, partition: Int32($0)) }
  }

  /// Whether nothing was written to a topic since it was looked at.
  ///
  /// - Parameter ends: of all of its partitions, as they are now.
  func isUnwritten(_ topic: String, ends: [Watermarks]) -> Bool {
    guard let known = topics[topic] else { return false }
    return known.ends.map(\.high) == ends.map(\.high)
  }

  /// Whether a topic held messages when it was looked at.
  func holdsMessages(_ topic: String) -> Bool { topics[topic]?.holdsMessages ?? false }

  /// A topic's last message was read again. Where it is another one than before, this is not the topic that was known,
  /// though it may have the same name and as many messages: then its time begins with the next look.
  ///
  /// - Returns: whether it is the topic that was known.
  mutating func confirm(_ tail: Tail, of topic: String) -> Bool {
    guard let known = topics[topic], tail != .unknown else { return false }
    guard known.tail == tail else {
      topics[topic] = nil
      return false
    }
    return true
  }

  /// A topic is deleted.
  mutating func forget(_ topic: String) {
    topics[topic] = nil
  }

  /// What is to be done now.
  ///
  /// - Parameters:
  ///   - caughtUp: up to when everything is routed that came in, by the monotonic clock.
  ///   - now: by the monotonic clock.
  ///   - time: the same moment in milliseconds since 1970.
  func decide(caughtUp: Int64, now: Int64, time: Int64) -> Decision {
    var decision = Decision()
    for (name, topic) in topics where isEnded(topic, caughtUp) {
      if !topic.wasWritten {
        // Made for a row that has not come; how old it is nobody says.
        if let timeToLive = rules.timeToLive, now - topic.since >= timeToLive { decision.expired.append(name) }
      } else if !topic.holdsMessages {
        // Its own retention has taken every row.
        if rules.timeToLive != nil { decision.expired.append(name) }
      } else {
        switch topic.tail {
        case .unknown: break
        case .row: decision.ended.append(name)
        case .jobEnd(let stored):
          if let timeToLive = rules.timeToLive, time - stored >= timeToLive { decision.expired.append(name) }
        }
      }
    }
    decision.ended.sort()
    decision.expired.sort()
    return decision
  }

  private func isEnded(_ topic: Topic, _ caughtUp: Int64) -> Bool { caughtUp - topic.since >= rules.endedAfter }
}

extension JobTopicLedger.Tail {
  /// What the last messages of a topic's partitions say.
  init(_ partitions: [PartitionContent]) {
    self = .unknown
    var last: Int64?
    for partition in partitions {
      guard let watermarks = partition.watermarks else { return }
      guard watermarks.high > watermarks.low else { continue }
      guard let sample = partition.sample else { return }
      if let time = sample.lastRow, sample.ended == nil { last = max(last ?? time, time) }
    }
    // The message stands in the first partition.
    guard let stored = partitions.first?.sample?.ended, last ?? stored <= stored else {
      self = .row
      return
    }
    self = .jobEnd(stored)
  }
}
