public import Kafka
internal import Reading

/// Why dead letters cannot be resent.
public enum RedriveError: Error, Sendable {
  /// A call to Kafka failed, or the brokers do not answer.
  case kafka(KafkaError)
  /// The redrive was told to stop.
  case stopped
  /// A topic that every router creates when it starts does not exist.
  case noTopic(String)
  /// The request names a time, and the brokers cannot find rows by time.
  case noTimes
}

extension RedriveError: ReadingError {}
