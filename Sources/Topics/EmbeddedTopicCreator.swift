public import Kafka

/// Makes topics on the embedded broker, which cannot be asked over the wire.
public final class EmbeddedTopicCreator: TopicCreating {
  private let broker: EmbeddedBroker

  /// A creator for this broker.
  public init(_ broker: EmbeddedBroker) {
    self.broker = broker
  }

  /// The embedded broker takes any name, and answers at once; a topic that is there already is a success.
  public func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    for topic in topics {
      let partitions = topic.partitions ?? 4
      do {
        try broker.createTopic(topic.name, partitions: partitions)
        results[topic.name] = .success(partitions)
      } catch  where error.code == .topicAlreadyExists {
        results[topic.name] = .success(partitions)
      } catch {
        results[topic.name] = .failure(error)
      }
    }
    return results
  }
}
