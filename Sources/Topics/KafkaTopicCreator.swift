public import Kafka
internal import Runtime

/// Makes topics on a real cluster, by the administration requests of the Kafka protocol.
///
/// @unchecked Sendable: the client is used by one thread at a time, the topic maker's.
public final class KafkaTopicCreator: TopicCreating, @unchecked Sendable {
  private let client: AdminClient
  private let timeoutMilliseconds: Int32
  /// Asks whether topics may be written, where that has to be known beforehand.
  private let probe: WriteProbe?

  /// Above this number of topics to look up, one question about all topics is cheaper than one for each.
  private static let lookUpLimit = 50

  /// A creator with a client of its own.
  ///
  /// - Parameter verifiesWriting: a topic that may not be written counts as refused. In a transaction a refused topic
  ///   would cost everybody's rows a second pass, and librdkafka does not say which one it was.
  public init(
    properties: ClientProperties, observer: any ClientObserver, verifiesWriting: Bool = false,
    timeoutMilliseconds: Int32 = 5000
  ) throws(KafkaError) {
    probe = verifiesWriting ? WriteProbe(properties: properties, observer: observer) : nil
    client = try AdminClient(properties: properties, observer: observer)
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Creates what is missing, and asks about what is there.
  public func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    var toLookUp: [String] = []
    do {
      // It may be another than the last time.
      try client.refreshController(timeoutMilliseconds: timeoutMilliseconds)
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
    verify(&results)
    return results
  }

  /// All topics that this client may see.
  public func existingTopics() throws(KafkaError) -> [String: Int32]? {
    // One without partitions is so new that it is not described yet.
    try client.describeCluster(timeoutMilliseconds: timeoutMilliseconds).topics.mapValues(\.partitionCount)
  }

  private static let questionMilliseconds: Int32 = 1000
  /// Leaders are asked about more topics than these: few cost the brokers little, and their rows should come soon.
  private static let fewTopics = 20
  /// librdkafka asks a leader that has not made the log again and again until this time has passed.
  private static let leaderMilliseconds: Int32 = 300

  /// Asks a broker whether it knows the sample, and then, where there are many, the leaders of all of them. A topic that they will not tell of is for others
  /// to find out about.
  ///
  /// A broker describes a topic before it has made the log. Rows that come then are refused and sent again, ten times a second for
  /// each topic, which takes the time in which it could make the others.
  public func areKnown(_ topics: [String], sample: String) -> Bool {
    do {
      let description = try client.describeTopic(sample, timeoutMilliseconds: Self.questionMilliseconds)
      guard let description, description.partitionCount > 0 else { return false }
    } catch {
      guard error.remedy != .retry else { return false }
    }
    guard topics.count > Self.fewTopics else { return true }
    let partitions = topics.map { TopicPartition(topic: $0, partition: 0) }
    return client.nextOffsets(of: partitions, timeoutMilliseconds: Self.leaderMilliseconds).allSatisfy {
      guard case .failure(let error) = $0.value else { return true }
      return error.remedy != .retry || error.code.saysTopicIsMissing
    }
  }

  /// Asks whether they may be written, where that has to be known beforehand.
  public func accept(_ topics: [NewTopic], partitions: [String: Int32]) -> [String: Result<Int32, KafkaError>] {
    var results: [String: Result<Int32, KafkaError>] = [:]
    for topic in topics {
      results[topic.name] = answer(topic.name, partitions[topic.name])
    }
    verify(&results)
    return results
  }

  /// How many topics are probed at a time.
  private static let probeLimit = 200
  /// How long topics are probed, in milliseconds; callers ask again for the rest.
  private static let probeMilliseconds: Int64 = 8000

  private func verify(_ results: inout [String: Result<Int32, KafkaError>]) {
    guard let probe else { return }
    let made = results.compactMap { name, result in (try? result.get()) == nil ? nil : name }
    let deadline = MonotonicClock.milliseconds() + Self.probeMilliseconds
    for start in stride(from: 0, to: made.count, by: Self.probeLimit) {
      let portion = Array(made[start..<min(start + Self.probeLimit, made.count)])
      guard MonotonicClock.milliseconds() < deadline else {
        for name in portion { results[name] = .failure(KafkaError(.timedOut, operation: "write to topic \"\(name)\"")) }
        continue
      }
      for (name, refusal) in probe.refusals(of: portion, timeoutMilliseconds: timeoutMilliseconds) {
        // A topic that is only new to the brokers will be there soon.
        let error = refusal.code.saysTopicIsMissing ? KafkaError(.timedOut, operation: refusal.operation) : refusal
        results[name] = .failure(error)
      }
    }
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
        results[name] = answer(name, description?.partitionCount)
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
  private func answer(_ name: String, _ partitionCount: Int32?) -> Result<Int32, KafkaError> {
    if let partitionCount, partitionCount > 0 { return .success(partitionCount) }
    return .failure(KafkaError(.timedOut, operation: "describe topic \"\(name)\"", reason: "it is not known yet"))
  }
}
