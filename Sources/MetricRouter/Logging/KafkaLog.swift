public import Kafka

/// Puts what librdkafka says into the service's log.
public final class KafkaLog: ClientObserver {
  private let log: Log
  private let loginAdvice: String?

  /// An observer that writes to this log.
  ///
  /// - Parameter loginAdvice: what to say beside refused credentials.
  public init(_ log: Log, loginAdvice: String? = nil) {
    self.log = log
    self.loginAdvice = loginAdvice
  }

  /// For looking for a fault only: what lasts comes through `failed` as well, and the rest mends itself.
  public func log(_ line: ClientLogLine) {
    log.debug("librdkafka: \(line.message)", [.facility: line.facility])
  }

  /// librdkafka goes on trying unless the error is fatal, so this is a warning.
  public func failed(_ error: KafkaError) {
    let isRefused = error.code == .authentication || error.code == .saslAuthenticationFailed
    if isRefused, let loginAdvice {
      log.warning("Kafka: \(error.reason)", [.code: error.code.name, .remedy: loginAdvice])
      return
    }
    log.log(
      error.remedy == .fatal ? .error : .warning, "Kafka: \(error.reason)", [.code: error.code.name])
  }
}
