internal import Kafka
internal import Synchronization

/// Remembers the errors that librdkafka reports outside of calls: with wrong credentials, a call only times out.
final class NotedErrors: ClientObserver {
  private let refusal = Mutex<KafkaError?>(nil)

  /// The last error that waiting does not mend.
  var refused: KafkaError? { refusal.withLock { $0 } }

  func log(_ line: ClientLogLine) {}

  func failed(_ error: KafkaError) {
    guard error.remedy != .retry else { return }
    refusal.withLock { $0 = error }
  }
}
