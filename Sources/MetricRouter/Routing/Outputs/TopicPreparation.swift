internal import Kafka
internal import Naming

/// Brings the topics that the router writes into being, and knows how each of them stands.
///
/// It combines what a topic depends on: how it stands (`OutputTopics`), whether it may be created (`TopicAdmission`), when its
/// producer learns of it (`TopicOpening`), whether it is about to be deleted, and whether it is still in use (`OutputActivity`). All
/// of them know a topic by the same position, and positions change for all of them at once (`keepOnly`). A topic for which rows wait
/// always has somebody at work: brokers that were asked, a survey, a fetch, or whoever closed it. Otherwise its rows would wait for
/// ever.
///
/// A value without I/O: each change returns what has to be done about it. Times are the monotonic clock's, in milliseconds.
struct TopicPreparation {
  /// What has to be done.
  enum Action: Equatable {
    /// Have the topic created. An answer comes, for `answered`.
    ///
    /// With `wasSurveyed`, the last survey has shown it: then it exists already.
    case create(NewTopic, afterMilliseconds: Int64 = 0, wasSurveyed: Bool = false)
    /// Find out which topics exist. An answer comes, for `surveyed`.
    case survey
    /// Make the handle of a topic that its producer knows by now, then call `opened`.
    case open(TopicOpening.Topic)
    /// Have the routes that use the topic look at it again.
    case refresh(Int32)
    /// Release what waits for the topic: it is decided.
    case release(Int32)
    /// Logs that the topic exists.
    case noteReady(Int32, partitions: Int32)
    /// Logs that the brokers reject the topic. Copies may be under way to it if it could be written until now.
    case noteRefused(Int32, KafkaError, wasReady: Bool)
    /// Logs that the topic is not created for now.
    case notePostponed(Int32, String)
    /// Logs that the topic no longer exists.
    case noteMissing(Int32)
  }

  /// The topics that are about to be deleted, in agreement with whoever deletes them (`TopicClosing`).
  private struct Closed {
    /// The version of the order that was taken last.
    var version: UInt64 = 0
    var names: Set<String> = []
    /// The batches before this number may have rows for them; `nil` when the answer was given.
    var firstLater: UInt32?
    /// When the transaction began that was open then: rows that have arrived in it count only when it is committed.
    var transaction: Int64?
  }

  /// How long the session waits before it requests a deleted topic again, in milliseconds.
  static let askAgainMilliseconds: Int64 = 100
  /// How long there is no answer about topics before the router counts as waiting for brokers, in milliseconds. Less than the
  /// patience.
  static let silenceMilliseconds: Int64 = 2500
  /// The number of looks, about two seconds, after which slow producers are replaced.
  static let slowLooksLimit = 40

  private(set) var outputs = OutputTopics()
  private(set) var activity: OutputActivity
  private var admission: TopicAdmission
  private var opening = TopicOpening()
  private(set) var pool: ProducerPool
  /// Whether many rows wait to be consumed, as the session has seen last.
  private(set) var isCatchingUp = false
  /// Looks in a row that found producers too slow.
  private var slowLooks = 0
  /// Producers are not replaced before this time, because rows were still waiting for topics when that was tried last.
  private var nextRotation = Int64.min
  private var rotationPause = Self.leastRotationPause
  private static let leastRotationPause: Int64 = 10_000
  private static let longestRotationPause: Int64 = 300_000
  /// Topics of which it has to be known first whether they exist.
  private var undecided: [Int32] = []
  /// The number of job topics among them: no more may wait to be decided than may exist.
  private var undecidedJobs = 0
  private var closed = Closed()
  private var isSurveyAsked = false
  /// The time at which a topic was last created, rejected or opened.
  private var lastProgress: Int64 = .min / 2

  init(
    _ limits: TopicAdmission.Limits, names: TopicNames, rotation: RouterSettings.Rotation, pool: ProducerPool,
    now: Int64
  ) {
    admission = TopicAdmission(limits, names: names, now: now)
    activity = OutputActivity(rotation, now: now)
    self.pool = pool
  }

  // MARK: - How a topic stands

  /// The topic at a position.
  subscript(output: Int32) -> OutputTopics.Topic { outputs[output] }

  /// Whether a topic can be written.
  func isReady(_ output: Int32) -> Bool {
    if case .ready = outputs[output].state { true } else { false }
  }

  /// Whether rows of a topic have to wait; false for -1, which stands for no topic.
  func isMaking(_ output: Int32) -> Bool {
    guard output >= 0, case .making = outputs[output].state else { return false }
    return true
  }

  /// Whether a topic is about to be deleted: its rows wait for a moment only.
  func isClosed(_ output: Int32) -> Bool { closed.names.contains(outputs[output].name) }

  /// Whether topics come into being; not while the brokers are away.
  func isProgressing(now: Int64) -> Bool { now - lastProgress < Self.silenceMilliseconds }

  /// Whether topics wait to be opened that existed before: their rows are not given up for those of new names.
  var isOpeningExisting: Bool { opening.hasExisting }

  // MARK: - Rows

  /// Adds a user's topic, or finds it.
  mutating func addUserTopic(_ request: NewTopic, user: Name) -> Int32 { outputs.add(request, user: user) }

  /// Adds a job's topic, or finds it.
  ///
  /// - Returns: its position; `nil` where too many jobs have a topic, as far as is known.
  mutating func addJobTopic(_ request: NewTopic, user: Name, now: Int64) -> (output: Int32?, actions: [Action]) {
    if let output = outputs.position(of: request.name) { return (output, []) }
    guard admission.knows(request.name) || hasRoomForJob else { return (nil, surveyIfStale(now: now)) }
    return (outputs.add(request, isJob: true, user: user), [])
  }

  /// Whether another job may have a topic. All existing topics count, whoever created them, and including idle ones. Deleted ones
  /// are noticed by an occasional survey.
  mutating func askForJobRoom(now: Int64) -> (hasRoom: Bool, actions: [Action]) {
    hasRoomForJob ? (true, []) : (false, surveyIfStale(now: now))
  }

  /// Whether a topic of this name exists or was requested.
  func knows(_ name: String) -> Bool { admission.knows(name) }

  /// Notes a row for a topic.
  mutating func need(_ output: Int32, now: Int64) -> [Action] {
    if case .ready(let partitions) = outputs[output].state, !outputs[output].isOpened {
      openLater(output, partitions: partitions, existed: true, now: now)
      return []
    }
    // One that is closed is asked for when it is reopened.
    guard let request = outputs.need(output, now: now), !closed.names.contains(request.name) else { return [] }
    return admit(output, now: now) + [.refresh(output)]
  }

  /// A copy did not arrive because its topic has gone, or is so new that not all brokers know it.
  mutating func missing(_ output: Int32, now: Int64) -> [Action] {
    outputs.forget(output)
    guard let request = outputs.need(output, now: now), !closed.names.contains(request.name) else { return [] }
    return [
      .noteMissing(output), .create(request, afterMilliseconds: Self.askAgainMilliseconds), .refresh(output),
    ]
  }

  /// Notes that the brokers reject rows for a topic.
  mutating func refuse(_ output: Int32, _ error: KafkaError, now: Int64) -> [Action] {
    outputs.refuse(output, error, now: now)
    return [.refresh(output)]
  }

  /// A topic made a transaction fail: its next row asks for it again.
  mutating func forget(_ output: Int32) -> [Action] {
    outputs.forget(output)
    return [.refresh(output)]
  }

  /// Notes that a topic rejected a row in a transaction. A topic that does so often is rejected for a while, because its rows
  /// would halve the speed of all others.
  ///
  /// - Returns: whether it is.
  mutating func countFailure(
    _ output: Int32, _ error: KafkaError, transaction: Int64, now: Int64
  ) -> (isRefused: Bool, actions: [Action]) {
    (outputs.countFailure(output, error, transaction: transaction, now: now), [.refresh(output)])
  }

  /// Forgets everything about all topics: each is requested again, including whether it may be written to.
  mutating func forgetAll() -> [Action] {
    outputs.forgetAll()
    return outputs.topics.indices.map { .refresh(Int32($0)) }
  }

  // MARK: - Creation

  private var hasRoomForJob: Bool { admission.hasRoom(forJobsBeside: undecidedJobs) }

  private mutating func decideLater(_ output: Int32) {
    undecided.append(output)
    if outputs[output].isJob { undecidedJobs += 1 }
  }

  /// Has a topic created, if it may be.
  private mutating func admit(_ output: Int32, now: Int64) -> [Action] {
    // Before the first survey, topics that exist would be asked for one by one.
    guard admission.hasLooked else {
      decideLater(output)
      return survey()
    }
    let topic = outputs[output]
    switch admission.decide(topic.name, isJob: topic.isJob, user: topic.user, now: now) {
    case .make:
      // One that was open once may have gone since.
      let wasSurveyed = admission.useLook(at: topic.name) && !topic.isOpened
      return [.create(topic.request, wasSurveyed: wasSurveyed)]
    case .look:
      decideLater(output)
      return survey()
    case .postpone(let why):
      outputs.postpone(output, Refusal(.tooManyNewNames, "topic \"\(topic.name)\": \(why)"), now: now)
      return [.release(output), .notePostponed(output, why)]
    }
  }

  /// Looks which topics exist, unless that is known.
  mutating func surveyIfStale(now: Int64) -> [Action] { admission.isFresh(now: now) ? [] : survey() }

  private mutating func survey() -> [Action] {
    guard !isSurveyAsked else { return [] }
    isSurveyAsked = true
    return [.survey]
  }

  /// Takes the survey of existing topics, and decides the topics that waited for it.
  ///
  /// - Parameter topics: `nil` where nobody can be asked.
  mutating func surveyed(_ topics: Set<String>?, now: Int64) -> [Action] {
    isSurveyAsked = false
    if let topics {
      let waitsForSurvey = Set(undecided)
      var asked: [(topic: String, isJob: Bool)] = []
      for (position, topic) in outputs.topics.enumerated() where !waitsForSurvey.contains(Int32(position)) {
        if case .making = topic.state { asked.append((topic.name, topic.isJob)) }
      }
      admission.look(topics, asked: asked, now: now)
    } else {
      admission.cannotLook(now: now)
    }
    let waited = undecided
    (undecided, undecidedJobs) = ([], 0)
    return waited.filter(isMaking).flatMap { admit($0, now: now) }
  }

  /// An answer has come about a topic.
  mutating func answered(_ answer: TopicCreationQueue.Answer, now: Int64) -> [Action] {
    lastProgress = now
    // One that is closed is asked for again when it is reopened.
    guard !closed.names.contains(answer.topic), let output = outputs.position(of: answer.topic) else { return [] }
    if let refusal = answer.refusal {
      admission.remove(answer.topic, isJob: outputs[output].isJob)
      outputs.postpone(output, refusal, now: now)
      return [.refresh(output), .release(output)]
    }
    let wasReady = isReady(output)
    switch answer.result {
    case .success(let partitions):
      let note = Action.noteReady(output, partitions: partitions)
      guard outputs[output].isOpened else {
        openLater(output, partitions: partitions, existed: answer.wasSurveyed, now: now)
        return [note]
      }
      _ = outputs.answered(answer.topic, answer.result, now: now)
      return [note, .refresh(output), .release(output)]
    case .failure(let error):
      _ = outputs.answered(answer.topic, answer.result, now: now)
      admission.remove(answer.topic, isJob: outputs[output].isJob)
      return [.noteRefused(output, error, wasReady: wasReady), .refresh(output), .release(output)]
    }
  }

  // MARK: - Opening

  /// A topic exists of which no producer knows: it has to wait for its turn.
  private mutating func openLater(_ output: Int32, partitions: Int32, existed: Bool = false, now: Int64) {
    outputs.waitForOpening(output)
    if outputs[output].producer < 0 {
      // As many topics as exist are likely to be needed where rows of some hours wait.
      let producer = pool.assign(partitions: partitions, expected: admission.jobCount, isCatchingUp: isCatchingUp)
      outputs.assign(output, producer: producer, partitions: partitions)
    }
    opening.add(
      output, partitions: partitions, producer: outputs[output].producer, existed: existed, now: now)
  }

  /// The names of the topics whose metadata this producer has to fetch now.
  mutating func nextFetch(forProducer producer: Int, now: Int64) -> [String] {
    opening.next(for: producer, now: now).map { outputs[$0.output].name }
  }

  /// A fetch has ended.
  ///
  /// - Parameter known: for each of its topics whether the producer knows it now.
  mutating func fetched(forProducer producer: Int, known: [Bool], now: Int64) -> [Action] {
    let outcome = opening.ended(for: producer, known: known, now: now)
    if !outcome.open.isEmpty { lastProgress = now }
    return outcome.open.map { .open($0) } + outcome.lost.map { .create(outputs[$0.output].request) }
  }

  /// The handle of a topic was made.
  mutating func opened(_ topic: TopicOpening.Topic, now: Int64) -> [Action] {
    outputs.setOpened(topic.output)
    let name = outputs[topic.output].name
    // It may have been asked for again, or closed, meanwhile.
    guard isMaking(topic.output), !closed.names.contains(name) else { return [] }
    _ = outputs.answered(name, .success(topic.partitions), now: now)
    return [.refresh(topic.output), .release(topic.output)]
  }

  // MARK: - Deletion

  /// Whether there is a new order about topics that are to be deleted.
  func isOrdered(by closing: TopicClosing) -> Bool { closing.hasChanged(since: closed.version) }

  /// Topics are to be closed, or are reopened.
  ///
  /// - Parameters:
  ///   - nextBatch: the number of the next batch: earlier ones may have rows for them.
  ///   - transaction: when the open transaction began.
  mutating func close(_ order: TopicClosing.Order, nextBatch: UInt32, transaction: Int64?) -> [Action] {
    for name in order.deleted {
      admission.remove(name, isJob: true)
      if let output = outputs.position(of: name) { activity.setGone(output) }
    }
    let before = closed.names
    closed.version = order.version
    // One that is being made has a row that waits for it: it is not to be deleted.
    closed.names = order.topics.filter { before.contains($0) || !(outputs.position(of: $0).map(isMaking) ?? false) }
    closed.firstLater = order.topics.isEmpty ? nil : nextBatch
    closed.transaction = transaction
    var actions: [Action] = []
    for output in before.subtracting(closed.names).compactMap(outputs.position(of:)) {
      outputs.reopen(output)
      actions.append(.release(output))
    }
    for output in closed.names.subtracting(before).compactMap(outputs.position(of:)) {
      outputs.close(output)
      actions.append(.refresh(output))
    }
    return actions
  }

  /// The answer to the order, once: the topics that are closed and have nothing under way.
  ///
  /// - Parameters:
  ///   - isFinished: whether all batches before a number are finished.
  ///   - transaction: when the open transaction began.
  mutating func takeClosed(
    transaction: Int64?, isFinished: (_ batch: UInt32) -> Bool
  ) -> (names: Set<String>, version: UInt64)? {
    guard let firstLater = closed.firstLater, isFinished(firstLater),
      closed.transaction == nil || transaction != closed.transaction
    else { return nil }
    closed.firstLater = nil
    return (closed.names, closed.version)
  }

  // MARK: - Idle topics

  /// Looks at which topics are still in use.
  ///
  /// - Parameter rows: by position, how many rows were sent there.
  mutating func sweep(rows: [UInt64], now: Int64) -> [Action] {
    activity.sweep(outputs, rows: rows, now: now)
    let idle = pool.mostlyIdle(inUse: partitionsInUse(now: now), leastIdle: activity.leastIdle)
    if !idle.isEmpty { activity.isRotationDue = true }
    // What was made since the last look has to be paid for only if it was not there.
    return admission.hasPaid ? surveyIfStale(now: now) : []
  }

  /// Whether producers are to be replaced as soon as nothing is under way.
  func isRotationDue(now: Int64) -> Bool { activity.isRotationDue && now >= nextRotation }

  /// Postpones the replacement of producers, because rows are still under way. Each pause is longer, because all other rows wait
  /// in the meantime.
  mutating func postponeRotation(now: Int64) {
    activity.isRotationDue = false
    slowLooks = 0
    nextRotation = now + rotationPause
    rotationPause = min(rotationPause * 2, Self.longestRotationPause)
  }

  /// Takes whether the router is catching up. Producers that were opened for that let rows wait longer; they are replaced some
  /// looks after it is over.
  mutating func looked(isCatchingUp: Bool) {
    self.isCatchingUp = isCatchingUp
    guard !isCatchingUp, !pool.tooSlow(partitionsInUse: pool.partitions).isEmpty else {
      slowLooks = 0
      return
    }
    slowLooks += 1
    if slowLooks >= Self.slowLooksLimit { activity.isRotationDue = true }
  }

  /// The producers to replace.
  func producersToReplace(now: Int64) -> Set<Int32> {
    let inUse = partitionsInUse(now: now)
    let slow = isCatchingUp ? [] : pool.tooSlow(partitionsInUse: inUse.reduce(0, +))
    return pool.mostlyIdle(inUse: inUse, leastIdle: activity.leastIdle).union(slow)
  }

  /// The number of partitions in use, by producer.
  private func partitionsInUse(now: Int64) -> [Int] {
    var partitions = [Int](repeating: 0, count: pool.count)
    for (position, topic) in outputs.topics.enumerated()
    where topic.producer >= 0 && !activity.isIdle(Int32(position), now: now) {
      partitions[Int(topic.producer)] += Int(topic.partitions)
    }
    return partitions
  }

  /// Producers were replaced, and nothing waits for a topic. Topics that are not in use are forgotten; those that are stay known, in
  /// their order, but get other positions.
  mutating func keepInUse(replacing producers: Set<Int32>, now: Int64) {
    let kept = activity.keepInUse(outputs, now: now)
    outputs.keepOnly(kept, replaced: producers)
    pool.replace(producers)
    slowLooks = 0
    rotationPause = Self.leastRotationPause
    opening = TopicOpening()
    (undecided, undecidedJobs) = ([], 0)
  }
}
