import Kafka
import Synchronization

/// Keeps what a client says.
final class NotingObserver: ClientObserver {
  private let kept = Mutex<(lines: [ClientLogLine], errors: [KafkaError])>(([], []))

  var lines: [ClientLogLine] { kept.withLock { $0.lines } }
  var errors: [KafkaError] { kept.withLock { $0.errors } }

  func log(_ line: ClientLogLine) { kept.withLock { $0.lines.append(line) } }
  func failed(_ error: KafkaError) { kept.withLock { $0.errors.append(error) } }
}
