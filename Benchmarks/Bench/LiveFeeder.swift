internal import Foundation
internal import Kafka
import Runtime
internal import Synchronization
internal import TestSupport

/// Stores rows as samplers do that all fire in the same moment: so many rows in the first fifth of each second.
final class LiveFeeder: Sendable {
  /// What was stored.
  struct Fed: Sendable {
    /// By input topic, when each row was produced, by the monotonic clock in milliseconds, in the order of offsets.
    var times: [String: [Int64]] = [:]
    /// When the window began in which rows are measured: those before are for warming up.
    var windowBegan: Int64 = 0
    /// When the last second was over.
    var ended: Int64 = 0
  }

  private static let burstMilliseconds: Int64 = 200

  private struct State {
    var windowBegan: Int64?
    var outcome: Result<Fed, any Error>?
  }

  private let state = Mutex(State())

  /// Starts, on a thread of its own.
  ///
  /// - Parameters:
  ///   - rate: rows a second.
  ///   - warmUp: seconds before the window.
  ///   - window: seconds in which rows are measured.
  init(_ workload: Workload, bootstrap: String, rate: Int, warmUp: Int, window: Int) {
    Foundation.Thread.detachNewThread { [self] in
      let outcome = Result {
        try feed(workload, bootstrap: bootstrap, rate: rate, warmUp: warmUp, seconds: warmUp + window)
      }
      state.withLock { $0.outcome = outcome }
    }
  }

  /// Whether the window has begun.
  var hasWarmedUp: Bool { state.withLock { $0.windowBegan != nil } }

  /// What was stored, once it is all stored; throws what went wrong.
  var fed: Fed? { get throws { try state.withLock { try $0.outcome?.get() } } }

  private func feed(_ workload: Workload, bootstrap: String, rate: Int, warmUp: Int, seconds: Int) throws -> Fed {
    let producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": bootstrap, "linger.ms": "5"]), observer: SilentObserver())
    var topics: [String: ProducerTopic] = [:]
    for name in workload.topics.inputs { topics[name] = try producer.topic(named: name) }
    var fed = Fed()
    var failure: KafkaErrorCode?
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    let began = MonotonicClock.milliseconds()
    fed.windowBegan = began + Int64(warmUp) * 1000
    var count = 0
    try workload.forEachRow(rate * seconds) { name, payload in
      guard let topic = topics[name] else { return }
      let due = began + Int64(count / rate) * 1000 + Int64(count % rate) * Self.burstMilliseconds / Int64(rate)
      count += 1
      while case let now = MonotonicClock.milliseconds(), now < due {
        if now >= fed.windowBegan { state.withLock { $0.windowBegan = now } }
        producer.poll(timeoutMilliseconds: Int32(min(due - now, 20))) { failure = failure ?? $0.error }
      }
      fed.times[name, default: []].append(MonotonicClock.milliseconds())
      let code = payload.withUnsafeBytes {
        producer.produce(to: topic, partition: 0, value: $0, key: key, timestamp: 0, tag: 0)
      }
      if let failed = code ?? failure { throw KafkaError(failed, operation: "store a row") }
    }
    while case let left = began + Int64(seconds) * 1000 - MonotonicClock.milliseconds(), left > 0 {
      producer.poll(timeoutMilliseconds: Int32(min(left, 20))) { failure = failure ?? $0.error }
    }
    fed.ended = MonotonicClock.milliseconds()
    guard producer.flush(timeoutMilliseconds: 60_000, { failure = failure ?? $0.error }), failure == nil else {
      throw BenchError("the rows were not stored")
    }
    return fed
  }
}
