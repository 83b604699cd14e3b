public import Kafka

/// Why an audit cannot be made.
public enum AuditError: Error, Sendable {
  /// Kafka refuses something, or does not answer.
  case kafka(KafkaError)
  /// The audit was told to stop.
  case stopped
  /// None of the input topics is there.
  case noInputs([String])
  /// An input partition was asked for that does not exist.
  /// - Parameters:
  ///   - partitionCount: how many its topic has; `nil` where that is no input topic.
  case unknownPartition(TopicPartition, partitionCount: Int32?)
  /// The router's group has committed nothing, so there is nothing that it has routed.
  case nothingCommitted(group: String)
  /// More rows than memory is meant for.
  case tooManyRows(Int64, limit: Int64)
  /// The dead-letter topic does not exist, which a router makes before anything else.
  case noDeadLetterTopic(String)
  /// A transaction that does not end keeps readers from what lies behind it.
  case heldUp(TopicPartition)
  /// Times were asked for, and the brokers know of none.
  case noTimes
}
