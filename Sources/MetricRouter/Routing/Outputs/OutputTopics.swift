internal import Kafka
internal import Naming

/// The topics that the router writes, and what is known of each: a state machine without I/O.
///
/// A topic is asked for when its first row comes, and written to only after it is known to exist.
struct OutputTopics {
  /// How a topic stands.
  enum State {
    /// Nothing is known of the topic, or it was deleted: the next row asks for it.
    case unknown
    /// The topic has been requested; its rows wait.
    case making
    /// The topic can be written to.
    case ready(partitions: Int32)
    /// The brokers reject the creation of the topic, or writes to it. Its rows are dead letters until it is requested again.
    case refused(KafkaError, retryAt: Int64)
    /// The router does not create the topic now. Its rows are dead letters until it is requested again.
    case postponed(Refusal, retryAt: Int64)
  }

  /// One topic.
  struct Topic {
    let name: String
    let request: NewTopic
    /// Whether it is the topic of a job.
    let isJob: Bool
    /// The user who owns the topic.
    let user: Name
    /// The producer that sends to it; -1 before it is opened for the first time.
    var producer: Int32 = -1
    /// The partitions that it had then.
    var partitions: Int32 = 0
    /// Whether the producer has opened the topic.
    var isOpened = false
    var state: State
    /// When the transactions began that it made fail lately.
    fileprivate var failures: [Int64] = []
  }

  /// How long a rejected topic stays rejected, in milliseconds; then its next row requests it again.
  static let retryMilliseconds: Int64 = 30000
  /// How long a topic stays postponed because of too many new names, in milliseconds.
  static let postponedMilliseconds: Int64 = 10000

  /// The number of failed transactions within a minute after which a topic is rejected for a while.
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

  /// Notes a row for a topic.
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

  /// Takes the answer to a request.
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

  /// Notes that the brokers reject writes to a topic.
  mutating func refuse(_ position: Int32, _ error: KafkaError, now: Int64) {
    topics[Int(position)].state = .refused(error, retryAt: now + Self.retryMilliseconds)
  }

  /// Notes that a topic made a transaction fail.
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

  /// Postpones a topic.
  mutating func postpone(_ position: Int32, _ refusal: Refusal, now: Int64) {
    let pause = refusal.reason == .unknownUser ? SystemUsers.unknownMilliseconds : Self.postponedMilliseconds
    topics[Int(position)].state = .postponed(refusal, retryAt: now + pause)
  }

  /// Assigns a topic to a producer.
  mutating func assign(_ position: Int32, producer: Int32, partitions: Int32) {
    topics[Int(position)].producer = producer
    topics[Int(position)].partitions = partitions
  }

  /// Notes whether the producer has opened the topic.
  mutating func setOpened(_ position: Int32, _ isOpened: Bool = true) {
    topics[Int(position)].isOpened = isOpened
  }

  /// Notes that a topic exists; its rows wait until a producer opens it.
  mutating func waitForOpening(_ position: Int32) {
    topics[Int(position)].state = .making
  }

  /// Closes a topic that may be deleted at any moment: its rows wait until `reopen`.
  mutating func close(_ position: Int32) {
    if case .ready = topics[Int(position)].state { topics[Int(position)].state = .making }
  }

  /// Reopens a topic that was deleted, or was not: the next row asks for it.
  mutating func reopen(_ position: Int32) {
    if case .making = topics[Int(position)].state { topics[Int(position)].state = .unknown }
  }

  /// Notes that a topic was deleted: the next row requests it again, unless that has been done.
  mutating func forget(_ position: Int32) {
    guard case .ready = topics[Int(position)].state else { return }
    topics[Int(position)].state = .unknown
  }

  /// Forgets everything about all topics: the next row of each requests it again.
  mutating func forgetAll() {
    for position in topics.indices { forget(Int32(position)) }
  }

  /// Forgets all topics except some. All positions become invalid.
  ///
  /// - Parameters:
  ///   - positions: those to keep, in their order.
  ///   - replaced: the producers that were replaced, and know no topics.
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
