internal import Kafka
internal import Reading

/// Asking brokers that may be on the way from one state to another.
extension Auditor {
  /// Asks until there is an answer, or an error that does not pass, for as long as brokers may be silent.
  func patiently<Answer>(_ question: () throws(KafkaError) -> Answer) throws(AuditError) -> Answer {
    do {
      return try PatientClient(client, timeoutMilliseconds: timeoutMilliseconds).ask(question)
    } catch {
      throw .kafka(error)
    }
  }

  /// The first and the next offset of partitions, or why they cannot be had; what may pass is asked for again.
  func ends(
    of partitions: [TopicPartition], from asked: AdminClient? = nil
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    PatientClient(asked ?? client, timeoutMilliseconds: timeoutMilliseconds).ends(of: partitions)
  }
}
