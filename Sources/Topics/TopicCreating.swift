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

  /// The partitions of all topics that are there.
  ///
  /// - Returns: `nil` where nobody can be asked.
  func existingTopics() throws(KafkaError) -> [String: Int32]?

  /// Does for topics that exist what `ensure` does beside creating and describing them.
  ///
  /// - Parameter partitions: of each of them, as `existingTopics` has told.
  /// - Returns: the same as `ensure`.
  func accept(_ topics: [NewTopic], partitions: [String: Int32]) -> [String: Result<Int32, KafkaError>]

  /// Whether the brokers take rows for topics that one call of `ensure` has created: they may need a moment.
  ///
  /// - Parameter sample: one of them. As long as this one is not known, nothing need be asked about the others.
  func areKnown(_ topics: [String], sample: String) -> Bool
}

extension TopicCreating {
  /// Nobody can be asked.
  public func existingTopics() throws(KafkaError) -> [String: Int32]? { nil }

  /// There is nothing else to be done.
  public func accept(_ topics: [NewTopic], partitions: [String: Int32]) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    for topic in topics { results[topic.name] = partitions[topic.name].map { .success($0) } }
    return results
  }

  /// What has been created is known at once.
  public func areKnown(_ topics: [String], sample: String) -> Bool { true }
}
