internal import KafkaC
internal import Runtime
internal import Synchronization

/// Has a producer send what it has, on a thread of its own.
///
/// @unchecked Sendable: librdkafka's functions may be called from any thread, and nothing else of the client is used.
final class ProducerFlushing: @unchecked Sendable {
  private let client: Client
  private let isRunning = Atomic(false)

  init(_ client: Client) {
    self.client = client
  }

  func start(timeoutMilliseconds: Int32) {
    guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let hasThread = Thread.startIfPossible {
      rd_kafka_flush(self.client.handle, timeoutMilliseconds)
      self.isRunning.store(false, ordering: .releasing)
    }
    if !hasThread { isRunning.store(false, ordering: .releasing) }
  }
}

extension Producer {
  /// Sends what is queued without waiting for `linger.ms`, for up to this time or until everything is answered. Does not block: reports
  /// have to be taken by `poll` meanwhile. Does nothing while an earlier call is at work.
  public func startFlushing(timeoutMilliseconds: Int32) {
    guard unansweredCount > 0 else { return }
    flushing.start(timeoutMilliseconds: timeoutMilliseconds)
  }
}
