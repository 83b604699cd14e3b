internal import Kafka

/// Topics that the controller has created and that the brokers may not know yet: a value without I/O.
///
/// Brokers answer that a topic is created before they know it; where thousands are created at once, each follows some
/// seconds later. Asking for all of them again and again, with each producer, would keep the brokers from creating them.
/// So the oldest batch alone is asked for, after pauses that grow, and producers learn of a batch when it is known.
struct NewTopics {
  /// The topics of each request, in the order of the requests.
  private var batches: [[TopicCreationQueue.Answer]] = []
  /// Since when the oldest batch is the oldest, by the monotonic clock, in milliseconds.
  private var oldestSince: Int64 = 0
  /// Questions about the oldest batch that found nothing.
  private var misses = 0
  /// When the oldest batch is asked for, by the monotonic clock, in milliseconds; `nil` where there is none.
  private(set) var nextQuestion: Int64?

  static let firstPauseMilliseconds: Int64 = 25
  static let longestPauseMilliseconds: Int64 = 400
  /// So long the oldest batch is asked for, and then taken for known: whoever opens the topics finds out what they lack.
  static let patienceMilliseconds: Int64 = 10_000

  /// The controller has created the topics of one request.
  mutating func add(_ answers: [TopicCreationQueue.Answer], now: Int64) {
    guard !answers.isEmpty else { return }
    batches.append(answers)
    if batches.count == 1 { (oldestSince, nextQuestion) = (now, now) }
  }

  /// The topics to ask for now, if any, and the one of them with which to begin. `answered` follows.
  ///
  /// Another one each time: one that somebody has deleted meanwhile stays unknown.
  func question(now: Int64) -> (topics: [String], sample: String)? {
    guard let nextQuestion, nextQuestion <= now, let answers = batches.first else { return nil }
    return (answers.map(\.topic), answers[answers.count - 1 - misses % answers.count].topic)
  }

  /// A broker has been asked.
  ///
  /// - Returns: the topics that are known by now.
  mutating func answered(areKnown: Bool, now: Int64) -> [TopicCreationQueue.Answer] {
    guard let batch = batches.first else { return [] }
    guard areKnown || now - oldestSince >= Self.patienceMilliseconds else {
      nextQuestion = now + min(Self.firstPauseMilliseconds << min(misses, 10), Self.longestPauseMilliseconds)
      misses += 1
      return []
    }
    batches.removeFirst()
    misses = 0
    oldestSince = now
    nextQuestion = batches.isEmpty ? nil : now
    return batch
  }
}
