package import Kafka
package import Logging
internal import Naming
internal import Runtime

/// Publishes this router's shares to the topic of the job index. On the index's thread.
package final class JobPublisher {
  private let producer: Producer
  private let topic: ProducerTopic
  private let log: Log
  private var lastShares: Int64
  private var lastRouter: Int64 = 0
  private var hasComplained = false
  /// Keys whose tombstone found no room or did not arrive, and may the next time.
  private var unburied: [String] = []
  /// The reason why this publisher has to be replaced: the topic is gone, or the producer has failed for good.
  private(set) var loss: KafkaError?

  private static let routerMilliseconds: Int64 = 1000
  private static let leaveMilliseconds: Int64 = 1500
  private static let portion = 1000

  package init(_ settings: JobIndexSettings, log: Log, observer: any ClientObserver) throws(KafkaError) {
    var properties = settings.producer
    properties["transactional.id"] = nil
    properties["transaction.timeout.ms"] = nil
    properties["linger.ms"] = "5"
    producer = try Producer(properties: properties, observer: observer)
    topic = try producer.topic(named: settings.names.jobIndex)
    self.log = log
    lastShares = MonotonicClock.milliseconds()
  }

  /// Publishes what is urgent, some of the rest, and now and then how far the router is.
  ///
  /// - Parameter receipts: learns which claims are on their way, and which are stored.
  package func publish(_ index: JobIndex, _ router: RouterClocks.Router?, _ receipts: inout ClaimReceipts, now: Int64) {
    serve(index, &receipts)
    let elapsed = now - lastShares
    lastShares = now
    let limit = max(1, Int(min(elapsed, 1000)) * JobPace.sharesPerSecond / 1000)
    send(index.takeUnpublished(limit: limit), of: index, &receipts)
    if let router, now - lastRouter >= Self.routerMilliseconds {
      lastRouter = now
      _ = send(router.messageKey, router.message)
    }
    loss = loss ?? producer.fatalError
  }

  /// Publishes everything that is left, and that this router no longer reads anything. The time stays: its successor continues
  /// from there.
  package func leave(
    _ index: JobIndex, _ router: RouterClocks.Router?, _ receipts: inout ClaimReceipts, withShares: Bool
  ) {
    let deadline = MonotonicClock.milliseconds() + Self.leaveMilliseconds
    // What does not arrive is published again, so there may be more afterwards.
    while withShares, index.edit({ $0.hasUnpublished }), MonotonicClock.milliseconds() < deadline {
      send(index.takeUnpublished(limit: Self.portion), of: index, &receipts)
      flush(index, &receipts, until: deadline)
    }
    if var router {
      router.partitions = []
      _ = send(router.messageKey, router.message)
    }
    flush(index, &receipts, until: deadline)
  }

  /// Publishes that a key no longer exists; later if the queue is full.
  package func publishTombstone(_ key: String) {
    if !send(key, nil) { unburied.append(key) }
  }

  /// Hands shares over. Those for which the producer has no room, because brokers are away, are taken again later.
  private func send(_ shares: [JobIndex.ShareMessage], of index: JobIndex, _ receipts: inout ClaimReceipts) {
    var count = 0
    while count < shares.count, send(shares[count].key, shares[count].value, place: shares[count].place) {
      receipts.send(shares[count].place)
      count += 1
    }
    guard count < shares.count else { return }
    let places = shares[count...].map(\.place)
    index.edit { ledger in
      for place in places { ledger.publishAgain(place) }
    }
  }

  /// - Parameter place: of the job whose share it is; -1 for anything else.
  private func send(_ key: String, _ value: [UInt8]?, place: Int32 = -1) -> Bool {
    var key = key
    let tag = UInt(place + 1)
    return key.withUTF8 { key in
      let keyBytes = UnsafeRawBufferPointer(key)
      guard let value else {
        return producer.produce(
          to: topic, partition: -1, value: UnsafeRawBufferPointer(start: nil, count: 0), key: keyBytes, timestamp: 0,
          tag: tag) == nil
      }
      return value.withUnsafeBytes { value in
        producer.produce(to: topic, partition: -1, value: value, key: keyBytes, timestamp: 0, tag: tag) == nil
      }
    }
  }

  private func serve(_ index: JobIndex, _ receipts: inout ClaimReceipts) {
    producer.poll(timeoutMilliseconds: 0) { take($0, index, &receipts) }
    retryTombstones()
  }

  /// Waits until everything has its answer, or the deadline has passed.
  private func flush(_ index: JobIndex, _ receipts: inout ClaimReceipts, until deadline: Int64) {
    repeat {
      let left = max(0, deadline - MonotonicClock.milliseconds())
      _ = producer.flush(timeoutMilliseconds: Int(left)) { take($0, index, &receipts) }
      retryTombstones()
    } while producer.unansweredCount > 0 && MonotonicClock.milliseconds() < deadline
  }

  /// Takes an answer. What did not arrive, and may the next time, is published again; how far the router is comes each
  /// second anyway.
  private func take(_ report: borrowing DeliveryReport, _ index: JobIndex, _ receipts: inout ClaimReceipts) {
    let place = Int32(report.tag) - 1
    let isOwed = place >= 0 && receipts.answer(place, isStored: report.error == nil)
    guard let code = report.error else { return }
    if code.remedy == .retry {
      log.debug("a message of the job index did not arrive; publishing it again", [.code: code.name])
      if place >= 0 {
        index.edit { $0.publishAgain(place) }
      } else if report.payload.isEmpty {
        unburied.append(String(decoding: report.key, as: UTF8.self))
      }
      return
    }
    let error = KafkaError(code, operation: "publish jobs to \"\(report.topic)\"")
    if code.saysTopicIsMissing {
      loss = error
      return
    }
    // The permission may be granted yet, and offsets wait for it.
    if isOwed { index.edit { $0.publishAgain(place) } }
    guard !hasComplained else { return }
    hasComplained = true
    log.warning(
      "cannot publish the job index; other routers do not see this router's jobs", [.error: error.description])
  }

  private func retryTombstones() {
    let keys = unburied
    unburied = []
    for key in keys { publishTombstone(key) }
  }
}
