package import Kafka
internal import Runtime

/// Asks questions that brokers may have to be asked twice, because they are changing their state.
///
/// The leader of a partition changes when a broker returns, and librdkafka asks the old one once more.
package struct PatientClient {
  private static let pauseMilliseconds = 200

  private let client: AdminClient
  private let timeoutMilliseconds: Int32

  /// - Parameter timeoutMilliseconds: how long brokers may be silent.
  package init(_ client: AdminClient, timeoutMilliseconds: Int32) {
    self.client = client
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Asks until there is an answer, or an error that does not pass.
  package func ask<Answer>(_ question: () throws(KafkaError) -> Answer) throws(KafkaError) -> Answer {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    while true {
      do {
        return try question()
      } catch {
        guard mayPass(error, deadline) else { throw error }
        learnLeaders()
      }
    }
  }

  /// The first and the next offset of partitions, or why they are unknown; temporary errors are retried.
  package func ends(of partitions: [TopicPartition]) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    var answers = client.watermarks(of: partitions, timeoutMilliseconds: timeoutMilliseconds)
    while true {
      let open = answers.compactMap { partition, answer -> TopicPartition? in
        guard case .failure(let error) = answer, mayPass(error, deadline) else { return nil }
        return partition
      }
      guard !open.isEmpty else { return answers }
      learnLeaders()
      answers.merge(client.watermarks(of: open, timeoutMilliseconds: timeoutMilliseconds)) { $1 }
    }
  }

  private func mayPass(_ error: KafkaError, _ deadline: Int64) -> Bool {
    error.remedy == .retry && !error.code.saysTopicIsMissing && MonotonicClock.milliseconds() < deadline
  }

  /// Metadata of everything tells a client the leaders; without an answer, the next question is what fails.
  private func learnLeaders() {
    Thread.sleep(milliseconds: Self.pauseMilliseconds)
    _ = try? client.describeCluster(timeoutMilliseconds: timeoutMilliseconds)
  }
}
