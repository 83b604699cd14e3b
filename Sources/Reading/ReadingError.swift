package import Kafka

/// An error of a command that reads whole partitions, one of whose cases is an error of Kafka's.
package protocol ReadingError: Error {
  /// A call to Kafka failed, or the brokers do not answer.
  static func kafka(_ error: KafkaError) -> Self
}

extension ReadingError {
  /// Calls Kafka, and turns its error into one of this type.
  package static func asking<Answer>(_ question: () throws(KafkaError) -> Answer) throws(Self) -> Answer {
    do {
      return try question()
    } catch {
      throw .kafka(error)
    }
  }
}
