internal import KafkaC

/// A topic to be made.
public struct NewTopic: Sendable, Equatable {
  /// The name of the topic.
  public var name: String
  /// The number of partitions; `nil` for the broker's default.
  public var partitions: Int32?
  /// The number of replicas; `nil` for the broker's default.
  public var replication: Int32?
  /// The settings, as Kafka names them (`retention.ms`).
  public var settings: [String: String]

  /// A topic to be made.
  public init(name: String, partitions: Int32?, replication: Int32?, settings: [String: String] = [:]) {
    self.name = name
    self.partitions = partitions
    self.replication = replication
    self.settings = settings
  }
}

/// What became of one of several topics.
public struct TopicOutcome: Sendable, Equatable {
  /// The topic's name.
  public var topic: String
  /// `nil` when it was done.
  public var error: KafkaError?
}

/// A setting of a topic as the broker sees it.
public struct TopicSetting: Sendable, Equatable {
  /// The name of the setting, such as `retention.ms`.
  public var name: String
  /// The value of the setting; `nil` if the broker does not report it.
  public var value: String?
  /// Whether it was set for this topic, rather than being a default of the broker or of Kafka.
  public var isSetOnTopic: Bool
}

/// Topics: make, delete, settings, partitions.
extension AdminClient {
  /// Makes topics; a hundred at once cost little more than one.
  ///
  /// - Parameter validateOnly: only asks whether it could be done.
  /// - Returns: the outcome of each, in the order of `topics`.
  public func createTopics(
    _ topics: [NewTopic], validateOnly: Bool = false, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicOutcome] {
    var requests: [OpaquePointer?] = []
    defer { for request in requests { rd_kafka_NewTopic_destroy(request) } }
    var refused: [String: KafkaError] = [:]
    for topic in topics {
      let operation = "create topic \"\(topic.name)\""
      do throws(KafkaError) {
        try checkName(topic.name, operation)
        for (name, value) in topic.settings { try checkName(name + value, operation) }
      } catch {
        refused[topic.name] = error
        continue
      }
      var request: OpaquePointer?
      let reason = withErrorText { text, size in
        // Below zero librdkafka takes the broker's default, both for partitions and for replicas.
        request = rd_kafka_NewTopic_new(topic.name, topic.partitions ?? -1, topic.replication ?? -1, text, size)
        return request != nil
      }
      guard let request else {
        refused[topic.name] = KafkaError(.invalidArgument, operation: operation, reason: reason)
        continue
      }
      for (name, value) in topic.settings.sorted(by: { $0.key < $1.key }) {
        rd_kafka_NewTopic_set_config(request, name, value)
      }
      requests.append(request)
    }
    var outcomes: [String: KafkaError?] = [:]
    if !requests.isEmpty {
      outcomes = try perform(
        "create topics", kind: RD_KAFKA_ADMIN_OP_CREATETOPICS, timeoutMilliseconds: timeoutMilliseconds,
        validateOnly: validateOnly,
        send: { rd_kafka_CreateTopics(client.handle, &requests, requests.count, $0, $1) },
        read: { event in
          var count = 0
          let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
          return topicErrors(results, count) { "create topic \"\($0)\"" }
        })
    }
    return topics.map { topic in
      let missing = KafkaError(.timedOut, operation: "create topic \"\(topic.name)\"", reason: "no answer for it")
      return TopicOutcome(topic: topic.name, error: refused[topic.name] ?? outcomes[topic.name, default: missing])
    }
  }

  /// Deletes topics.
  ///
  /// - Returns: the outcome of each, in the order of `names`.
  public func deleteTopics(_ names: [String], timeoutMilliseconds: Int32) throws(KafkaError) -> [TopicOutcome] {
    guard !names.isEmpty else { return [] }
    for name in names { try checkName(name, "delete topic \"\(name)\"") }
    var requests = names.map { rd_kafka_DeleteTopic_new($0) }
    defer { for request in requests { rd_kafka_DeleteTopic_destroy(request) } }
    let outcomes = try perform(
      "delete topics", kind: RD_KAFKA_ADMIN_OP_DELETETOPICS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_DeleteTopics(client.handle, &requests, requests.count, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
        return topicErrors(results, count) { "delete topic \"\($0)\"" }
      })
    return names.map { name in
      let missing = KafkaError(.timedOut, operation: "delete topic \"\(name)\"", reason: "no answer for it")
      return TopicOutcome(topic: name, error: outcomes[name, default: missing])
    }
  }

  /// Raises a topic's number of partitions to `count`. A key's partition changes with it.
  public func createPartitions(
    of topic: String, count: Int, validateOnly: Bool = false, timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    let outcomes = try createPartitions(
      of: [(topic, count)], validateOnly: validateOnly, timeoutMilliseconds: timeoutMilliseconds)
    if let error = outcomes.first?.error { throw error }
  }

  /// Adds partitions to several topics at once.
  ///
  /// - Returns: the outcome of each, in the order of `topics`.
  public func createPartitions(
    of topics: [(name: String, count: Int)], validateOnly: Bool = false, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicOutcome] {
    func operation(_ topic: String) -> String { "add partitions to topic \"\(topic)\"" }
    var requests: [OpaquePointer?] = []
    defer { for request in requests { rd_kafka_NewPartitions_destroy(request) } }
    var refused: [String: KafkaError] = [:]
    for topic in topics {
      do throws(KafkaError) {
        try checkName(topic.name, operation(topic.name))
      } catch {
        refused[topic.name] = error
        continue
      }
      var request: OpaquePointer?
      let reason = withErrorText { text, size in
        request = rd_kafka_NewPartitions_new(topic.name, topic.count, text, size)
        return request != nil
      }
      if let request {
        requests.append(request)
      } else {
        refused[topic.name] = KafkaError(.invalidArgument, operation: operation(topic.name), reason: reason)
      }
    }
    var outcomes: [String: KafkaError?] = [:]
    if !requests.isEmpty {
      outcomes = try perform(
        "add partitions to topics", kind: RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, timeoutMilliseconds: timeoutMilliseconds,
        validateOnly: validateOnly,
        send: { rd_kafka_CreatePartitions(client.handle, &requests, requests.count, $0, $1) },
        read: { event in
          var count = 0
          let results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count)
          return topicErrors(results, count, operation)
        })
    }
    return topics.map { topic in
      let missing = KafkaError(.timedOut, operation: operation(topic.name), reason: "no answer for it")
      return TopicOutcome(topic: topic.name, error: refused[topic.name] ?? outcomes[topic.name, default: missing])
    }
  }

  /// The settings of topics.
  ///
  /// - Returns: for each topic its settings, or why the broker does not tell them.
  public func describeSettings(
    ofTopics names: [String], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [String: Result<[TopicSetting], KafkaError>] {
    guard !names.isEmpty else { return [:] }
    for name in names { try checkName(name, "describe settings of topic \"\(name)\"") }
    var requests = names.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
    defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
    return try perform(
      "describe topic settings", kind: RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeoutMilliseconds: timeoutMilliseconds,
      send: { rd_kafka_DescribeConfigs(client.handle, &requests, requests.count, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event), &count)
        var settings: [String: Result<[TopicSetting], KafkaError>] = [:]
        for index in 0..<count {
          guard let resource = results?[index], let name = rd_kafka_ConfigResource_name(resource) else { continue }
          let topic = String(cString: name)
          let error = itemError(
            rd_kafka_ConfigResource_error(resource), rd_kafka_ConfigResource_error_string(resource),
            "describe settings of topic \"\(topic)\"")
          settings[topic] = error.map { .failure($0) } ?? .success(readSettings(of: resource))
        }
        return settings
      })
  }

  /// Sets all settings of a topic; what is not named falls back to its default.
  ///
  /// librdkafka before 2.2 knows only this way (AlterConfigs), so name everything that is to stay.
  public func replaceSettings(
    ofTopic topic: String, with settings: [String: String], validateOnly: Bool = false, timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    let outcomes = try replaceSettings(
      of: [(topic, settings)], validateOnly: validateOnly, timeoutMilliseconds: timeoutMilliseconds)
    if let error = outcomes.first?.error { throw error }
  }

  /// Changes the settings of several topics at once.
  ///
  /// - Returns: the outcome of each, in the order of `topics`.
  public func replaceSettings(
    of topics: [(name: String, settings: [String: String])], validateOnly: Bool = false, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicOutcome] {
    guard !topics.isEmpty else { return [] }
    for topic in topics {
      let operation = "change settings of topic \"\(topic.name)\""
      try checkName(topic.name, operation)
      for (name, value) in topic.settings { try checkName(name + value, operation) }
    }
    var requests = topics.map { topic in
      let request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name)
      for (name, value) in topic.settings.sorted(by: { $0.key < $1.key }) {
        rd_kafka_ConfigResource_set_config(request, name, value)
      }
      return request
    }
    defer { rd_kafka_ConfigResource_destroy_array(&requests, requests.count) }
    let outcomes: [String: KafkaError?] = try perform(
      "change settings of topics", kind: RD_KAFKA_ADMIN_OP_ALTERCONFIGS, timeoutMilliseconds: timeoutMilliseconds,
      validateOnly: validateOnly,
      send: { rd_kafka_AlterConfigs(client.handle, &requests, requests.count, $0, $1) },
      read: { event in
        var count = 0
        let results = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)
        var errors: [String: KafkaError?] = [:]
        for index in 0..<count {
          guard let resource = results?[index], let name = rd_kafka_ConfigResource_name(resource) else { continue }
          let topic = String(cString: name)
          let error = itemError(
            rd_kafka_ConfigResource_error(resource), rd_kafka_ConfigResource_error_string(resource),
            "change settings of topic \"\(topic)\"")
          errors.updateValue(error, forKey: topic)
        }
        return errors
      })
    return topics.map { topic in
      let missing = KafkaError(
        .timedOut, operation: "change settings of topic \"\(topic.name)\"", reason: "no answer for it")
      return TopicOutcome(topic: topic.name, error: outcomes[topic.name, default: missing])
    }
  }
}

private func topicErrors(
  _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ operation: (String) -> String
) -> [String: KafkaError?] {
  var errors: [String: KafkaError?] = [:]
  for index in 0..<count {
    guard let result = results?[index], let name = rd_kafka_topic_result_name(result) else { continue }
    let topic = String(cString: name)
    let error = itemError(
      rd_kafka_topic_result_error(result), rd_kafka_topic_result_error_string(result), operation(topic))
    errors.updateValue(error, forKey: topic)
  }
  return errors
}

private func readSettings(of resource: OpaquePointer) -> [TopicSetting] {
  var count = 0
  let entries = rd_kafka_ConfigResource_configs(resource, &count)
  return (0..<count).compactMap { index in
    guard let entry = entries?[index], let name = rd_kafka_ConfigEntry_name(entry) else { return nil }
    return TopicSetting(
      name: String(cString: name), value: rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
      isSetOnTopic: rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
  }
}
