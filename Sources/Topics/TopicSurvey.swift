public import Kafka

/// Asks a cluster for the topics that a plan is about.
public struct TopicSurvey {
  /// Topics in one request.
  package static let batchSize = 500

  /// All topics that this client may see.
  public let cluster: ClusterDescription
  /// The topics that the plan is about, with their settings if they may be seen.
  public let topics: [ExistingTopic]
  /// Why settings could not be seen, the first of the reasons.
  public let refusal: KafkaError?

  /// Asks.
  ///
  /// - Parameters:
  ///   - isWanted: which topics the plan is about.
  ///   - progress: called with the number of topics described so far and of all.
  /// - Throws: where the brokers do not answer, or cannot describe topics at all.
  public init(
    _ client: AdminClient, cluster: ClusterDescription, timeoutMilliseconds: Int32, isWanted: (String) -> Bool,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws(KafkaError) {
    self.cluster = cluster
    let wanted = cluster.topics.values.filter { isWanted($0.name) }.sorted { $0.name < $1.name }
    var topics: [ExistingTopic] = []
    var refusal: KafkaError?
    for start in stride(from: 0, to: wanted.count, by: Self.batchSize) {
      progress(start, wanted.count)
      let batch = wanted[start..<min(start + Self.batchSize, wanted.count)]
      let answers = try client.describeSettings(
        ofTopics: batch.map(\.name), timeoutMilliseconds: timeoutMilliseconds)
      for topic in batch {
        var existing = ExistingTopic(
          topic.name, partitions: Int(topic.partitionCount), replication: Int(topic.replication))
        switch answers[topic.name] {
        // A topic that was deleted in the meantime does not matter.
        case .failure(let error)? where error.code == .unknownTopicOrPartition: continue
        case .failure(let error)?: refusal = refusal ?? error
        case .success(let settings)?:
          existing.settings = Dictionary(
            settings.map { ($0.name, ExistingTopic.Setting($0.value, isSetOnTopic: $0.isSetOnTopic)) }
          ) { first, _ in first }
        case nil: break
        }
        topics.append(existing)
      }
    }
    self.topics = topics
    self.refusal = refusal
  }
}
