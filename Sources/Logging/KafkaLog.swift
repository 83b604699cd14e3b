public import Kafka
internal import Runtime
internal import Synchronization

/// Puts what librdkafka says into the service's log.
public final class KafkaLog: ClientObserver {
  private let log: Log
  private let loginAdvice: String?
  private let policy = Mutex(ClientLogPolicy())
  private static let tokenSilence: Int64 = 60000

  /// An observer that writes to this log.
  ///
  /// - Parameter loginAdvice: what to say beside connections that fail, from time to time.
  public init(_ log: Log, loginAdvice: String? = nil) {
    self.log = log
    self.loginAdvice = loginAdvice
  }

  /// Warnings and errors at their level, once a minute each; the rest is for looking for a fault only.
  public func log(_ line: ClientLogLine) {
    log.write(line, policy.withLock { $0.decide(line, now: MonotonicClock.milliseconds()) })
  }

  /// librdkafka goes on trying unless the error is fatal, so this is a warning.
  public func failed(_ error: KafkaError) {
    // Each client says it, and again every 10 s.
    guard !error.isMissingToken || log.hint(error.reason, afterMilliseconds: Self.tokenSilence) != nil else { return }
    var level: Log.Level = error.remedy == .fatal ? .error : .warning
    if error.code.saysTopicIsMissing {
      // Of a topic that is read it comes each second, for as long as the topic is away.
      let line = ClientLogLine(severity: 4, facility: error.code.name, message: error.reason)
      level = policy.withLock { $0.decide(line, now: MonotonicClock.milliseconds()) }.level
    }
    if let loginAdvice, error.code.saysConnectionFailed, let hint = LoginAdvice.hint(loginAdvice, in: log) {
      log.log(level, "Kafka: \(error.reason)", [.code: error.code.name, .remedy: hint])
      return
    }
    log.log(level, "Kafka: \(error.reason)", [.code: error.code.name])
  }
}

extension KafkaErrorCode {
  /// Whether there is no connection. librdkafka tells refused credentials once, and then only that brokers are away.
  fileprivate var saysConnectionFailed: Bool {
    self == .authentication || self == .saslAuthenticationFailed || self == .transport || self == .allBrokersDown
  }
}
