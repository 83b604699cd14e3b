internal import Kafka

/// For clients beside the router's own, which say already what librdkafka says of its own accord.
final class QuietObserver: ClientObserver {
  private let log: Log

  init(_ log: Log) {
    self.log = log
  }

  func log(_ line: ClientLogLine) {
    log.debug("librdkafka: \(line.message)", [.facility: line.facility])
  }

  func failed(_ error: KafkaError) {
    log.debug("Kafka, for topics of ended jobs: \(error.reason)", [.code: error.code.name])
  }
}
