internal import Kafka
internal import MetricRouter
internal import Runtime

/// Stores rows of dead letters in the topic of waiting rows, from where the routers route them.
///
/// Belongs to one thread. Without an answer for as long as brokers may be silent, it ends.
final class LetterSender {
  /// What came of it.
  struct Outcome {
    /// Rows that a broker has stored, by the groups of the ledger.
    var stored: [Int64] = []
    /// Rows that are too large for the topic or the producer.
    var tooLarge: Int64 = 0
    /// Rows that may have been stored: no broker has said so.
    var unanswered: Int64 = 0
    /// Why it ended before the end.
    var failure: KafkaError?
  }

  /// How long rows that are under way may take to be answered once it was told to stop.
  private static let graceMilliseconds: Int64 = 3000

  private let producer: Producer
  private let topic: ProducerTopic
  private let name: String
  private let partitionCount: Int32
  private let timeoutMilliseconds: Int64
  private(set) var outcome = Outcome()
  /// Rows whose answers have not come.
  private var underWay = 0
  private var lastAnswer = MonotonicClock.milliseconds()

  /// - Parameters:
  ///   - properties: a router's producer's.
  ///   - topic: the topic of waiting rows.
  ///   - timeoutMilliseconds: how long brokers may be silent.
  init(
    _ properties: ClientProperties, topic: String, partitionCount: Int32, observer: any ClientObserver,
    timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    producer = try Producer(properties: Self.properties(properties), observer: observer)
    self.topic = try producer.topic(named: topic)
    name = topic
    self.partitionCount = partitionCount
    self.timeoutMilliseconds = Int64(timeoutMilliseconds)
  }

  /// The properties without the transactional id, which belongs to the router: a second producer would fence it.
  static func properties(_ properties: ClientProperties) -> ClientProperties {
    var properties = properties
    properties["transactional.id"] = nil
    properties["transaction.timeout.ms"] = nil
    properties["client.id"] = Redriver.clientName
    return properties
  }

  /// Hands a row over; waits where the queue is full.
  ///
  /// - Parameters:
  ///   - key: the dead letter's; rows from one input partition stay in order.
  ///   - group: the position of its group in the ledger.
  ///   - shouldContinue: asked while it waits.
  /// - Returns: false where nothing more can be sent.
  func send(
    _ row: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, headers: [MessageHeader], group: Int,
    shouldContinue: () -> Bool
  ) -> Bool {
    let partition = Partitioner.murmur2(ProvenanceKey.place(in: key), partitionCount: partitionCount)
    while outcome.failure == nil {
      let code = producer.produce(
        to: topic, partition: partition, value: row, key: key, timestamp: 0, headers: headers, tag: UInt(group + 1))
      switch code {
      case nil:
        if underWay == 0 { lastAnswer = MonotonicClock.milliseconds() }
        underWay += 1
        return true
      case .some(.messageTooLarge):
        outcome.tooLarge += 1
        return true
      case .some(.queueFull):
        takeAnswers(waitingMilliseconds: 100)
        guard shouldContinue() else { return false }
      case .some(let code):
        fail(code)
      }
    }
    return false
  }

  /// Takes the answers that have come.
  func takeAnswers(waitingMilliseconds: Int32 = 0) {
    producer.poll(timeoutMilliseconds: waitingMilliseconds) { take($0) }
    noteSilence()
  }

  /// Waits until all rows that were handed over are answered; what is not answered in time is dropped.
  func finish(shouldContinue: () -> Bool) {
    var deadline = Int64.max
    while underWay > 0 {
      _ = producer.flush(timeoutMilliseconds: 100) { take($0) }
      noteSilence()
      let now = MonotonicClock.milliseconds()
      if deadline == .max, !shouldContinue() { deadline = now + Self.graceMilliseconds }
      guard now < deadline, !isSilent(now), producer.fatalError == nil else { break }
    }
    guard underWay > 0 else { return }
    producer.purge()
    _ = producer.flush(timeoutMilliseconds: 1000) { take($0) }
    outcome.unanswered += Int64(underWay)
    underWay = 0
  }

  private func take(_ report: borrowing DeliveryReport) {
    underWay -= 1
    lastAnswer = MonotonicClock.milliseconds()
    let group = Int(report.tag) - 1
    guard let code = report.error else {
      while outcome.stored.count <= group { outcome.stored.append(0) }
      outcome.stored[group] += 1
      return
    }
    switch code {
    case .messageTooLarge: outcome.tooLarge += 1
    case .purgedFromQueue: break
    case .purgedInFlight, .unproven: outcome.unanswered += 1
    default: fail(code)
    }
  }

  private func noteSilence() {
    if let error = producer.fatalError, outcome.failure == nil { outcome.failure = error }
    if isSilent(MonotonicClock.milliseconds()) { fail(.timedOut) }
  }

  private func isSilent(_ now: Int64) -> Bool { underWay > 0 && now - lastAnswer >= timeoutMilliseconds }

  private func fail(_ code: KafkaErrorCode) {
    guard outcome.failure == nil else { return }
    // A producer that may not write ends for good, and then only the first error says why.
    let cause = code == .fatal ? producer.fatalError?.code ?? code : code
    outcome.failure = KafkaError(cause, operation: "send a row to \"\(name)\"")
  }
}
