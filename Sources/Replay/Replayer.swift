public import Kafka
public import Runtime

/// Plays a recording into a broker, as an LDMS aggregator stores rows: without a key, without headers, each partition at
/// random, with the time of storing.
///
/// It runs on the thread that calls it.
public final class Replayer {
  /// What was played.
  public struct Progress: Sendable, Equatable {
    /// Rows that the broker has acknowledged.
    public var rows = 0
    /// How far it is in the recording, in milliseconds from its first row.
    public var position: Int64 = 0
  }

  private let recording: Recording
  private let producer: Producer
  private var topics: [String: ProducerTopic] = [:]

  /// A replayer that sends rows to these brokers.
  ///
  /// - Parameter properties: need `bootstrap.servers`. The topics have to exist.
  public init(_ recording: Recording, properties: ClientProperties, observer: any ClientObserver) throws(KafkaError) {
    self.recording = recording
    var properties = ClientProperties(["linger.ms": "5"]).merging(properties)
    // A store's topics get each row once and in order; that is no more than librdkafka does for LDMS on a good day.
    properties["enable.idempotence"] = "true"
    // More at a time, and what a broker refuses for a moment might have to be stored again, and so twice.
    properties["max.in.flight.requests.per.connection"] = "1"
    producer = try Producer(properties: properties, observer: observer)
    for topic in recording.topics { topics[topic] = try producer.topic(named: topic) }
  }

  /// Plays the whole recording.
  ///
  /// - Parameters:
  ///   - speed: how many times faster than it was recorded; `nil` for as fast as the broker takes it.
  ///   - payload: the bytes to store for a row.
  ///   - stop: ends it early.
  ///   - report: is called some ten times a second, on this thread.
  /// - Returns: how many rows the broker has acknowledged.
  public func run(
    speed: Double?, payload: (RecordedRow) -> [UInt8] = { $0.payload }, stop: StopSignal,
    report: (Progress) -> Void = { _ in }
  ) throws(KafkaError) -> Int {
    let began = MonotonicClock.milliseconds()
    let firstTime = recording.rows.first?.timestamp ?? 0
    var progress = Progress()
    var failure: KafkaError?
    var lastReport = began
    func serve(_ milliseconds: Int32) {
      producer.poll(timeoutMilliseconds: milliseconds) { delivery in
        if let code = delivery.error {
          failure = failure ?? KafkaError(code, operation: "store a row in topic \"\(delivery.topic)\"")
        } else {
          progress.rows += 1
        }
      }
      let now = MonotonicClock.milliseconds()
      if now - lastReport >= 100 {
        lastReport = now
        report(progress)
      }
    }
    for row in recording.rows {
      progress.position = row.timestamp - firstTime
      if let speed {
        let due = began + Int64(Double(row.timestamp - firstTime) / speed)
        while !stop.isRequested, failure == nil {
          let wait = due - MonotonicClock.milliseconds()
          if wait <= 0 { break }
          serve(Int32(min(wait, 50)))
        }
      }
      try send(payload(row), to: row.topic, stop: stop) { serve($0) }
      if let failure { throw failure }
      if stop.isRequested { break }
    }
    while producer.unansweredCount > 0, failure == nil { serve(20) }
    if let failure { throw failure }
    report(progress)
    return progress.rows
  }

  private func send(
    _ payload: [UInt8], to name: String, stop: StopSignal, serve: (Int32) -> Void
  ) throws(KafkaError) {
    guard let topic = topics[name] else { return }
    let noKey = UnsafeRawBufferPointer(start: nil, count: 0)
    while true {
      let code = payload.withUnsafeBytes { payload in
        producer.produce(to: topic, partition: -1, value: payload, key: noKey, timestamp: 0, tag: 0)
      }
      guard let code else { return }
      guard code == .queueFull else { throw KafkaError(code, operation: "store a row in topic \"\(name)\"") }
      serve(50)
      if stop.isRequested { return }
    }
  }
}
