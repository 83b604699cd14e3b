public import Kafka

/// Why dead letters cannot be sent on their way again.
public enum RedriveError: Error, Sendable {
  /// Kafka refuses something, or does not answer.
  case kafka(KafkaError)
  /// It was told to stop.
  case stopped
  /// A topic does not exist that every router makes when it starts.
  case noTopic(String)
  /// A time was asked for, and the brokers know of none.
  case noTimes
}
