internal import KafkaC

/// Finds out whether topics may be written, without writing to them.
///
/// librdkafka 2.0.2 cannot ask for its permissions. A broker looks at them before it looks at what is asked for, so it
/// is sent a message with a number of acknowledgements that does not exist: it answers that the topic is refused, or
/// else that the number is (`INVALID_REQUIRED_ACKS`), and keeps nothing.
///
/// One thread owns it.
public final class WriteProbe {
  private let properties: ClientProperties
  private let observer: any ClientObserver
  private var producer: Producer?
  private var count = 0

  /// A topic never leaves a producer; with so many a new one is made.
  private static let topicsLimit = 1000

  /// A probe that has not connected yet.
  ///
  /// - Parameter properties: how to reach the brokers, and as whom. What they say of acknowledgements is set aside.
  public init(properties: ClientProperties, observer: any ClientObserver) {
    var properties = properties
    properties["request.required.acks"] = nil
    properties["transactional.id"] = nil
    properties["acks"] = "2"
    properties["enable.idempotence"] = "false"
    properties["linger.ms"] = "0"
    // The topic may be so new that the producer's first question about it comes too early.
    properties["topic.metadata.refresh.fast.interval.ms"] = "50"
    self.properties = properties
    self.observer = observer
  }

  /// Asks about these topics, all at once. They have to exist.
  ///
  /// - Returns: why topics may not be written; the others may. An error whose remedy is `retry` says nothing about the
  ///   topic.
  public func refusals(of topics: [String], timeoutMilliseconds: Int32) -> [String: KafkaError] {
    var refusals: [String: KafkaError] = [:]
    var unanswered = Set(topics)
    func answer(_ code: KafkaErrorCode?, _ topic: String) {
      unanswered.remove(topic)
      guard var code, code != .invalidRequiredAcknowledgements else { return }
      // About the probe's own client, such as a connection that is given up (_DESTROY), and not about a topic.
      if code.remedy == .fatal { code = .timedOut }
      refusals[topic] = KafkaError(code, operation: "write to topic \"\(topic)\"")
    }
    do {
      let producer = try producer(for: topics.count)
      _ = producer.metadata.fetch(topics, timeoutMilliseconds: timeoutMilliseconds)
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      for (index, name) in topics.enumerated() {
        let topic = try producer.topic(named: name)
        let code = producer.produce(
          to: topic, partition: 0, value: nothing, key: nothing, timestamp: 0, tag: UInt(index + 1))
        if let code { answer(code, name) }
      }
      _ = producer.flush(timeoutMilliseconds: Int(timeoutMilliseconds)) { report in
        let index = Int(report.tag) - 1
        if topics.indices.contains(index) { answer(report.error, topics[index]) }
      }
      // What is still queued must not be answered to the next question.
      if !unanswered.isEmpty { self.producer = nil }
    } catch {
      producer = nil
      for topic in topics { refusals[topic] = error }
      return refusals
    }
    for topic in unanswered { answer(.timedOut, topic) }
    return refusals
  }

  private func producer(for more: Int) throws(KafkaError) -> Producer {
    count += more
    if let producer, count <= Self.topicsLimit { return producer }
    let new = try Producer(properties: properties, observer: observer)
    (producer, count) = (new, more)
    return new
  }
}
