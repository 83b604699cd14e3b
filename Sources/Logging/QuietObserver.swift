package import Kafka
internal import Runtime
internal import Synchronization

/// An observer for clients beside the router's main clients, which already report that brokers are down.
package final class QuietObserver: ClientObserver {
  private let log: Log
  private let purpose: String
  private let policy = Mutex(ClientLogPolicy())

  /// An observer that writes to this log.
  ///
  /// - Parameter purpose: what these clients are for, as a line of the log names it.
  package init(_ log: Log, purpose: String) {
    self.log = log
    self.purpose = purpose
  }

  package func log(_ line: ClientLogLine) {
    log.write(line, policy.withLock { $0.decide(line, now: MonotonicClock.milliseconds()) })
  }

  package func failed(_ error: KafkaError) {
    log.debug("Kafka, for \(purpose): \(error.reason)", [.code: error.code.name])
  }
}
