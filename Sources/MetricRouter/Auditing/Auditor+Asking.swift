internal import Kafka
internal import Runtime

/// Asking brokers that may be on the way from one state to another.
extension Auditor {
  private static let pauseMilliseconds = 200

  /// Asks until there is an answer, or an error that does not pass, for as long as brokers may be silent.
  ///
  /// A partition's leader changes when a broker comes back, and librdkafka asks the old one once more.
  func patiently<Answer>(_ question: () throws(KafkaError) -> Answer) throws(AuditError) -> Answer {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    while true {
      do {
        return try question()
      } catch {
        guard mayPass(error, deadline) else { throw .kafka(error) }
        learnLeaders()
      }
    }
  }

  /// The first and the next offset of partitions, or why they cannot be had; what may pass is asked for again.
  func ends(
    of partitions: [TopicPartition], from asked: AdminClient? = nil
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    let asked = asked ?? client
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    var answers = asked.watermarks(of: partitions, timeoutMilliseconds: timeoutMilliseconds)
    while true {
      let open = answers.compactMap { partition, answer -> TopicPartition? in
        guard case .failure(let error) = answer, mayPass(error, deadline) else { return nil }
        return partition
      }
      guard !open.isEmpty else { return answers }
      learnLeaders(asked)
      answers.merge(asked.watermarks(of: open, timeoutMilliseconds: timeoutMilliseconds)) { $1 }
    }
  }

  private func mayPass(_ error: KafkaError, _ deadline: Int64) -> Bool {
    error.remedy == .retry && !error.saysTopicIsMissing && MonotonicClock.milliseconds() < deadline
  }

  /// Metadata of everything tells a client the leaders; without an answer, the next question is what fails.
  private func learnLeaders(_ asked: AdminClient? = nil) {
    Thread.sleep(milliseconds: Self.pauseMilliseconds)
    _ = try? (asked ?? client).describeCluster(timeoutMilliseconds: timeoutMilliseconds)
  }
}
