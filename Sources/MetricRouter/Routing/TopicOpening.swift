/// Decides when producers learn of new topics: a value without I/O.
///
/// A topic that exists is opened in two steps. Its metadata is fetched into the cache of its producer, with one request
/// for many topics, and then the handle is made, which costs no request any more. Each producer has one fetch at a time;
/// topics that come meanwhile are fetched together by the next.
struct TopicOpening {
  /// A topic that exists and waits to be opened.
  struct Topic: Equatable {
    var output: Int32
    var partitions: Int32
    /// Since when it waits, by the monotonic clock, in milliseconds.
    var since: Int64
  }

  /// What follows from the end of a fetch.
  struct Outcome: Equatable {
    /// Topics whose handles are to be made.
    var open: [Topic] = []
    /// Topics that the brokers have not known for so long that they may have been deleted: to be made again.
    var lost: [Topic] = []
  }

  /// How many topics one request may name. Rows of known topics wait behind the first rows of so many new ones.
  static let batchLimit = 200
  /// Before the next fetch where brokers did not know a topic. They answer that a topic is made before they know it,
  /// which takes them seconds where thousands are made at once.
  static let pauseMilliseconds: Int64 = 100
  /// After this time without being known, a topic is made again.
  static let lostMilliseconds: Int64 = 30_000

  /// The topics of one producer.
  private struct Queue {
    var waiting: [Topic] = []
    /// Those whose metadata is being fetched.
    var fetching: [Topic] = []
    /// When the next fetch may begin.
    var notBefore: Int64 = .min
  }

  private var queues: [Queue]

  init(producerCount: Int) {
    queues = Array(repeating: Queue(), count: producerCount)
  }

  /// A topic of this producer exists.
  mutating func add(_ output: Int32, partitions: Int32, producer: Int32, now: Int64) {
    queues[Int(producer)].waiting.append(Topic(output: output, partitions: partitions, since: now))
  }

  /// The topics whose metadata is to be fetched now; none where nothing waits, or a fetch is under way.
  mutating func next(for producer: Int, now: Int64) -> [Topic] {
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
      if isKnown {
        outcome.open.append(topic)
      } else if now - topic.since >= Self.lostMilliseconds {
        outcome.lost.append(topic)
      } else {
        queues[producer].waiting.append(topic)
      }
    }
    queues[producer].fetching = []
    if known.contains(false) { queues[producer].notBefore = now + Self.pauseMilliseconds }
    return outcome
  }
}
