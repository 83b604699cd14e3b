import Foundation
import Kafka
import MetricRouter
import Runtime
import Synchronization
import TestSupport

/// Jobs whose samplers run: each second, every node of each job has a row of each row schema, with the time of now, until
/// it is told otherwise.
final class LiveRows: Sendable {
  private struct State {
    var producers: [String] = []
    var isStopping = false
    var isDone = false
    var failure: (any Error)?
  }

  static let schemas = ["loadavg", "meminfo"]

  private let state: Mutex<State>

  /// Starts.
  ///
  /// - Parameters:
  ///   - producers: `user:job:node`; the digits of a node are its component_id.
  ///   - partitions: of each input topic; each row goes to one at random, as LDMS stores them.
  init(_ stage: Stage, _ producers: [String], partitions: Int32) throws {
    state = Mutex(State(producers: producers))
    let maker = try RowMaker(stage)
    Foundation.Thread.detachNewThread { [self] in
      do {
        try feed(stage, maker, partitions)
      } catch {
        state.withLock { $0.failure = error }
      }
      state.withLock { $0.isDone = true }
    }
  }

  deinit { state.withLock { $0.isStopping = true } }

  /// The samplers that run from now on.
  func set(_ producers: [String]) { state.withLock { $0.producers = producers } }

  /// Ends all of them, and waits until their last rows are stored.
  func stop() async throws {
    state.withLock { $0.isStopping = true }
    try await eventually("the end of the rows", within: .seconds(20)) { state.withLock { $0.isDone } }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func feed(_ stage: Stage, _ maker: RowMaker, _ partitions: Int32) throws {
    var properties = stage.feederProperties
    properties["linger.ms"] = "5"
    let producer = try Producer(properties: properties, observer: SilentObserver())
    var failure: KafkaErrorCode?
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    var next = MonotonicClock.milliseconds()
    while failure == nil, !state.withLock({ $0.isStopping }) {
      next += 1000
      let now = Int64(Date.now.timeIntervalSince1970 * 1000)
      for name in state.withLock({ $0.producers }) {
        for schema in Self.schemas {
          let component = Int(name.split(separator: ":").last?.filter(\.isNumber) ?? "") ?? 1
          let row = try maker.row(schema, name, component: component, at: now, partition: .random(in: 0..<partitions))
          let topic = try producer.topic(named: row.topic)
          let code = row.payload.withUnsafeBytes {
            producer.produce(to: topic, partition: row.partition, value: $0, key: nothing, timestamp: 0, tag: 0)
          }
          if let code { throw KafkaError(code, operation: "feed \(row.topic)") }
        }
      }
      while MonotonicClock.milliseconds() < next, !state.withLock({ $0.isStopping }) {
        producer.poll(timeoutMilliseconds: 20) { failure = failure ?? $0.error }
      }
    }
    let isDone = producer.flush(timeoutMilliseconds: 10_000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "feed rows") }
    if !isDone { throw KafkaError(.timedOut, operation: "feed rows") }
  }
}
