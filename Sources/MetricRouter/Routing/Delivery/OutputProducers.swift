internal import Kafka
internal import Runtime

/// The producers: every copy of a row and every dead letter is handed over here, and every delivery report comes back here.
///
/// It owns the producers and the handles of their topics, so that nobody else has to know which producer sends to which topic. What
/// follows from a report or a rejected copy is for the session to decide. One thread uses it, the session's.
final class OutputProducers {
  /// A topic, as known to the producer that sends to it. Valid until its producer is closed. Trivial on purpose: each route has two.
  struct Handle {
    fileprivate let topic: ProducerTopic
    fileprivate let producer: Int32
  }

  /// What became of a copy that was handed over.
  enum Handover: Equatable {
    /// A delivery report will follow.
    case queued
    /// The queue is full, and nobody waits for room any longer.
    case noRoom
    /// The producer did not take it. No delivery report follows.
    case rejected(KafkaErrorCode)
  }

  private let properties: ClientProperties
  private let observer: any ClientObserver
  /// The topics that rows go to which have no route.
  struct OwnTopics {
    var deadLetters: (name: String, partitions: Int32)
    var waiting: (name: String, partitions: Int32)
  }

  private let ownTopics: OwnTopics
  /// The producers by number; `nil` for a closed one. The first is always open.
  private var producers: [Producer?]
  private var first: Producer
  private var deadLetterTopic: ProducerTopic
  private var waitingTopic: ProducerTopic
  /// Copies that may be under way in all producers together; each has limits of its own as well.
  private let copiesLimit: Int
  /// Fetches metadata on a thread of its own. The generation tells the answers for these producers from those for earlier ones.
  private let fetcher = MetadataFetcher()
  private var generation = 0
  /// The buffer for the keys of rows.
  private var key = ProvenanceKey()

  /// - Parameters:
  ///   - lingerMilliseconds: the first producer's; `nil` where the properties say it, as everywhere here.
  ///   - ownTopics: the topics of rows without a route, which exist.
  init(
    _ properties: ClientProperties, lingerMilliseconds: Int?, observer: any ClientObserver, ownTopics: OwnTopics
  ) throws(KafkaError) {
    self.properties = properties
    self.observer = observer
    self.ownTopics = ownTopics
    copiesLimit = max(Self.leastCopiesLimit, Int(properties["queue.buffering.max.messages"] ?? "") ?? 0)
    first = try Self.make(properties, lingerMilliseconds, observer)
    producers = [first]
    deadLetterTopic = try first.topic(named: ownTopics.deadLetters.name)
    waitingTopic = try first.topic(named: ownTopics.waiting.name)
  }

  private static func make(
    _ properties: ClientProperties, _ lingerMilliseconds: Int?, _ observer: any ClientObserver
  ) throws(KafkaError) -> Producer {
    var properties = properties
    if let lingerMilliseconds { properties["linger.ms"] = String(lingerMilliseconds) }
    return try Producer(properties: properties, observer: observer)
  }

  /// Opens a producer, unless it is open.
  func open(_ number: Int32, lingerMilliseconds: Int?) throws(KafkaError) {
    while producers.count <= Int(number) { producers.append(nil) }
    guard producers[Int(number)] == nil else { return }
    producers[Int(number)] = try Self.make(properties, lingerMilliseconds, observer)
  }

  /// Closes producers, because a topic never leaves a producer of librdkafka. Nothing may be under way in any producer, and no handle
  /// of these may be used any longer. The first one is opened again. On an error, all stay as they are.
  ///
  /// - Parameter lingerMilliseconds: the first producer's.
  func close(_ numbers: Set<Int32>, lingerMilliseconds: Int?) throws(KafkaError) {
    if numbers.contains(0) {
      let fresh = try Self.make(properties, lingerMilliseconds, observer)
      deadLetterTopic = try fresh.topic(named: ownTopics.deadLetters.name)
      waitingTopic = try fresh.topic(named: ownTopics.waiting.name)
      first = fresh
      producers[0] = fresh
    }
    for number in numbers where number > 0 && Int(number) < producers.count { producers[Int(number)] = nil }
    generation += 1
  }

  private static let leastCopiesLimit = 200_000
  /// What a copy takes beside its payload.
  private static let copyOverheadBytes = 300
  private static let bytesLimit = 256 << 20

  /// Whether too many copies are under way in all producers together to consume more rows. A single producer has limits of its
  /// own.
  ///
  /// - Parameter meanBytes: of a row.
  func isFull(meanBytes: Int) -> Bool {
    guard producers.count > 1 else { return false }
    return unansweredCount >= min(copiesLimit, Self.bytesLimit / (meanBytes + Self.copyOverheadBytes))
  }

  /// Copies that are queued or sent and whose reports have not been taken.
  var unansweredCount: Int { producers.reduce(0) { $0 + ($1?.unansweredCount ?? 0) } }

  /// An error that makes one of the producers unusable.
  var fatalError: KafkaError? {
    for producer in producers { if let error = producer?.fatalError { return error } }
    return nil
  }

  // MARK: - Delivery reports

  /// Takes the delivery reports that have come; waits up to the time for the first one. With several producers, it waits for that of
  /// the first one, and not as long.
  func poll(timeoutMilliseconds: Int32, _ report: (borrowing DeliveryReport) -> Void) {
    guard producers.count > 1 else {
      first.poll(timeoutMilliseconds: timeoutMilliseconds, report)
      return
    }
    var count = 0
    for producer in producers { count += producer?.poll(timeoutMilliseconds: 0, report) ?? 0 }
    guard count == 0, timeoutMilliseconds > 0 else { return }
    first.poll(timeoutMilliseconds: min(timeoutMilliseconds, Self.turnMilliseconds), report)
  }

  private static let turnMilliseconds: Int32 = 5

  /// The same, and sends what is queued without waiting for `linger.ms`.
  func flush(_ report: (borrowing DeliveryReport) -> Void) {
    guard producers.count > 1 else {
      _ = first.flush(timeoutMilliseconds: 0, report)
      return
    }
    // One after the other, each would have a moment only.
    for producer in producers { producer?.startFlushing(timeoutMilliseconds: Self.flushMilliseconds) }
    poll(timeoutMilliseconds: Self.turnMilliseconds, report)
  }

  private static let flushMilliseconds: Int32 = 100

  // MARK: - Topics

  /// The handle of an output's topic, which its producer should know already: else it asks the brokers, ahead of all rows.
  func handle(of topic: OutputTopics.Topic) throws(KafkaError) -> Handle {
    guard Int(topic.producer) < producers.count, topic.producer >= 0, let producer = producers[Int(topic.producer)]
    else { preconditionFailure("a topic is opened by a producer before it is written") }
    return Handle(topic: try producer.topic(named: topic.name), producer: topic.producer)
  }

  /// Starts to fetch the metadata of topics for one producer, which is open.
  func fetchMetadata(of topics: [String], forProducer number: Int) {
    guard let producer = producers[number] else { preconditionFailure("a producer is opened before its topics are") }
    fetcher.fetch(topics, producer.metadata, producer: number, generation: generation)
  }

  /// The fetches for these producers that have ended since the last call.
  func takeFetched() -> [MetadataFetcher.Answer] { fetcher.takeAnswers().filter { $0.generation == generation } }

  // MARK: - Copies of rows

  /// The key of a row, valid until the next one is written.
  @inline(__always)
  func writeKey(slot: Int, prefix: @autoclosure () -> [UInt8], offset: Int64) -> UnsafeRawBufferPointer {
    key.write(slot: slot, prefix: prefix(), offset: offset)
  }

  /// The key of a row that has brought it along.
  func writeKey(_ key: [UInt8]) -> UnsafeRawBufferPointer { self.key.write(key) }

  /// Hands a copy over. Its delivery report must be expected before.
  ///
  /// - Returns: `nil` when it is queued: exactly then a delivery report follows.
  @inline(__always)
  func produce(
    _ payload: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, timestamp: Int64, tag: DeliveryTracker.Tag,
    to handle: Handle, partition: Int32
  ) -> KafkaErrorCode? {
    producers[Int(handle.producer)].unsafelyUnwrapped.produce(
      to: handle.topic, partition: partition, value: payload, key: key, timestamp: timestamp, tag: tag.packed)
  }

  /// Repeats an attempt to hand something over while the queue is full.
  ///
  /// - Parameters:
  ///   - waitForRoom: returns false where nobody waits any longer.
  ///   - attempt: writes the key again: waiting for queue space may have overwritten it.
  func handOver(waitForRoom: () -> Bool, _ attempt: () -> KafkaErrorCode?) -> Handover {
    while true {
      switch attempt() {
      case nil: return .queued
      case .some(.queueFull): guard waitForRoom() else { return .noRoom }
      case .some(let code): return .rejected(code)
      }
    }
  }

  // MARK: - Dead letters

  /// Hands a dead letter over. One that is larger than the producer takes goes without its row.
  func send(_ letter: DeadLetter, waitForRoom: () -> Bool) -> Handover {
    let handover = handOver(waitForRoom: waitForRoom) {
      letter.key.withUnsafeBytes { key in
        // The partition follows from the row's origin, so that the dead letters of one input partition stay in order.
        first.produce(
          to: deadLetterTopic,
          partition: Partitioner.murmur2(
            ProvenanceKey.place(in: key), partitionCount: ownTopics.deadLetters.partitions),
          // An address, but no bytes: an empty value is not the same as none.
          value: letter.row ?? UnsafeRawBufferPointer(rebasing: key[..<0]), key: key, timestamp: letter.timestamp,
          headers: letter.headers, tag: letter.tag.packed)
      }
    }
    guard handover == .rejected(.messageTooLarge), let small = letter.withoutRow() else { return handover }
    return send(small, waitForRoom: waitForRoom)
  }

  // MARK: - Rows that wait

  /// Sends a row that waits for the owner of its job.
  ///
  /// - Parameter job: its number decides about the partition, so that a job whose owner stays unknown delays few others.
  func send(_ row: DeadLetter, waitingForOwnerOf job: UInt64, waitForRoom: () -> Bool) -> Handover {
    handOver(waitForRoom: waitForRoom) {
      row.key.withUnsafeBytes { key in
        withUnsafeBytes(of: job.littleEndian) { number in
          first.produce(
            to: waitingTopic, partition: Partitioner.murmur2(number, partitionCount: ownTopics.waiting.partitions),
            value: row.row ?? UnsafeRawBufferPointer(rebasing: key[..<0]), key: key, timestamp: row.timestamp,
            headers: row.headers, tag: row.tag.packed)
        }
      }
    }
  }

  // MARK: - Transactions

  /// Claims the transactional id: aborts what a predecessor left open, and fences whoever still uses it.
  ///
  /// - Parameter shouldRetry: asked after an error that may pass.
  func claimTransactionalID(shouldRetry: (KafkaError) -> Bool) throws(KafkaError) {
    while true {
      do {
        return try first.initTransactions(timeoutMilliseconds: 1000)
      } catch {
        guard error.remedy == .retry else { throw error }
        guard shouldRetry(error) else { return }
        first.poll(timeoutMilliseconds: 50) { _ in }
      }
    }
  }

  /// Begins a transaction.
  func beginTransaction() throws(KafkaError) { try first.beginTransaction() }

  /// Makes offsets part of the transaction.
  func sendOffsets(
    _ offsets: [TopicPartitionOffset], of consumer: Consumer, until deadline: Int64, retrying: (KafkaError) -> Void
  ) throws(KafkaError) {
    try repeating(until: deadline, retrying) { producer, time throws(KafkaError) in
      try producer.sendOffsets(offsets, of: consumer, timeoutMilliseconds: time)
    }
  }

  /// Commits the transaction, all of whose reports have been taken.
  func commitTransaction(until deadline: Int64, retrying: (KafkaError) -> Void) throws(KafkaError) {
    try repeating(until: deadline, retrying) { producer, time throws(KafkaError) in
      try producer.commitTransaction(timeoutMilliseconds: time)
    }
  }

  /// Aborts the transaction. Reports of its copies are dropped.
  func abortTransaction(until deadline: Int64, retrying: (KafkaError) -> Void) throws(KafkaError) {
    try repeating(until: deadline, retrying) { producer, time throws(KafkaError) in
      try producer.abortTransaction(timeoutMilliseconds: time) { _ in }
    }
  }

  private static let callMilliseconds: Int64 = 5000

  /// Repeats a call while its error says so, until the deadline. A transaction belongs to the only producer.
  private func repeating(
    until deadline: Int64, _ retrying: (KafkaError) -> Void,
    _ call: (_ producer: Producer, _ timeoutMilliseconds: Int32) throws(KafkaError) -> Void
  ) throws(KafkaError) {
    let producer = first
    while true {
      let time = max(1, min(Self.callMilliseconds, deadline - MonotonicClock.milliseconds()))
      do {
        return try call(producer, Int32(time))
      } catch {
        guard error.remedy == .retry, MonotonicClock.milliseconds() < deadline, producer.fatalError == nil else {
          throw error
        }
        retrying(error)
        producer.poll(timeoutMilliseconds: 20) { _ in }
      }
    }
  }
}
