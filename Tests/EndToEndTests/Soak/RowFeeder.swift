import Foundation
import Kafka
import Runtime
import Synchronization
import TestSupport

/// Feeds the recording again and again, on a thread of its own, as aggregators do: a steady stream that does not care
/// how the router gets on.
final class RowFeeder: Sendable {
  private struct State {
    var rows: [InputRow] = []
    var isStopping = false
    var isDone = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  /// Starts.
  ///
  /// - Parameters:
  ///   - rate: rows a second.
  ///   - limit: it ends by itself after so many: the load is bounded whatever becomes of the test.
  init(_ stage: Stage, rate: Int, limit: Int = 400_000) throws {
    let recorded = try stage.rows(of: .recording)
    Foundation.Thread.detachNewThread { [self] in
      do {
        try feed(recorded, stage, rate: rate, limit: limit)
      } catch {
        state.withLock { $0.failure = error }
      }
      state.withLock { $0.isDone = true }
    }
  }

  deinit { state.withLock { $0.isStopping = true } }

  /// How many rows were handed to the producer so far.
  var count: Int { state.withLock { $0.rows.count } }

  /// Ends the stream.
  ///
  /// - Returns: all rows that stand in the input topics, with their offsets.
  func stop() async throws -> [InputRow] {
    state.withLock { $0.isStopping = true }
    try await eventually("the end of the stream", within: .seconds(120)) { state.withLock { $0.isDone } }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      return state.rows
    }
  }

  private func feed(_ recorded: [InputRow], _ stage: Stage, rate: Int, limit: Int) throws {
    var properties = stage.feederProperties
    // Brokers go and come back meanwhile; what is fed arrives once and in order.
    properties["message.timeout.ms"] = "0"
    properties["linger.ms"] = "20"
    properties["reconnect.backoff.max.ms"] = "1000"
    let producer = try Producer(properties: properties, observer: SilentObserver())
    var next: [TopicPartition: Int64] = [:]
    var failure: KafkaErrorCode?
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let began = MonotonicClock.milliseconds()
    var count = 0
    while count < limit, failure == nil, !state.withLock({ $0.isStopping }) {
      let due = Int(MonotonicClock.milliseconds() - began) * rate / 1000
      guard count < due else {
        producer.poll(timeoutMilliseconds: 5) { failure = failure ?? $0.error }
        continue
      }
      var row = recorded[count % recorded.count]
      let place = TopicPartition(topic: row.topic, partition: row.partition)
      row.offset = next[place, default: 0]
      let topic = try producer.topic(named: row.topic)
      let code = row.payload.withUnsafeBytes {
        producer.produce(to: topic, partition: row.partition, value: $0, key: nothing, timestamp: 0, tag: 0)
      }
      if code == .queueFull {
        producer.poll(timeoutMilliseconds: 50) { failure = failure ?? $0.error }
        continue
      }
      if let code { throw KafkaError(code, operation: "feed \(row.topic)") }
      next[place] = row.offset + 1
      count += 1
      state.withLock { $0.rows.append(row) }
    }
    let isDone = producer.flush(timeoutMilliseconds: 90_000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "feed rows") }
    if !isDone { throw KafkaError(.timedOut, operation: "feed rows") }
  }
}
