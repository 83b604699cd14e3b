public import Kafka

/// Makes topics for the router, and tells how many partitions the existing ones have.
///
/// Called on a thread of its own, so it may block; it must come back within some ten seconds.
public protocol TopicCreating: AnyObject, Sendable {
  /// Ensures that the topics exist.
  ///
  /// - Returns: for each topic its number of partitions, or why it cannot be made. An error whose remedy is `retry`
  ///   leads to another call later.
  func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>]

  /// The names of all topics that are there.
  ///
  /// - Returns: `nil` where nobody can be asked.
  func existingTopics() throws(KafkaError) -> Set<String>?
}

extension TopicCreating {
  /// Nobody can be asked.
  public func existingTopics() throws(KafkaError) -> Set<String>? { nil }
}
