internal import Kafka
internal import Synchronization

/// Keeps what librdkafka says about connections that fail, for the error message that somebody reads.
///
/// Called from librdkafka's threads and from the checking one.
final class ConnectionNotes: ClientObserver {
  private struct Notes {
    var reasons: [String] = []
    var isRefused = false
    var hasNoToken = false
    var areAllDown = false
    var hasProducerID = false
    var producerFailure: KafkaError?
  }

  private let notes = Mutex(Notes())
  /// How many different reasons are kept: there are as many as brokers.
  private static let mostReasons = 8

  func log(_ line: ClientLogLine) {
    // What `debug=eos` says when InitProducerId was answered (`rd_kafka_idemp_pid_update`).
    if line.message.contains("Acquired new PID") || line.message.contains("Acquired PID") {
      notes.withLock { $0.hasProducerID = true }
    }
  }

  func failed(_ error: KafkaError) {
    notes.withLock { notes in
      switch error.code {
      case .authentication where error.isMissingToken: notes.hasNoToken = true
      case .authentication, .saslAuthenticationFailed: notes.isRefused = true
      case .allBrokersDown:
        notes.areAllDown = true
        // It names no broker.
        return
      default: break
      }
      if error.remedy == .fatal || error.code == .clusterAuthorizationFailed { notes.producerFailure = error }
      // What follows says how often it was so, and would make each look new.
      let reason = error.reason.split(separator: " (after ", maxSplits: 1).first.map { String($0) } ?? error.reason
      if notes.reasons.count < Self.mostReasons, !notes.reasons.contains(reason) { notes.reasons.append(reason) }
    }
  }

  /// librdkafka's words on failed connections; each names the broker's address.
  var reasons: [String] { notes.withLock { $0.reasons } }
  /// Whether the credentials were rejected.
  var isRefused: Bool { notes.withLock { $0.isRefused } }
  /// Whether there is no token to log in with.
  var hasNoToken: Bool { notes.withLock { $0.hasNoToken } }
  /// Whether every address was tried, and none answered.
  var areAllDown: Bool { notes.withLock { $0.areAllDown } }
  /// Whether a producer was given its id.
  var hasProducerID: Bool { notes.withLock { $0.hasProducerID } }
  /// The reason why a producer got no id.
  var producerFailure: KafkaError? { notes.withLock { $0.producerFailure } }
}
