internal import Glibc
public import Kafka

/// Makes topics for the router, and tells how many partitions the existing ones have.
///
/// Called on a thread of its own, so it may block; it must come back within some ten seconds.
public protocol TopicCreating: AnyObject, Sendable {
  /// Sees to it that the topics exist.
  ///
  /// - Returns: for each topic its number of partitions, or why it cannot be made. An error whose remedy is `retry`
  ///   leads to another call later.
  func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>]
}

/// Makes topics on a thread of its own, so that a new user or job does not hold up the rows of the others.
///
/// What may pass (controller away, time-out) is tried again until it is done or refused; meanwhile other topics are made.
final class TopicMaker: Sendable {
  /// The answer about one topic.
  struct Answer: Sendable {
    var topic: String
    var result: Result<Int32, KafkaError>
  }

  private struct Request: Sendable {
    var topic: NewTopic
    /// By the monotonic clock, in milliseconds.
    var notBefore: Int64
  }

  /// A hundred topics in one request cost little more than one.
  static let batchLimit = 100
  private static let pauseMilliseconds: Int64 = 1000
  /// The same trouble is logged again after this time.
  private static let silenceMilliseconds: Int64 = 60000

  private let requests = Mailbox<Request>()
  private let answers = Mailbox<Answer>()

  /// Starts the thread. It ends after the last reference has gone.
  ///
  /// - Parameter loginAdvice: what to say, from time to time, where the brokers cannot be reached.
  init(creator: any TopicCreating, log: Log, loginAdvice: String? = nil) {
    let requests = requests
    let answers = answers
    Thread.start {
      Self.serve(requests, answers, creator, log, loginAdvice)
    }
  }

  deinit {
    requests.close()
  }

  /// Asks for a topic. An answer about it will come, unless the maker goes before.
  ///
  /// - Parameter milliseconds: it is asked for only after this time.
  func request(_ topic: NewTopic, afterMilliseconds milliseconds: Int64 = 0) {
    requests.put(Request(topic: topic, notBefore: milliseconds > 0 ? MonotonicClock.milliseconds() + milliseconds : 0))
  }

  /// The answers that have come since the last call.
  func takeAnswers() -> [Answer] {
    answers.takeAll()
  }

  /// The same, waiting for the first.
  func waitForAnswers(milliseconds: Int64) -> [Answer] {
    answers.wait(limit: .max, milliseconds: milliseconds) ?? []
  }

  private static func serve(
    _ requests: Mailbox<Request>, _ answers: Mailbox<Answer>, _ creator: any TopicCreating, _ log: Log,
    _ loginAdvice: String?
  ) {
    var later: [Request] = []
    var silentUntil: Int64 = 0
    while true {
      let pause = later.map(\.notBefore).min().map { max($0 - MonotonicClock.milliseconds(), 0) }
      guard let taken = requests.wait(limit: batchLimit, milliseconds: pause) else { return }
      let now = MonotonicClock.milliseconds()
      // What is asked for the first time is not held up by what could not be made.
      // Brokers refuse a request that names a topic twice.
      var due: Set<String> = []
      let fresh = taken.filter { $0.notBefore <= now && due.insert($0.topic.name).inserted }
      var again: [Request] = []
      for request in later where request.notBefore <= now && again.count < batchLimit {
        if due.insert(request.topic.name).inserted { again.append(request) }
      }
      later.removeAll { $0.notBefore <= now && due.contains($0.topic.name) }
      later += taken.filter { $0.notBefore > now }
      for batch in [fresh, again] where !batch.isEmpty {
        let topics = batch.map(\.topic)
        let results = creator.ensure(topics)
        for topic in topics {
          let result = results[topic.name]
          if let result, result.isFinal {
            answers.put(Answer(topic: topic.name, result: result))
            continue
          }
          let now = MonotonicClock.milliseconds()
          later.append(Request(topic: topic, notBefore: now + pauseMilliseconds))
          if now >= silentUntil, case .failure(let error) = result {
            silentUntil = now + silenceMilliseconds
            if let loginAdvice, let hint = LoginAdvice.hint(loginAdvice, in: log) {
              log.warning(
                "topic not made yet, trying again",
                [.topic: topic.name, .error: error.description, .remedy: hint])
            } else {
              log.warning("topic not made yet, trying again", [.topic: topic.name, .error: error.description])
            }
          }
        }
      }
    }
  }
}

extension Result<Int32, KafkaError> {
  /// Whether asking again can bring nothing else.
  fileprivate var isFinal: Bool {
    switch self {
    case .success: true
    case .failure(let error): error.remedy != .retry
    }
  }
}
