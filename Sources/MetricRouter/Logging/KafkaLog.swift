public import Kafka

/// Puts what librdkafka says into the service's log.
public final class KafkaLog: ClientObserver {
  private let log: Log

  /// An observer that writes to this log.
  public init(_ log: Log) {
    self.log = log
  }

  /// For looking for a fault only: what lasts comes through `failed` as well, and the rest mends itself.
  public func log(_ line: ClientLogLine) {
    log.debug("librdkafka: \(line.message)", [.facility: line.facility])
  }

  /// librdkafka goes on trying unless the error is fatal, so this is a warning.
  public func failed(_ error: KafkaError) {
    log.log(
      error.remedy == .fatal ? .error : .warning, "Kafka: \(error.reason)", [.code: error.code.name])
  }
}
