import Kafka
import MetricRouter
import Synchronization
import TestSupport
import Topics

/// Makes topics as another creator does, but for some that it is told about.
final class FaultyCreator: TopicCreating {
  enum Fault: Sendable {
    /// The call blocks until the gate is open.
    case blocked(Gate)
    /// The brokers refuse it.
    case refused(KafkaErrorCode)
    /// It cannot be made until the gate is open.
    case unavailable(Gate)
  }

  private let creator: any TopicCreating
  private let fault: @Sendable (String) -> Fault?
  private let asked = Mutex<Set<String>>([])

  init(_ creator: any TopicCreating, _ fault: @escaping @Sendable (_ topic: String) -> Fault?) {
    self.creator = creator
    self.fault = fault
  }

  func wasAsked(for topic: String) -> Bool { asked.withLock { $0.contains(topic) } }

  func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    asked.withLock { $0.formUnion(topics.map(\.name)) }
    return withFaults(topics) { creator.ensure($0) }
  }

  func accept(_ topics: [NewTopic], partitions: [String: Int32]) -> [String: Result<Int32, KafkaError>] {
    withFaults(topics) { creator.accept($0, partitions: partitions) }
  }

  func existingTopics() throws(KafkaError) -> [String: Int32]? { try creator.existingTopics() }

  func areKnown(_ topics: [String], sample: String) -> Bool { creator.areKnown(topics, sample: sample) }

  private func withFaults(
    _ topics: [NewTopic], _ prepare: ([NewTopic]) -> [String: Result<Int32, KafkaError>]
  ) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    var good: [NewTopic] = []
    for topic in topics {
      switch fault(topic.name) {
      case .blocked(let gate):
        gate.wait()
        good.append(topic)
      case .refused(let code):
        results[topic.name] = .failure(KafkaError(code, operation: "create topic \"\(topic.name)\""))
      case .unavailable(let gate) where !gate.isOpened:
        results[topic.name] = .failure(KafkaError(.timedOut, operation: "create topic \"\(topic.name)\""))
      case .unavailable, nil:
        good.append(topic)
      }
    }
    results.merge(prepare(good)) { $1 }
    return results
  }
}
