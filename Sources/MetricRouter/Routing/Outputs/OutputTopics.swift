internal import Kafka
internal import Naming

/// The topics that the router writes, and what is known of each: a state machine without I/O.
///
/// A topic is asked for when its first row comes, and written to only after it is known to exist.
struct OutputTopics {
  /// How a topic stands.
  enum State {
    /// Nothing was asked yet, or it was deleted under us: ask.
    case unknown
    /// It was asked for; its rows wait.
    case making
    /// It can be written.
    case ready(partitions: Int32)
    /// It cannot be made or written. Its rows are dead letters until it is asked for again.
    case refused(KafkaError, retryAt: Int64)
    /// It may not be made, for another reason than the brokers'. Its rows are dead letters until it is asked for again.
    case postponed(Refusal, retryAt: Int64)
  }

  /// One topic.
  struct Topic {
    let name: String
    let request: NewTopic
    /// Whether it is the topic of a job.
    let isJob: Bool
    /// Whose it is.
    let user: Name
    /// The producer that sends to it; -1 before it is opened for the first time.
    var producer: Int32 = -1
    /// The partitions that it had then.
    var partitions: Int32 = 0
    /// Whether that producer was told of it.
    var isOpened = false
    var state: State
    /// When the transactions began that it made fail lately.
    fileprivate var failures: [Int64] = []
  }

  /// A refused topic is asked for again after this time, by its next row.
  static let retryMilliseconds: Int64 = 30000
  /// The same of one for which there were too many new names.
  static let postponedMilliseconds: Int64 = 10000

  /// A topic that made this many transactions fail within a minute is refused for a while.
  static let failuresLimit = 3
  static let failuresMilliseconds: Int64 = 60000

  private(set) var topics: [Topic] = []
  private var byName: [String: Int32] = [:]
  /// How many of them are topics of jobs.
  private(set) var jobCount = 0

  /// Adds a topic, or finds it.
  ///
  /// - Returns: its position, which only `keepOnly` changes.
  mutating func add(_ request: NewTopic, isJob: Bool = false, user: Name = Name([])) -> Int32 {
    if let position = byName[request.name] { return position }
    let position = Int32(topics.count)
    topics.append(Topic(name: request.name, request: request, isJob: isJob, user: user, state: .unknown))
    if isJob { jobCount += 1 }
    byName[request.name] = position
    return position
  }

  /// The position of a topic of this name.
  func position(of name: String) -> Int32? { byName[name] }

  subscript(position: Int32) -> Topic { topics[Int(position)] }

  /// A row for this topic is there.
  ///
  /// - Returns: what is to be asked for, if anything.
  mutating func need(_ position: Int32, now: Int64) -> NewTopic? {
    switch topics[Int(position)].state {
    case .making, .ready: return nil
    case .refused(_, let retryAt) where now < retryAt: return nil
    case .postponed(_, let retryAt) where now < retryAt: return nil
    case .unknown, .refused, .postponed:
      topics[Int(position)].state = .making
      return topics[Int(position)].request
    }
  }

  /// The answer to what was asked for.
  ///
  /// - Returns: the topic's position.
  mutating func answered(_ name: String, _ result: Result<Int32, KafkaError>, now: Int64) -> Int32? {
    guard let position = byName[name] else { return nil }
    switch result {
    case .success(let partitions): topics[Int(position)].state = .ready(partitions: partitions)
    case .failure(let error): refuse(position, error, now: now)
    }
    return position
  }

  /// Writing to it was refused.
  mutating func refuse(_ position: Int32, _ error: KafkaError, now: Int64) {
    topics[Int(position)].state = .refused(error, retryAt: now + Self.retryMilliseconds)
  }

  /// It made a transaction fail.
  ///
  /// - Parameter transaction: when that began: its rows count once.
  /// - Returns: whether it is refused now, because it did that too often.
  mutating func countFailure(_ position: Int32, _ error: KafkaError, transaction: Int64, now: Int64) -> Bool {
    var failures = topics[Int(position)].failures.filter { now - $0 < Self.failuresMilliseconds }
    if failures.last != transaction { failures.append(transaction) }
    let isTooOften = failures.count >= Self.failuresLimit
    topics[Int(position)].failures = isTooOften ? [] : failures
    if isTooOften { refuse(position, error, now: now) }
    return isTooOften
  }

  /// It may not be made now.
  mutating func postpone(_ position: Int32, _ refusal: Refusal, now: Int64) {
    let pause = refusal.reason == .unknownUser ? SystemUsers.unknownMilliseconds : Self.postponedMilliseconds
    topics[Int(position)].state = .postponed(refusal, retryAt: now + pause)
  }

  /// It is given to a producer.
  mutating func assign(_ position: Int32, producer: Int32, partitions: Int32) {
    topics[Int(position)].producer = producer
    topics[Int(position)].partitions = partitions
  }

  /// A producer was told of it, or has to be told again.
  mutating func setOpened(_ position: Int32, _ isOpened: Bool = true) {
    topics[Int(position)].isOpened = isOpened
  }

  /// It is there, but its rows wait until a producer may be told of it.
  mutating func waitForOpening(_ position: Int32) {
    topics[Int(position)].state = .making
  }

  /// It may be deleted any moment: its rows wait until `reopen`.
  mutating func close(_ position: Int32) {
    if case .ready = topics[Int(position)].state { topics[Int(position)].state = .making }
  }

  /// It is not deleted now, or it has been: the next row asks for it.
  mutating func reopen(_ position: Int32) {
    if case .making = topics[Int(position)].state { topics[Int(position)].state = .unknown }
  }

  /// It was deleted under us: the next row asks for it again, unless that was done already.
  mutating func forget(_ position: Int32) {
    guard case .ready = topics[Int(position)].state else { return }
    topics[Int(position)].state = .unknown
  }

  /// Nothing that is known of the topics counts any more: the next row of each asks again.
  mutating func forgetAll() {
    for position in topics.indices { forget(Int32(position)) }
  }

  /// Forgets all topics but some. Nobody may hold a position any more.
  ///
  /// - Parameters:
  ///   - positions: those to keep, in their order.
  ///   - replaced: producers that know nothing any more.
  mutating func keepOnly(_ positions: [Int32], replaced: Set<Int32>) {
    var kept = positions.map { topics[Int($0)] }
    for index in kept.indices {
      if replaced.contains(kept[index].producer) {
        kept[index].producer = -1
        kept[index].isOpened = false
      }
      kept[index].failures = []
      if case .making = kept[index].state { kept[index].state = .unknown }
    }
    topics = kept
    byName = [:]
    for (position, topic) in kept.enumerated() { byName[topic.name] = Int32(position) }
    jobCount = kept.count(where: \.isJob)
  }
}
