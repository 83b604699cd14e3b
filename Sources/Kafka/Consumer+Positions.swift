internal import KafkaC

/// Partitions that begin and end while others are read, and questions about their offsets.
extension Consumer {
  /// Begins to read partitions, beside those that are read already. For a member whose `beginsByItself` is set, and for
  /// a consumer without a group.
  ///
  /// - Parameter others: where those go on that are read already. Unless the group's protocol is the cooperative one,
  ///   librdkafka begins those again as well: what was fetched of them ahead is dropped and comes again.
  public func begin(at offsets: [TopicPartitionOffset], others: [TopicPartitionOffset] = []) throws(KafkaError) {
    guard !offsets.isEmpty else { return }
    forgetEnds(of: offsets.map(\.partition))
    let began = Set(offsets.map(\.partition))
    let paused = released.intersection(began)
    if !paused.isEmpty {
      released.subtract(paused)
      try resume(Array(paused))
    }
    guard !isEager else { return try assign(others.filter { !began.contains($0.partition) } + offsets) }
    let list = PartitionList(offsets)
    if let error = list.lend({ rd_kafka_incremental_assign(client.handle, $0) }) {
      throw KafkaError(consuming: error, operation: "start to read partitions")
    }
  }

  /// Stops reading partitions until they are begun again; what was fetched of them ahead is dropped. They stay the
  /// member's in its group. Those that are not read are passed over.
  public func release(_ partitions: [TopicPartition]) throws(KafkaError) {
    let read = Set(try assignment())
    let partitions = partitions.filter(read.contains)
    guard !partitions.isEmpty else { return }
    guard !isEager else {
      // To take them back would begin all others again.
      released.formUnion(partitions)
      return try pause(partitions)
    }
    let list = PartitionList(partitions)
    if let error = list.lend({ rd_kafka_incremental_unassign(client.handle, $0) }) {
      throw KafkaError(consuming: error, operation: "stop reading partitions")
    }
  }

  /// Whether an assignment can only be changed as a whole.
  private var isEager: Bool {
    rd_kafka_rebalance_protocol(client.handle).map { String(cString: $0) == "EAGER" } ?? false
  }

  /// What the group has committed for each partition, with its metadata (`TopicPartitionOffset.invalid` where nothing),
  /// or why that is not known.
  ///
  /// - Throws: an error about all of them.
  public func committedOffsets(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Result<TopicPartitionOffset, KafkaError>] {
    guard !partitions.isEmpty else { return [:] }
    let operation = "ask for committed offsets"
    let list = PartitionList(partitions)
    let code = KafkaErrorCode(list.lend { rd_kafka_committed(client.handle, $0, timeoutMilliseconds) })
    guard code == .none else { throw KafkaError(code, operation: operation) }
    let failures = list.lend { $0.failures }
    var answers: [TopicPartition: Result<TopicPartitionOffset, KafkaError>] = [:]
    for offset in list.offsets {
      let partition = offset.partition
      answers[partition] =
        failures[partition].map { .failure(KafkaError($0, operation: "\(operation) of \(partition)")) }
        ?? .success(offset)
    }
    return answers
  }

  /// The first and the next offset of partitions, or why their leader does not tell them.
  public func watermarks(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    client.watermarks(of: partitions, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// The first offset of each partition whose row is not older than a time; partitions without such a row are missing.
  ///
  /// - Parameter times: in milliseconds since 1970.
  public func offsets(
    notBefore times: [TopicPartition: Int64], timeoutMilliseconds: Int32
  ) -> [TopicPartition: Result<Int64, KafkaError>] {
    client.offsets(at: times.map { TopicPartitionOffset($0, offset: $1) }, timeoutMilliseconds)
  }

  /// How many partitions a topic has, as a broker says now; `nil` where it does not exist (or may not be seen).
  public func partitionCount(of topic: String, timeoutMilliseconds: Int32) throws(KafkaError) -> Int32? {
    let operation = "describe topic \"\(topic)\""
    try checkName(topic, operation)
    guard let handle = rd_kafka_topic_new(client.handle, topic, nil) else {
      throw KafkaError(KafkaErrorCode(rd_kafka_last_error()), operation: operation)
    }
    defer { rd_kafka_topic_destroy(handle) }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = KafkaErrorCode(rd_kafka_metadata(client.handle, 0, handle, &metadata, timeoutMilliseconds))
    guard code == .none, let metadata else { throw KafkaError(code, operation: operation) }
    defer { rd_kafka_metadata_destroy(metadata) }
    guard metadata.pointee.topic_cnt > 0 else { return nil }
    switch KafkaErrorCode(metadata.pointee.topics[0].err) {
    case .none: return metadata.pointee.topics[0].partition_cnt
    case .unknownTopicOrPartition: return nil
    case let code: throw KafkaError(code, operation: operation)
    }
  }
}
