internal import Kafka
internal import MetricRouter
internal import Naming
internal import Reading

/// What is to be audited: asking for topics, offsets and times.
extension Auditor {
  /// The input partitions with their offset ranges.
  struct Survey {
    var partitions: [(partition: TopicPartition, offsetRange: AuditOffsetRange)] = []
    /// The life of each partition of which the router has committed something.
    var lives: [TopicPartition: PartitionLife] = [:]
    /// Input topics that do not exist.
    var absentInputs: [String] = []
  }

  func survey(_ request: AuditRequest) throws(AuditError) -> Survey {
    let cluster = try AuditError.asking { () throws(KafkaError) in
      try brokers.client.describeCluster(timeoutMilliseconds: brokers.timeoutMilliseconds)
    }
    var survey = Survey()
    let inputs = try inputTopics(cluster, &survey)
    guard !inputs.isEmpty else { throw .noInputs(settings.inputs) }
    try check(request, inputs)
    let named = request.partitions
    let partitions = inputs.sorted { $0.key < $1.key }.flatMap { name, count in
      (0..<count).map { TopicPartition(topic: name, partition: $0) }
    }.filter { named.isEmpty || named.contains($0) }
    // First what is committed: what comes later is not asked for.
    let committed = try someCommittedOffsets(partitions)
    guard cluster.topics[settings.plan.names.deadLetters] != nil else {
      throw .noDeadLetterTopic(settings.plan.names.deadLetters)
    }
    let since = try offsets(partitions, at: request.since)
    let until = try offsets(partitions, at: request.until)
    let watermarks = brokers.ends(of: partitions)
    for partition in partitions {
      let ends = try AuditError.asking { () throws(KafkaError) in
        try watermarks[partition]?.get() ?? Watermarks(low: 0, high: 0)
      }
      let limits = [request.last[partition].map { $0 == .max ? .max : $0 + 1 }, until[partition]].compactMap { $0 }
      let note = CommitNote.read(committed[partition]?.metadata)
      if let offset = committed[partition]?.offset, offset >= 0 { survey.lives[partition] = note.life }
      let offsetRange = AuditOffsetRange(
        ends, committed: committed[partition]?.offset ?? TopicPartitionOffset.invalid, begun: note.first,
        from: request.first[partition], since: since[partition], to: limits.min())
      survey.partitions.append((partition, offsetRange))
    }
    try lookBehind(&survey)
    return survey
  }

  /// Looks for rows behind what is committed: offsets alone do not tell rows from marks of transactions.
  private func lookBehind(_ survey: inout Survey) throws(AuditError) {
    let positions = survey.partitions.filter { $0.offsetRange.beyond > 0 }
      .map { TopicPartitionOffset($0.partition, offset: $0.offsetRange.end) }
    guard !positions.isEmpty else { return }
    let answers = try AuditError.asking { () throws(KafkaError) in
      let consumer = try Consumer(
        properties: PartitionReader.readerProperties(settings.consumer, name: Self.clientName),
        observer: brokers.observer)
      return try consumer.peek(positions, timeoutMilliseconds: Int(brokers.timeoutMilliseconds))
    }
    for index in survey.partitions.indices {
      guard case .success(let next)? = answers[survey.partitions[index].partition] else { continue }
      survey.partitions[index].offsetRange.noteNextRow(at: next.offset)
    }
  }

  /// Checks that the rows that were read are those of the requested topics.
  func checkLives(_ survey: Survey) throws(AuditError) {
    let committed = try someCommittedOffsets(survey.partitions.map { $0.partition })
    for (partition, life) in survey.lives {
      guard let now = committed[partition], now.offset >= 0, CommitNote.read(now.metadata).life == life else {
        throw .kafka(
          KafkaError(
            .unknownTopicOrPartition, operation: "read from \(partition.topic)",
            reason: "the topic was deleted while it was audited"))
      }
    }
  }

  /// The input topics that exist, with their numbers of partitions.
  private func inputTopics(
    _ cluster: ClusterDescription, _ survey: inout Survey
  ) throws(AuditError) -> [String: Int32] {
    var found: [String: Int32] = [:]
    for input in settings.inputs {
      let pattern = TopicPattern(input)
      if pattern.isExpression {
        for topic in cluster.topics.values where settings.reads(topic.name, by: pattern) {
          found[topic.name] = topic.partitionCount
        }
      } else if let topic = try describe(input, cluster) {
        found[input] = topic.partitionCount
      } else {
        survey.absentInputs.append(input)
      }
    }
    return found
  }

  /// A topic. If asked by name, brokers also report one without DESCRIBE permission. The embedded broker would create it.
  func describe(_ name: String, _ cluster: ClusterDescription) throws(AuditError) -> TopicDescription? {
    if let topic = cluster.topics[name] { return topic }
    guard !brokers.isEmbedded else { return nil }
    return try AuditError.asking { () throws(KafkaError) in
      try brokers.client.describeTopic(name, timeoutMilliseconds: brokers.timeoutMilliseconds)
    }
  }

  private func check(_ request: AuditRequest, _ inputs: [String: Int32]) throws(AuditError) {
    for partition in request.partitions.sorted(by: { "\($0)" < "\($1)" }) {
      let count = inputs[partition.topic]
      guard let count, partition.partition < count else {
        throw .unknownPartition(partition, partitionCount: count)
      }
    }
  }

  /// What the group has committed, by partition. Without anything there is nothing to audit.
  private func someCommittedOffsets(
    _ partitions: [TopicPartition]
  ) throws(AuditError) -> [TopicPartition: TopicPartitionOffset] {
    let answer = try committedOffsets(partitions)
    guard answer.contains(where: { $0.offset >= 0 }) else { throw .nothingCommitted(group: settings.group) }
    return Dictionary(answer.map { ($0.partition, $0) }) { $1 }
  }

  /// What the group has committed of these partitions; an invalid offset where it has nothing.
  func committedOffsets(_ partitions: [TopicPartition]) throws(AuditError) -> [TopicPartitionOffset] {
    do {
      return try brokers.client.committedOffsets(
        ofGroup: settings.group, partitions, timeoutMilliseconds: brokers.timeoutMilliseconds)
    } catch {
      var error = error
      // librdkafka does not say which group it was.
      if error.code == .groupAuthorizationFailed {
        error.operation = "ask for the committed offsets of group \"\(settings.group)\""
      }
      throw .kafka(error)
    }
  }

  /// The first offset of each partition at a time or later; empty without a time. `Int64.max` if no row is that new.
  private func offsets(_ partitions: [TopicPartition], at time: Int64?) throws(AuditError) -> [TopicPartition: Int64] {
    guard let time else { return [:] }
    guard !brokers.isEmbedded else { throw .noTimes }
    return try AuditError.asking { () throws(KafkaError) in try brokers.offsets(of: partitions, since: time) }
  }
}
