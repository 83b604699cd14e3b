internal import KafkaC
internal import Runtime

/// Sends rows to topics.
///
/// One thread owns it: all calls come from there. Nothing happens behind the owner's back: acknowledgements wait until
/// `poll` is called. Always idempotent unless the properties say otherwise; it never has topics made by itself.
public final class Producer {
  let client: Client
  private let queue: OpaquePointer
  private var topics: [String: ProducerTopic] = [:]
  /// Has it send without delay.
  let flushing: ProducerFlushing

  /// - Parameter properties: need `bootstrap.servers`; with `transactional.id` it is a transactional producer.
  public init(properties: ClientProperties, observer: any ClientObserver) throws(KafkaError) {
    var properties = properties
    properties["allow.auto.create.topics"] = "false"
    if properties["enable.idempotence"] == nil { properties["enable.idempotence"] = "true" }
    let callbacks = ClientCallbacks(observer: observer)
    client = try Client(RD_KAFKA_PRODUCER, properties: properties, callbacks: callbacks) { configuration in
      rd_kafka_conf_set_events(configuration, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
    }
    flushing = ProducerFlushing(client)
    // A producer always has a main queue.
    queue = rd_kafka_queue_get_main(client.handle).unsafelyUnwrapped
  }

  deinit {
    for topic in topics.values { rd_kafka_topic_destroy(topic.handle) }
    rd_kafka_queue_destroy(queue)
  }

  /// The handle of a topic, made on first use. Looking a name up costs librdkafka a linear search: keep the handle.
  public func topic(named name: String) throws(KafkaError) -> ProducerTopic {
    if let topic = topics[name] { return topic }
    try checkName(name, "use topic \"\(name)\"")
    // librdkafka would take it, and let its rows wait for a topic that cannot be.
    guard !name.isEmpty else {
      throw KafkaError(.invalidArgument, operation: "use a topic", reason: "its name is empty")
    }
    guard let handle = rd_kafka_topic_new(client.handle, name, nil) else {
      throw KafkaError(KafkaErrorCode(rd_kafka_last_error()), operation: "use topic \"\(name)\"")
    }
    let topic = ProducerTopic(handle: handle)
    topics[name] = topic
    return topic
  }

  /// Hands a row over. The bytes are copied; they may go as soon as this returns.
  ///
  /// - Parameters:
  ///   - partition: from 0, or -1 for the topic's partitioner.
  ///   - value: with a `nil` base address: no value.
  ///   - timestamp: milliseconds since 1970; 0 stands for the moment of the call.
  ///   - tag: comes back in the `DeliveryReport`.
  /// - Returns: `nil` when it was queued; exactly then a delivery report will follow.
  @inline(__always)
  public func produce(
    to topic: ProducerTopic, partition: Int32, value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
    timestamp: Int64, tag: UInt
  ) -> KafkaErrorCode? {
    let code = kafkac_produce(
      client.handle, topic.handle, partition, value.baseAddress, value.count, key.baseAddress, key.count, timestamp,
      UnsafeMutableRawPointer(bitPattern: tag))
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaErrorCode(code)
  }

  /// Produces a row with headers.
  public func produce(
    to topic: ProducerTopic, partition: Int32, value: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
    timestamp: Int64, headers: [MessageHeader], tag: UInt
  ) -> KafkaErrorCode? {
    let list = MessageHeader.makeList(headers)
    let code = kafkac_produce_with_headers(
      client.handle, topic.handle, partition, value.baseAddress, value.count, key.baseAddress, key.count, timestamp,
      list, UnsafeMutableRawPointer(bitPattern: tag))
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    rd_kafka_headers_destroy(list)
    return KafkaErrorCode(code)
  }

  /// Serves the acknowledgements that have come; waits up to the time for the first.
  ///
  /// - Returns: how many reports there were.
  @discardableResult
  public func poll(timeoutMilliseconds: Int32, _ report: (borrowing DeliveryReport) -> Void) -> Int {
    var count = 0
    var timeout = timeoutMilliseconds
    while let event = rd_kafka_queue_poll(queue, timeout) {
      timeout = 0
      defer { rd_kafka_event_destroy(event) }
      switch rd_kafka_event_type(event) {
      case RD_KAFKA_EVENT_DR:
        while let message = rd_kafka_event_message_next(event) {
          report(DeliveryReport(message: message))
          count += 1
        }
      case RD_KAFKA_EVENT_ERROR:
        let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
        let code = KafkaErrorCode(rd_kafka_event_error(event))
        let error = client.fatalError ?? KafkaError(code, operation: "", reason: reason)
        client.callbacks.observer.failed(error)
      default:
        break
      }
    }
    return count
  }

  /// Sends what is queued without waiting for `linger.ms`, and serves the reports, until nothing is left.
  ///
  /// - Parameter timeoutMilliseconds: even with 0 it looks once, for a millisecond.
  /// - Returns: whether everything was answered within the time.
  public func flush(timeoutMilliseconds: Int, _ report: (borrowing DeliveryReport) -> Void) -> Bool {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    poll(timeoutMilliseconds: 0, report)
    while unansweredCount > 0 {
      let remaining = deadline - MonotonicClock.milliseconds()
      // `linger.ms` is set aside only while rd_kafka_flush runs: long enough for the brokers' threads to wake up. It
      // cannot see the reports that wait here, so it must not run much longer.
      rd_kafka_flush(client.handle, Int32(max(1, min(5, remaining))))
      poll(timeoutMilliseconds: 0, report)
      if remaining <= 0 { return unansweredCount == 0 }
    }
    return true
  }

  /// Drops what is queued and in flight; the reports say so (`purgedFromQueue`, `purgedInFlight`).
  public func purge() {
    rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
  }

  /// Rows whose report has not been served yet, and errors that wait to be served (`rd_kafka_outq_len`). and a few more: those reports themselves. 0 when nothing is left.
  public var unansweredCount: Int { Int(rd_kafka_outq_len(client.handle)) }

  /// The fatal error that makes this producer unusable, if there is one.
  public var fatalError: KafkaError? { client.fatalError }

  /// Fault injection: puts an idempotent producer into the fatal state, as a broker's refusal would
  /// (`rd_kafka_test_fatal_error`).
  public func injectFatalError(_ code: KafkaErrorCode, reason: String) {
    rd_kafka_test_fatal_error(client.handle, code.cValue, reason)
  }
}

/// A topic as one producer knows it, cheap to keep and to pass. Valid as long as the producer lives.
public struct ProducerTopic: Equatable {
  let handle: OpaquePointer
}
