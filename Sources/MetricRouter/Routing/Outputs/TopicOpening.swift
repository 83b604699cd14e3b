/// Decides when producers learn of new topics: a value without I/O.
///
/// A topic that exists is opened in two steps. Its metadata is fetched into the cache of its producer, with one request
/// for many topics, and then the handle is created, which then costs no request. Each producer has one fetch at a time;
/// topics that come meanwhile are fetched together by the next.
struct TopicOpening {
  /// A topic that exists and waits to be opened.
  struct Topic: Equatable {
    var output: Int32
    var partitions: Int32
    /// The monotonic time since which the topic waits, in milliseconds.
    var since: Int64
    /// Whether it existed before it was needed, rather than that it was created: then brokers that do not know it have deleted it.
    var existed = false
    /// When a fetch did not find it for the first time, though it existed.
    fileprivate var missedSince: Int64?

    init(output: Int32, partitions: Int32, since: Int64, existed: Bool = false) {
      (self.output, self.partitions, self.since, self.existed) = (output, partitions, since, existed)
    }
  }

  /// What follows from the end of a fetch.
  struct Outcome: Equatable {
    /// Topics whose handles are to be made.
    var open: [Topic] = []
    /// The topics that the brokers have not known for so long that they may have been deleted; they have to be created again.
    var lost: [Topic] = []
  }

  /// The maximum number of topics in one request: rows of known topics wait behind the first rows of these.
  static let batchLimit = 200
  /// The pause before the next fetch if the brokers did not know a topic. They report a topic as created before they know it,
  /// which takes seconds if thousands are created at once.
  static let pauseMilliseconds: Int64 = 100
  /// How long a new topic may be unknown before it is created again, in milliseconds.
  static let lostMilliseconds: Int64 = 30_000
  /// How long an existing topic may be unknown since the first fetch that did not find it, in milliseconds: perhaps no broker
  /// answered.
  static let lostExistingMilliseconds: Int64 = 2000

  /// The topics of one producer.
  private struct Queue {
    var waiting: [Topic] = []
    /// The topics whose metadata is being fetched.
    var fetching: [Topic] = []
    /// When the next fetch may begin.
    var notBefore: Int64 = .min
  }

  /// The queues by producer, as far as a producer has had topics to open.
  private var queues: [Queue] = []
  /// How many topics wait that existed before.
  private var existing = 0

  /// Whether topics wait that existed before: they need not be created, so that their rows wait for a moment only.
  var hasExisting: Bool { existing > 0 }

  /// A topic of this producer exists.
  mutating func add(_ output: Int32, partitions: Int32, producer: Int32, existed: Bool = false, now: Int64) {
    while queues.count <= Int(producer) { queues.append(Queue()) }
    if existed { existing += 1 }
    queues[Int(producer)].waiting.append(
      Topic(output: output, partitions: partitions, since: now, existed: existed))
  }

  /// The topics whose metadata is to be fetched now; none where nothing waits, or a fetch is under way.
  mutating func next(for producer: Int, now: Int64) -> [Topic] {
    guard producer < queues.count else { return [] }
    let queue = queues[producer]
    guard !queue.waiting.isEmpty, queue.fetching.isEmpty, now >= queue.notBefore else { return [] }
    let batch = Array(queue.waiting.prefix(Self.batchLimit))
    queues[producer].waiting.removeFirst(batch.count)
    queues[producer].fetching = batch
    return batch
  }

  /// A fetch has ended.
  ///
  /// - Parameter known: for each of its topics, in their order, whether the producer knows it now. The others are
  ///   fetched again, after those that wait.
  mutating func ended(for producer: Int, known: [Bool], now: Int64) -> Outcome {
    var outcome = Outcome()
    for (topic, isKnown) in zip(queues[producer].fetching, known) {
      var topic = topic
      if !isKnown, topic.existed, topic.missedSince == nil { topic.missedSince = now }
      if isKnown {
        outcome.open.append(topic)
      } else if topic.isLost(now: now) {
        outcome.lost.append(topic)
      } else {
        queues[producer].waiting.append(topic)
        continue
      }
      if topic.existed { existing -= 1 }
    }
    queues[producer].fetching = []
    if known.contains(false) { queues[producer].notBefore = now + Self.pauseMilliseconds }
    return outcome
  }
}

extension TopicOpening.Topic {
  /// Whether the topic has been unknown for so long that it may have been deleted.
  fileprivate func isLost(now: Int64) -> Bool {
    missedSince.map { now - $0 >= TopicOpening.lostExistingMilliseconds }
      ?? (now - since >= TopicOpening.lostMilliseconds)
  }
}
