import Foundation
import Kafka
import MetricRouter
import Runtime
import Synchronization
import TestSupport

/// Plays rows at the pace of their times, or faster, on a thread of its own, as an aggregator stores them.
final class RowPlayer: Sendable {
  private struct State {
    var isDone = false
    var isStopping = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  /// Starts.
  ///
  /// - Parameters:
  ///   - rows: in the order of their times.
  ///   - speed: how many times faster than they were recorded.
  init(_ stage: Stage, _ rows: [InputRow], speed: Double) {
    Foundation.Thread.detachNewThread { [self] in
      do {
        try play(stage, rows, speed)
      } catch {
        state.withLock { $0.failure = error }
      }
      state.withLock { $0.isDone = true }
    }
  }

  deinit { state.withLock { $0.isStopping = true } }

  /// Waits until the last row is stored.
  func finish(within allowed: Duration = .seconds(40)) async throws {
    try await eventually("the last row", within: allowed) { state.withLock { $0.isDone } }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func play(_ stage: Stage, _ rows: [InputRow], _ speed: Double) throws {
    guard let first = rows.first?.timestamp else { return }
    var properties = stage.feederProperties
    properties["linger.ms"] = "5"
    let producer = try Producer(properties: properties, observer: SilentObserver())
    var failure: KafkaErrorCode?
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let began = MonotonicClock.milliseconds()
    for row in rows where failure == nil && !state.withLock({ $0.isStopping }) {
      let due = began + Int64(Double(row.timestamp - first) / speed)
      while MonotonicClock.milliseconds() < due {
        producer.poll(timeoutMilliseconds: 5) { failure = failure ?? $0.error }
      }
      let topic = try producer.topic(named: row.topic)
      let code = row.payload.withUnsafeBytes {
        producer.produce(to: topic, partition: row.partition, value: $0, key: nothing, timestamp: 0, tag: 0)
      }
      if let code { throw KafkaError(code, operation: "play \(row.topic)") }
    }
    let isDone = producer.flush(timeoutMilliseconds: 20_000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "play rows") }
    if !isDone { throw KafkaError(.timedOut, operation: "play rows") }
  }
}
