import Kafka
import Logging
import Synchronization
import TestSupport
import Testing

@testable import MetricRouter
@testable import Topics

/// Answers as it is told, and notes what it was asked.
private final class ScriptedCreator: TopicCreating {
  private let script: @Sendable (_ topic: String, _ attempt: Int) -> Result<Int32, KafkaError>?
  let calls = Mutex<[[String]]>([])
  private let attempts = Mutex<[String: Int]>([:])
  private let existing: [String: Int32]?
  /// Topics that the brokers do not know yet, though they have created them.
  let unknown = Mutex<Set<String>>([])
  let questions = Mutex(0)

  init(
    existing: [String: Int32]? = nil,
    _ script: @escaping @Sendable (_ topic: String, _ attempt: Int) -> Result<Int32, KafkaError>?
  ) {
    self.existing = existing
    self.script = script
  }

  func attempts(of topic: String) -> Int { attempts.withLock { $0[topic] ?? 0 } }

  func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    calls.withLock { $0.append(topics.map(\.name)) }
    var results: [String: Result<Int32, KafkaError>] = [:]
    for topic in topics {
      let attempt = attempts.withLock { attempts in
        attempts[topic.name, default: 0] += 1
        return attempts[topic.name] ?? 0
      }
      results[topic.name] = script(topic.name, attempt)
    }
    return results
  }

  func existingTopics() throws(KafkaError) -> [String: Int32]? { existing }

  func areKnown(_ topics: [String], sample: String) -> Bool {
    questions.withLock { $0 += 1 }
    return unknown.withLock { $0.isDisjoint(with: topics) }
  }
}

@Suite struct RoutingTopicCreationQueueTests {
  private let log = Log(level: .error, format: .text) { _ in }

  private func topic(_ name: String) -> NewTopic { NewTopic(name: name, partitions: 1, replication: nil) }

  private func answers(_ maker: TopicCreationQueue, _ count: Int) async throws -> [String: Result<Int32, KafkaError>] {
    var answers: [String: Result<Int32, KafkaError>] = [:]
    try await eventually("\(count) answers") {
      for answer in maker.takeAnswers() { answers[answer.topic] = answer.result }
      return answers.count >= count
    }
    return answers
  }

  @Test(.timeLimit(.minutes(1))) func brokersAreNotAskedAboutATopicThatASurveyHasShown() async throws {
    let creator = ScriptedCreator(existing: ["known": 3, "asked again": 3]) { _, _ in .success(1) }
    let maker = TopicCreationQueue(creator: creator, log: log)
    maker.requestSurvey()
    maker.request(topic("known"), wasSurveyed: true)
    maker.request(topic("asked again"))
    maker.request(topic("gone since"), wasSurveyed: true)
    var answers: [String: TopicCreationQueue.Answer] = [:]
    try await eventually("3 answers") {
      for answer in maker.takeAnswers() { answers[answer.topic] = answer }
      return answers.count == 3
    }
    #expect(maker.takeSurvey()?.topics == ["known", "asked again"])
    #expect(try answers["known"]?.result.get() == 3 && answers["known"]?.wasSurveyed == true)
    #expect(try answers["asked again"]?.result.get() == 1 && answers["asked again"]?.wasSurveyed == false)
    #expect(try answers["gone since"]?.result.get() == 1 && answers["gone since"]?.wasSurveyed == false)
    #expect(creator.attempts(of: "known") == 0)
  }

  @Test(.timeLimit(.minutes(1))) func whatMayPassIsRetriedAndARefusalIsAnswered() async throws {
    let creator = ScriptedCreator { topic, attempt in
      switch topic {
      case "late": attempt < 3 ? .failure(KafkaError(.timedOut, operation: "create")) : .success(4)
      case "unanswered": attempt < 2 ? nil : .success(5)
      case "refused": .failure(KafkaError(.invalidTopic, operation: "create"))
      default: .success(1)
      }
    }
    let maker = TopicCreationQueue(creator: creator, log: log)
    for name in ["late", "refused", "good", "unanswered"] { maker.request(topic(name)) }
    let answers = try await answers(maker, 4)
    #expect(try answers["late"]?.get() == 4)
    #expect(try answers["unanswered"]?.get() == 5)
    #expect(try answers["good"]?.get() == 1)
    #expect(answers["refused"] == Result<Int32, KafkaError>.failure(KafkaError(.invalidTopic, operation: "create")))
    #expect(creator.attempts(of: "late") == 3)
    #expect(creator.attempts(of: "refused") == 1)
  }

  @Test(.timeLimit(.minutes(1))) func aTopicThatCannotBeMadeYetDoesNotHoldUpTheOthers() async throws {
    let creator = ScriptedCreator { topic, _ in
      topic == "never" ? .failure(KafkaError(.timedOut, operation: "create")) : .success(1)
    }
    let maker = TopicCreationQueue(creator: creator, log: log)
    let began = ContinuousClock.now
    maker.request(topic("never"))
    try await eventually("the first attempt") { creator.attempts(of: "never") > 0 }
    for number in 0..<50 {
      maker.request(topic("good \(number)"))
      #expect(try await answers(maker, 1).keys.first == "good \(number)")
    }
    // Once a second, however long this took.
    let seconds = Int((ContinuousClock.now - began) / .seconds(1))
    #expect(creator.attempts(of: "never") <= seconds + 2, "it is not asked for again with each of the others")
  }

  @Test(.timeLimit(.minutes(1))) func topicsThatTheBrokersDoNotKnowYetAreAskedForSeldomAndHoldUpNoOther() async throws {
    let creator = ScriptedCreator(existing: ["known": 3]) { topic, _ in
      topic == "refused" ? .failure(KafkaError(.invalidTopic, operation: "create")) : .success(1)
    }
    creator.unknown.withLock { $0 = ["new", "newer"] }
    let maker = TopicCreationQueue(creator: creator, log: log)
    maker.requestSurvey()
    for name in ["new", "refused", "known"] { maker.request(topic(name), wasSurveyed: name == "known") }
    #expect(Set(try await answers(maker, 2).keys) == ["known", "refused"])
    maker.request(topic("newer"))
    try await eventually("five questions") { creator.questions.withLock { $0 } >= 5 }
    #expect(maker.takeAnswers().isEmpty)
    creator.unknown.withLock { $0 = [] }
    #expect(Set(try await answers(maker, 2).keys) == ["new", "newer"])
    #expect(creator.attempts(of: "new") == 1, "it is not created again")
  }

  @Test(.timeLimit(.minutes(1))) func noRequestNamesATopicTwice() async throws {
    let gate = Gate()
    let creator = ScriptedCreator { topic, _ in
      if topic == "first" { gate.wait() }
      return .success(1)
    }
    let maker = TopicCreationQueue(creator: creator, log: log)
    maker.request(topic("first"))
    try await eventually("the first request") { creator.attempts(of: "first") == 1 }
    for _ in 0..<3 {
      maker.request(topic("twice"))
      maker.request(topic("once"))
    }
    gate.open()
    _ = try await answers(maker, 3)
    for call in creator.calls.withLock({ $0 }) { #expect(Set(call).count == call.count, "\(call)") }
  }

  @Test(.timeLimit(.minutes(1))) func requestsAreMadeInBatches() async throws {
    let gate = Gate()
    let creator = ScriptedCreator { topic, _ in
      if topic == "first" { gate.wait() }
      return .success(1)
    }
    let maker = TopicCreationQueue(creator: creator, log: log)
    maker.request(topic("first"))
    try await eventually("the first request") { creator.attempts(of: "first") == 1 }
    for number in 0..<1200 { maker.request(topic("\(number)")) }
    gate.open()
    #expect(try await answers(maker, 1201).count == 1201)
    #expect(creator.calls.withLock { $0.map(\.count) } == [1, 200, 200, 200, 200, 200, 200])
  }

  @Test(.timeLimit(.minutes(1))) func aRequestMayBeForLater() async throws {
    let creator = ScriptedCreator { _, _ in .success(1) }
    let maker = TopicCreationQueue(creator: creator, log: log)
    maker.request(topic("later"), afterMilliseconds: 300)
    maker.request(topic("now"))
    #expect(try await answers(maker, 2).count == 2)
    #expect(creator.calls.withLock { $0 } == [["now"], ["later"]])
  }

  @Test(.timeLimit(.minutes(1))) func theThreadEndsWithTheMaker() async throws {
    // The thread is the last to hold the creator.
    weak var remains: ScriptedCreator?
    do {
      let creator = ScriptedCreator { _, _ in .failure(KafkaError(.timedOut, operation: "create")) }
      remains = creator
      let maker = TopicCreationQueue(creator: creator, log: log)
      maker.request(topic("never"))
      try await eventually("an attempt") { creator.attempts(of: "never") > 0 }
    }
    try await eventually("the end of the thread") { remains == nil }
  }

  @Test(.timeLimit(.minutes(1))) func loginAdviceIsReportedWithTheFirstTopicThatCannotBeMade() async throws {
    let lines = Mutex<[String]>([])
    let log = Log(level: .warning, format: .text) { line in
      lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
    let creator = ScriptedCreator { _, attempt in
      attempt < 2 ? .failure(KafkaError(.timedOut, operation: "create")) : .success(1)
    }
    // Another topic maker of the same log, as of a later session, does not say it again.
    for name in ["first", "second"] {
      let maker = TopicCreationQueue(creator: creator, log: log, loginAdvice: "use PLAIN")
      maker.request(topic(name))
      _ = try await answers(maker, 1)
    }
    let told = lines.withLock { $0 }
    #expect(told.count == 2)
    #expect(told.first?.contains("topic=first") == true && told.first?.contains("remedy=\"use PLAIN\"") == true)
    #expect(told.last?.contains("topic=second") == true && told.last?.contains("remedy") == false)
  }
}
