import Kafka
import Naming
import TestSupport
import Testing

@testable import MetricRouter

/// Brokers, producers, somebody who deletes topics, and rows that need topics, by chance: answers come late, in any order, and say no.
///
/// The model has the brokers' topics and the questions that are open; `TopicPreparation` has to see to it that somebody is always at
/// work for a topic for which rows wait, and that none is written which its producer does not know or which is about to be deleted.
struct RoutingTopicPreparationModel: RandomModel {
  private static let names = (try? TopicNames(prefix: "ldms")).unsafelyUnwrapped
  private static let limits = TopicAdmission.Limits(perMinute: 6, perUser: 4, users: 2, jobs: 3)
  private static let users = ["al", "bo", "cy"].map { Name($0) }

  var random: SeededGenerator
  var now: Int64 = 1000
  var topics: TopicPreparation
  /// What the brokers have.
  var existing: Set<String> = []
  /// Questions that are open, in any order.
  var creations: [(topic: String, wasSurveyed: Bool)] = []
  var isSurveyed = false
  var fetches: [(producer: Int, topics: [String])] = []
  /// The topics whose handle was made, of these producers.
  var opened: Set<Int32> = []
  /// Topics for which rows wait.
  var waiting: Set<Int32> = []
  var closed: Set<String> = []
  var version: UInt64 = 0
  /// By topic: the producer to which rows were given since nothing was under way.
  var producers: [String: Int32] = [:]
  var isCatchingUp: Bool
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    isCatchingUp = random.chance(oneIn: 2)
    var rules = RouterSettings.Rotation()
    (rules.idleMilliseconds, rules.leastIdle, rules.sweepMilliseconds) = (3000, 0, 1000)
    topics = TopicPreparation(
      Self.limits, names: Self.names, rotation: rules,
      pool: ProducerPool(
        random.chance(oneIn: 2) ? .fixed(2) : .automatic, partitionsLimit: 3, linger: LingerPolicy(few: 1, some: 4)),
      now: now)
  }

  mutating func step() -> String? {
    now += Int64.random(in: 0...800, using: &random)
    let fault: String?
    // The session looks every 50 ms.
    isCatchingUp = random.chance(oneIn: 30) ? !isCatchingUp : isCatchingUp
    for _ in 0..<10 { topics.looked(isCatchingUp: isCatchingUp) }
    switch Int.random(in: 0..<32, using: &random) {
    case 0..<10: fault = row()
    case 10..<15: fault = answerCreation(isSuccess: !random.chance(oneIn: 6))
    case 15..<17: fault = answerSurvey(canAsk: !random.chance(oneIn: 6))
    case 17..<21: fault = answerFetch(isSuccess: !random.chance(oneIn: 4))
    case 21..<23: fault = lose()
    case 23..<25: fault = closed.isEmpty ? close() : reopen()
    case 25: fault = refuse()
    case 30:
      // Somebody deletes a topic, whatever it is good for, or creates one.
      if random.chance(oneIn: 2), let name = existing.sorted().randomElement(using: &random) {
        existing.remove(name)
      } else if let user = Self.users.randomElement(using: &random), let name = Self.names.user(user) {
        existing.insert(name)
      }
      fault = nil
    case 31:
      // The topics of a stalled transaction are asked for although they can be written.
      creations += ready().filter { topics[$0].isOpened }.map { (topics[$0].name, false) }
      fault = nil
    case 26: fault = perform(topics.forgetAll())
    case 27:
      let actions = topics.sweep(rows: topics.outputs.topics.map { _ in 0 }, now: now)
      fault = perform(actions) ?? perform(topics.surveyIfStale(now: now))
    default: fault = rotate()
    }
    return fault ?? self.fault()
  }

  // MARK: - Rows

  private mutating func row() -> String? {
    let user = Self.users.randomElement(using: &random) ?? Name("al")
    if random.chance(oneIn: 2) {
      let name = Self.names.user(user) ?? ""
      return need(topics.addUserTopic(NewTopic(name: name, partitions: 1, replication: nil), user: user))
    }
    let name = Self.names.job(Name("\(Int.random(in: 1...3, using: &random))"), user: user) ?? ""
    let isKnown = topics.outputs.position(of: name) != nil
    let (output, actions) = topics.addJobTopic(
      NewTopic(name: name, partitions: 1, replication: nil), user: user, now: now)
    if let fault = perform(actions) { return fault }
    guard let output else {
      seen.insert("too many jobs")
      return isKnown ? "a job loses its topic" : nil
    }
    return need(output)
  }

  /// As the session does it: a row waits, or it is sent or refused at once.
  private mutating func need(_ output: Int32) -> String? {
    if let fault = perform(topics.need(output, now: now)) { return fault }
    switch topics[output].state {
    case .making: waiting.insert(output)
    case .ready: if let fault = write(output) { return fault }
    case .postponed: seen.insert("postponed")
    case .refused: seen.insert("refused")
    case .unknown: return "a row finds a topic about which nothing is asked"
    }
    return nil
  }

  private mutating func write(_ output: Int32) -> String? {
    guard topics[output].isOpened, opened.contains(output), topics[output].producer >= 0 else {
      return "rows for a topic that its producer does not know"
    }
    if let before = producers[topics[output].name], before != topics[output].producer {
      return "a topic moves to another producer while it is in use"
    }
    producers[topics[output].name] = topics[output].producer
    return closed.contains(topics[output].name) ? "rows for a topic that is about to be deleted" : nil
  }

  /// A copy comes back: the topic has gone.
  private mutating func lose() -> String? {
    guard let output = ready().randomElement(using: &random) else { return nil }
    existing.remove(topics[output].name)
    seen.insert("missing")
    let fault = perform(topics.missing(output, now: now))
    if topics.isMaking(output) { waiting.insert(output) }
    return fault
  }

  private mutating func refuse() -> String? {
    guard let output = ready().randomElement(using: &random) else { return nil }
    let error = KafkaError(.topicAuthorizationFailed, operation: "write")
    guard random.chance(oneIn: 2) else {
      let (isRefused, actions) = topics.countFailure(output, error, transaction: now, now: now)
      guard isRefused == !topics.isReady(output) else { return "whether a topic is refused" }
      return perform(actions)
    }
    return perform(topics.refuse(output, error, now: now))
  }

  private func ready() -> [Int32] { topics.outputs.topics.indices.map { Int32($0) }.filter(topics.isReady) }

  // MARK: - Answers

  private mutating func answerCreation(isSuccess: Bool) -> String? {
    guard let index = creations.indices.randomElement(using: &random) else { return nil }
    let (name, wasSurveyed) = creations.remove(at: index)
    let error = KafkaError(.topicAuthorizationFailed, operation: "create")
    var answer = TopicCreationQueue.Answer(topic: name, result: .success(2), wasSurveyed: wasSurveyed)
    if wasSurveyed {
      // Nobody asks the brokers: it may have been deleted since.
      seen.insert(existing.contains(name) ? "surveyed" : "surveyed and gone")
    } else if isSuccess {
      existing.insert(name)
    } else {
      answer = TopicCreationQueue.Answer(
        topic: name, result: .failure(error),
        refusal: random.chance(oneIn: 2) ? Refusal(.unknownUser, "unknown") : nil)
    }
    return perform(topics.answered(answer, now: now))
  }

  private mutating func answerSurvey(canAsk: Bool) -> String? {
    guard isSurveyed else { return nil }
    isSurveyed = false
    seen.insert("survey")
    return perform(topics.surveyed(canAsk ? existing : nil, now: now))
  }

  private mutating func answerFetch(isSuccess: Bool) -> String? {
    startFetches()
    guard let index = fetches.indices.randomElement(using: &random) else { return nil }
    let fetch = fetches.remove(at: index)
    let known = fetch.topics.map { isSuccess && existing.contains($0) }
    if known.contains(false) { seen.insert("not known yet") }
    return perform(topics.fetched(forProducer: fetch.producer, known: known, now: now))
  }

  private mutating func startFetches() {
    for producer in 0..<topics.pool.count {
      let names = topics.nextFetch(forProducer: producer, now: now)
      if !names.isEmpty { fetches.append((producer, names)) }
    }
  }

  // MARK: - Deletion and rotation

  private mutating func close() -> String? {
    let names = topics.outputs.topics.map(\.name).filter { _ in random.chance(oneIn: 2) }
    version += 1
    var order = TopicClosing.Order()
    (order.version, order.topics) = (version, Set(names))
    let making = Set(names.filter { topics.outputs.position(of: $0).map(topics.isMaking) ?? false })
    if let fault = perform(topics.close(order, nextBatch: 7, transaction: nil)) { return fault }
    let early = topics.takeClosed(transaction: nil) { $0 < 7 }
    guard early == nil else { return "topics are closed while rows are on their way to them" }
    let answer = topics.takeClosed(transaction: nil) { $0 <= 7 }
    guard names.isEmpty == (answer == nil) else { return "an order without an answer" }
    closed = answer?.names ?? []
    guard closed == Set(names).subtracting(making) else { return "which topics are closed" }
    if !closed.isEmpty { seen.insert("closed") }
    return topics.takeClosed(transaction: nil) { _ in true } == nil ? nil : "two answers to an order"
  }

  private mutating func reopen() -> String? {
    version += 1
    var order = TopicClosing.Order()
    (order.version, order.deleted) = (version, closed.filter { _ in random.chance(oneIn: 2) })
    existing.subtract(order.deleted)
    closed = []
    return perform(topics.close(order, nextBatch: 8, transaction: nil))
  }

  /// The producers are renewed when nothing is under way.
  private mutating func rotate() -> String? {
    guard topics.isRotationDue(now: now) else { return nil }
    guard waiting.isEmpty else {
      topics.postponeRotation(now: now)
      seen.insert("rotation postponed")
      return topics.isRotationDue(now: now) ? "a rotation that cannot be is tried again at once" : nil
    }
    let kept = topics.outputs.topics.indices.filter { !topics.activity.isIdle(Int32($0), now: now) }
    let names = kept.map { topics.outputs.topics[$0].name }
    let replaced = topics.producersToReplace(now: now)
    let isOpen = kept.map { opened.contains(Int32($0)) && !replaced.contains(topics.outputs.topics[$0].producer) }
    let slow = topics.pool.tooSlow(partitionsInUse: 0)
    if !isCatchingUp, slow.contains(where: { $0 > 0 }), !replaced.isDisjoint(with: slow) { seen.insert("too slow") }
    topics.keepInUse(replacing: replaced, now: now)
    let stillSlow = topics.pool.tooSlow(partitionsInUse: .max / 2)
    guard isCatchingUp || stillSlow.isEmpty else { return "a producer that is too slow stays" }
    guard topics.outputs.topics.map(\.name) == names else { return "which topics stay known" }
    seen.insert("rotated")
    producers = [:]
    if isOpen.contains(true) { seen.insert("a producer is kept") }
    opened = Set(isOpen.indices.filter { isOpen[$0] }.map { Int32($0) })
    // Answers for the producers before are dropped.
    fetches = []
    return topics.isRotationDue(now: now) ? "it rotates again at once" : nil
  }

  // MARK: - What has to be done

  private mutating func perform(_ actions: [TopicPreparation.Action]) -> String? {
    for action in actions {
      switch action {
      case .create(let topic, _, let wasSurveyed): creations.append((topic.name, wasSurveyed))
      case .survey:
        guard !isSurveyed else { return "two surveys at a time" }
        isSurveyed = true
      case .open(let topic):
        opened.insert(topic.output)
        if let fault = perform(topics.opened(topic, now: now)) { return fault }
      case .release(let output):
        // Its rows are sent, or wait again.
        if waiting.remove(output) != nil, let fault = need(output) { return fault }
      case .refresh, .noteReady, .noteRefused, .notePostponed, .noteMissing: break
      }
    }
    return nil
  }

  private func fault() -> String? {
    for output in waiting where !topics.isMaking(output) { return "rows wait for a topic that is decided" }
    for output in ready() {
      guard !closed.contains(topics[output].name) else { return "a topic that is about to be deleted is ready" }
    }
    return nil
  }

  /// In the end all is answered, and then no row waits.
  mutating func finish() -> String? {
    if !closed.isEmpty, let fault = reopen() { return fault }
    for _ in 0..<120 where !waiting.isEmpty {
      now += 1000
      if let fault = answerCreation(isSuccess: true) ?? answerSurvey(canAsk: true) ?? answerFetch(isSuccess: true) {
        return fault
      }
    }
    guard let output = waiting.first else { return nil }
    return "rows wait for ever for \(topics[output])"
  }
}
