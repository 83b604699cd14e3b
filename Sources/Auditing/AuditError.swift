public import Kafka
internal import Reading

/// Why an audit cannot be made.
public enum AuditError: Error, Sendable {
  /// A call to Kafka failed, or the brokers do not answer.
  case kafka(KafkaError)
  /// The audit was told to stop.
  case stopped
  /// None of the input topics exists.
  case noInputs([String])
  /// The request names an input partition that does not exist.
  ///
  /// - Parameter partitionCount: the number of partitions of its topic; `nil` if that is no input topic.
  case unknownPartition(TopicPartition, partitionCount: Int32?)
  /// The router's group has committed nothing, so it has routed nothing.
  case nothingCommitted(group: String)
  /// There are more rows than the request allows.
  case tooManyRows(Int64, limit: Int64)
  /// The dead-letter topic, which a router creates first, does not exist.
  case noDeadLetterTopic(String)
  /// A transaction that does not end hides the rows behind it from readers.
  case heldUp(TopicPartition)
  /// The request names times, and the brokers cannot find rows by time.
  case noTimes
}

extension AuditError: ReadingError {}
