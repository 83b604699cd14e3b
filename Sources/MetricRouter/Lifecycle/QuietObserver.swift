internal import Kafka
internal import Runtime
internal import Synchronization

/// For clients beside the router's own, which say already that brokers are away.
final class QuietObserver: ClientObserver {
  private let log: Log
  private let policy = Mutex(ClientLogPolicy())

  init(_ log: Log) {
    self.log = log
  }

  func log(_ line: ClientLogLine) {
    log.write(line, policy.withLock { $0.decide(line, now: MonotonicClock.milliseconds()) })
  }

  func failed(_ error: KafkaError) {
    log.debug("Kafka, for topics of ended jobs: \(error.reason)", [.code: error.code.name])
  }
}
