internal import Kafka
internal import Synchronization

/// Keeps what librdkafka says beside its answers: why it cannot connect or log in.
final class TailObserver: ClientObserver {
  private struct Heard {
    var refusal: KafkaError?
    var outage: KafkaError?
    var areAllBrokersDown = false
  }
  private let heard = Mutex(Heard())

  /// The rejection of the login, or of a permission: waiting does not help.
  var refusal: KafkaError? { heard.withLock { $0.refusal } }

  /// Why a broker could not be reached.
  var outage: KafkaError? { heard.withLock { $0.outage } }

  /// Whether all brokers went away since this was last asked.
  func takeAllBrokersDown() -> Bool {
    heard.withLock { heard in
      defer { heard.areAllBrokersDown = false }
      return heard.areAllBrokersDown
    }
  }

  func log(_ line: ClientLogLine) {}

  func failed(_ error: KafkaError) {
    heard.withLock { heard in
      switch error.code {
      case .authentication, .saslAuthenticationFailed, .topicAuthorizationFailed, .groupAuthorizationFailed,
        .clusterAuthorizationFailed:
        heard.refusal = error
      case .allBrokersDown: heard.areAllBrokersDown = true
      default: heard.outage = error
      }
    }
  }
}
