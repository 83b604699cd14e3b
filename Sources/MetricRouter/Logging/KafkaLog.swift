public import Kafka

/// Puts what librdkafka says into the service's log.
public final class KafkaLog: ClientObserver {
  private let log: Log

  /// An observer that writes to this log.
  public init(_ log: Log) {
    self.log = log
  }

  /// librdkafka's severities are syslog's. It goes on by itself after nearly everything that it calls an error, so each is
  /// taken down a step; what is lasting comes through `failed` or a call.
  public func log(_ line: ClientLogLine) {
    let level: Log.Level =
      switch line.severity {
      case ..<4: .warning
      case 4: .info
      default: .debug
      }
    log.log(level, "librdkafka: \(line.message)", [.facility: line.facility])
  }

  /// librdkafka goes on trying unless the error is fatal, so this is a warning.
  public func failed(_ error: KafkaError) {
    log.log(
      error.remedy == .fatal ? .error : .warning, "Kafka: \(error.reason)", [.code: error.code.name])
  }
}
