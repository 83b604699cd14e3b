internal import Glibc
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime
internal import Topics

/// Creates topics on a thread of its own, so that a new user or job does not delay the rows of others.
///
/// What may pass (controller away, time-out) is retried until it is done or refused; meanwhile other topics are made.
final class TopicCreationQueue: Sendable {
  /// The answer about one topic.
  struct Answer: Sendable {
    var topic: String
    var result: Result<Int32, KafkaError>
    /// Why it may not be made, where that is not for the brokers to say.
    var refusal: Refusal?
    /// Whether the last survey has answered, and not a request about this topic.
    var wasSurveyed = false
  }

  /// A survey of the existing topics.
  struct Survey: Sendable {
    /// Their names; `nil` where nobody can be asked.
    var topics: Set<String>?
  }

  private struct Request: Sendable {
    var topic: NewTopic
    /// Whether the last survey has shown it.
    var wasSurveyed = false
    /// The monotonic time of the next attempt, in milliseconds.
    var notBefore: Int64
  }

  /// What the thread is to do.
  private enum Order: Sendable {
    case make(Request)
    case survey
  }

  /// Hundreds of topics in one request cost little more than one.
  static let batchLimit = 200
  private static let pauseMilliseconds: Int64 = 1000

  private let requests = Mailbox<Order>()
  private let answers = Mailbox<Answer>()
  private let surveys = Mailbox<Survey>()

  /// Starts the thread. It ends after the last reference has gone.
  ///
  /// - Parameters:
  ///   - loginAdvice: what to say, from time to time, where the brokers cannot be reached.
  ///   - names: of topics whose users have to exist; `nil` where any will do.
  init(creator: any TopicCreating, log: Log, loginAdvice: String? = nil, usersMustExistIn names: TopicNames? = nil) {
    let requests = requests
    let answers = answers
    let surveys = surveys
    Thread.start {
      Self.serve(requests, answers, surveys, creator, log, loginAdvice, names)
    }
  }

  deinit {
    requests.close()
  }

  /// Asks for a topic. An answer about it will come, unless the queue goes before.
  ///
  /// - Parameters:
  ///   - milliseconds: it is asked for only after this time.
  ///   - wasSurveyed: the last survey has shown it, so that the brokers need not be asked.
  func request(_ topic: NewTopic, afterMilliseconds milliseconds: Int64 = 0, wasSurveyed: Bool = false) {
    let notBefore = milliseconds > 0 ? MonotonicClock.milliseconds() + milliseconds : 0
    requests.put(.make(Request(topic: topic, wasSurveyed: wasSurveyed, notBefore: notBefore)))
  }

  /// Requests a survey of the existing topics, for `takeSurvey`.
  func requestSurvey() {
    requests.put(.survey)
  }

  /// The survey of existing topics, if there is a new one since the last call.
  func takeSurvey() -> Survey? {
    surveys.takeAll().last
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
    _ requests: Mailbox<Order>, _ answers: Mailbox<Answer>, _ surveys: Mailbox<Survey>, _ creator: any TopicCreating,
    _ log: Log, _ loginAdvice: String?, _ names: TopicNames?
  ) {
    var users = SystemUsers()
    var later: [Request] = []
    /// The partitions of the topics that the last survey has shown.
    var existing: [String: Int32] = [:]
    var surveyAt: Int64?
    var new = NewTopics()
    var throttle = LogThrottle(milliseconds: 60000)
    while true {
      let next = min(later.map(\.notBefore).min() ?? .max, surveyAt ?? .max, new.nextQuestion ?? .max)
      let pause = next < .max ? max(next - MonotonicClock.milliseconds(), 0) : nil
      guard let orders = requests.wait(limit: batchLimit, milliseconds: pause) else { return }
      let now = MonotonicClock.milliseconds()
      var taken: [Request] = []
      for order in orders {
        switch order {
        case .make(let request): taken.append(request)
        case .survey: surveyAt = now
        }
      }
      if let due = surveyAt, due <= now {
        surveyAt = survey(creator, surveys, &existing) ? nil : MonotonicClock.milliseconds() + pauseMilliseconds
      }
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
        var topics = batch.map(\.topic)
        if let names {
          topics = allowed(topics, names, &users, answers) { topic in
            later.append(Request(topic: topic, notBefore: MonotonicClock.milliseconds() + pauseMilliseconds))
          }
        }
        let surveyed = Set(batch.filter { $0.wasSurveyed && existing[$0.topic.name] != nil }.map(\.topic.name))
        // Brokers need not be asked about those, so they come first.
        for wasSurveyed in [true, false] {
          let group = topics.filter { surveyed.contains($0.name) == wasSurveyed }
          guard !group.isEmpty else { continue }
          let results = wasSurveyed ? creator.accept(group, partitions: existing) : creator.ensure(group)
          var created: [Answer] = []
          for topic in group {
            let result = results[topic.name]
            if let result, result.isFinal {
              let answer = Answer(topic: topic.name, result: result, wasSurveyed: wasSurveyed)
              if !wasSurveyed, case .success = result { created.append(answer) } else { answers.put(answer) }
              continue
            }
            let now = MonotonicClock.milliseconds()
            later.append(Request(topic: topic, notBefore: now + pauseMilliseconds))
            if case .failure(let error) = result, throttle.isDue("not created", now: now) {
              logDelay(of: topic, error, loginAdvice, log)
            }
          }
          new.add(created, now: MonotonicClock.milliseconds())
        }
      }
      while let question = new.question(now: MonotonicClock.milliseconds()) {
        let areKnown = creator.areKnown(question.topics, sample: question.sample)
        for answer in new.answered(areKnown: areKnown, now: MonotonicClock.milliseconds()) { answers.put(answer) }
      }
    }
  }

  private static func logDelay(of topic: NewTopic, _ error: KafkaError, _ loginAdvice: String?, _ log: Log) {
    if let loginAdvice, let hint = LoginAdvice.hint(loginAdvice, in: log) {
      log.warning(
        "topic not created yet; retrying", [.topic: topic.name, .error: error.description, .remedy: hint])
    } else {
      log.warning("topic not created yet; retrying", [.topic: topic.name, .error: error.description])
    }
  }

  /// The topics whose users exist. The others are answered or, if the user database does not answer, passed to `retry`.
  private static func allowed(
    _ topics: [NewTopic], _ names: TopicNames, _ users: inout SystemUsers, _ answers: Mailbox<Answer>,
    retry: (NewTopic) -> Void
  ) -> [NewTopic] {
    var allowed: [NewTopic] = []
    for topic in topics {
      let user: Name
      switch names.read(topic.name) {
      case .user(let name), .job(_, let name): user = name
      case .jobIndex, .deadLetters, .waiting, nil:
        allowed.append(topic)
        continue
      }
      switch users.has(user, now: MonotonicClock.milliseconds()) {
      case true?: allowed.append(topic)
      case nil: retry(topic)
      case false?:
        let refusal = SystemUsers.refusal(of: user)
        let error = KafkaError(.invalidArgument, operation: "create topic \"\(topic.name)\"", reason: refusal.detail)
        answers.put(Answer(topic: topic.name, result: .failure(error), refusal: refusal))
      }
    }
    return allowed
  }

  /// Surveys the existing topics.
  ///
  /// - Returns: false where that has to be retried.
  private static func survey(
    _ creator: any TopicCreating, _ surveys: Mailbox<Survey>, _ existing: inout [String: Int32]
  ) -> Bool {
    do {
      let found = try creator.existingTopics()
      existing = found ?? [:]
      surveys.put(Survey(topics: found.map { Set($0.keys) }))
    } catch {
      guard error.remedy != .retry else { return false }
      surveys.put(Survey(topics: nil))
    }
    return true
  }
}

extension Result<Int32, KafkaError> {
  /// Whether a retry cannot change the answer.
  fileprivate var isFinal: Bool {
    switch self {
    case .success: true
    case .failure(let error): error.remedy != .retry
    }
  }
}
