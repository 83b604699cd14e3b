internal import Kafka

/// Lets producers learn of new topics a few at a time: a value without I/O.
///
/// A producer asks the brokers about each topic that it does not know, before everything else on that connection, and
/// looks through all unanswered ones each second. With thousands of them at once it sends no row of anybody for a minute,
/// and takes topics for missing that are there. So only so many may be unknown to it at a time: a topic counts until its
/// first copy has been answered, or some time has passed.
struct TopicOpening {
  /// A topic that is there, and waits for its turn.
  struct Topic: Equatable {
    var output: Int32
    var partitions: Int32
  }

  /// How many topics a producer may be learning of at a time.
  static let limitPerProducer = 100
  /// How long a topic counts at most, in milliseconds.
  static let longestMilliseconds: Int64 = 1000

  private let limit: Int
  private var queue: [Topic] = []
  private var head = 0
  /// The topics that a producer is learning of, and since when.
  private var open: [ProducerTopic: Int64] = [:]

  init(producerCount: Int) {
    limit = Self.limitPerProducer * producerCount
  }

  /// Whether nothing waits for its turn.
  var isEmpty: Bool { head == queue.count }

  /// Whether it is worth while to tell of each answer (`answered`): otherwise time alone makes room.
  var isCrowded: Bool { open.count > limit / 2 }

  /// A topic is there.
  mutating func add(_ output: Int32, partitions: Int32) {
    queue.append(Topic(output: output, partitions: partitions))
  }

  /// The next topic that may be opened now.
  mutating func next(now: Int64) -> Topic? {
    guard !isEmpty else { return nil }
    expire(now: now)
    guard open.count < limit else { return nil }
    defer {
      head += 1
      if head == queue.count {
        queue.removeAll(keepingCapacity: true)
        head = 0
      }
    }
    return queue[head]
  }

  /// A producer was told of a topic.
  mutating func opened(_ topic: ProducerTopic, now: Int64) {
    open[topic] = now
  }

  /// A copy for a topic was answered: the producer knows it.
  mutating func answered(_ topic: ProducerTopic) {
    open[topic] = nil
  }

  private mutating func expire(now: Int64) {
    guard open.count >= limit else { return }
    open = open.filter { now - $0.value < Self.longestMilliseconds }
  }
}
