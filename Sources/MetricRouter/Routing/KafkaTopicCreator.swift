public import Kafka

/// Makes topics on a real cluster, by the administration requests of the Kafka protocol.
///
/// @unchecked Sendable: the client is used by one thread at a time, the topic maker's.
public final class KafkaTopicCreator: TopicCreating, @unchecked Sendable {
  private let client: AdminClient
  private let timeoutMilliseconds: Int32

  /// Above this number of topics to look up, one question about all topics is cheaper than one for each.
  private static let lookUpLimit = 50

  /// A creator with a client of its own.
  public init(
    properties: ClientProperties, observer: any ClientObserver, timeoutMilliseconds: Int32 = 10000
  ) throws(KafkaError) {
    client = try AdminClient(properties: properties, observer: observer)
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Creates what is missing, and asks about what is there.
  public func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    var toLookUp: [String] = []
    do {
      let outcomes = try client.createTopics(topics, timeoutMilliseconds: timeoutMilliseconds)
      for (topic, outcome) in zip(topics, outcomes) {
        switch (outcome.error, topic.partitions) {
        case (nil, let partitions?): results[topic.name] = .success(partitions)
        case (nil, nil): toLookUp.append(topic.name)
        case (let error?, _) where error.code == .topicAlreadyExists: toLookUp.append(topic.name)
        case (let error?, _): results[topic.name] = .failure(error)
        }
      }
    } catch {
      return Dictionary(topics.map { ($0.name, .failure(error)) }) { first, _ in first }
    }
    lookUp(toLookUp, into: &results)
    return results
  }

  private func lookUp(_ names: [String], into results: inout [String: Result<Int32, KafkaError>]) {
    var known: [String: TopicDescription] = [:]
    if names.count > Self.lookUpLimit {
      known = (try? client.describeCluster(timeoutMilliseconds: timeoutMilliseconds))?.topics ?? [:]
    }
    for (index, name) in names.enumerated() {
      do {
        var description = known[name]
        if description == nil {
          description = try client.describeTopic(name, timeoutMilliseconds: timeoutMilliseconds)
        }
        results[name] = answer(name, description)
      } catch {
        results[name] = .failure(error)
        guard error.remedy != .retry else {
          // Brokers that do not answer about one topic would let each of the others time out as well.
          for name in names[index...] { results[name] = .failure(error) }
          return
        }
      }
    }
  }

  /// A topic that exists but is not described yet is only new; the brokers will know it soon.
  private func answer(_ name: String, _ description: TopicDescription?) -> Result<Int32, KafkaError> {
    if let description, description.partitionCount > 0 { return .success(description.partitionCount) }
    return .failure(KafkaError(.timedOut, operation: "describe topic \"\(name)\"", reason: "it is not known yet"))
  }
}
