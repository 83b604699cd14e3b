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
/// What may pass (controller away, time-out) is tried again until it is done or refused.
final class TopicMaker {
  /// The answer about one topic.
  struct Answer: Sendable {
    var topic: String
    var result: Result<Int32, KafkaError>
  }

  /// A hundred topics in one request cost little more than one.
  static let batchLimit = 100
  private static let pauseMilliseconds = 1000

  private let requests = Mailbox<NewTopic>()
  private let answers = Mailbox<Answer>()

  /// Starts the thread. It ends after `close`.
  init(creator: any TopicCreating, log: Log) {
    let requests = requests
    let answers = answers
    Thread.start {
      Self.serve(requests, answers, creator, log)
    }
  }

  deinit {
    requests.close()
  }

  /// Asks for a topic. Exactly one answer will come, unless the maker is closed before.
  func request(_ topic: NewTopic) {
    requests.put(topic)
  }

  /// The answers that have come since the last call.
  func takeAnswers() -> [Answer] {
    answers.takeAll()
  }

  private static func serve(
    _ requests: Mailbox<NewTopic>, _ answers: Mailbox<Answer>, _ creator: any TopicCreating, _ log: Log
  ) {
    var unfinished: [NewTopic] = []
    while true {
      if unfinished.isEmpty {
        guard let batch = requests.wait(limit: batchLimit) else { return }
        unfinished = batch
      } else {
        if requests.waitForClosing(milliseconds: pauseMilliseconds) { return }
      }
      let results = creator.ensure(unfinished)
      unfinished.removeAll { topic in
        guard let result = results[topic.name] else { return false }
        if case .failure(let error) = result, error.remedy == .retry {
          log.warning("topic not made yet, trying again", [.topic: topic.name, .error: error.description])
          return false
        }
        answers.put(Answer(topic: topic.name, result: result))
        return true
      }
    }
  }
}
