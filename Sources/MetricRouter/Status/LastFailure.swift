internal import Kafka
internal import Logging
internal import Synchronization

/// Keeps why a client last failed to reach a broker, for whoever has to say it.
final class LastFailure: ClientObserver {
  private let log: Log
  private let latest = Mutex<String?>(nil)

  init(_ log: Log) {
    self.log = log
  }

  /// librdkafka's words; `nil` where nothing has failed.
  var reason: String? { latest.withLock { $0 } }

  /// A broker answered: what went wrong before no longer counts.
  func forget() { latest.withLock { $0 = nil } }

  func log(_ line: ClientLogLine) {
    log.debug("librdkafka: \(line.message)", [.facility: line.facility])
  }

  func failed(_ error: KafkaError) {
    // That all are down says less than why one of them is.
    guard error.code != .allBrokersDown || reason == nil else { return }
    latest.withLock { $0 = error.reason }
  }
}
