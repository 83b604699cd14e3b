internal import KafkaC
internal import Runtime

/// What was seen of a partition without reading on.
public struct PartitionPeek: Sendable, Equatable {
  /// The offset of the first row at or behind the position; `nil` where no row is there.
  public var offset: Int64?
  /// The time of that row, in milliseconds since 1970.
  public var timestamp: Int64?
  /// Whether the broker set that time when it stored the row (`LogAppendTime`).
  public var isAppendTime: Bool
}

/// Looks that leave no trace.
extension Consumer {
  /// Fetches from each position until a row or the partition's end shows that it may be read.
  ///
  /// Assigns the partitions, so the consumer must not have subscribed; it joins no group and commits nothing. Needs the
  /// property `enable.partition.eof`: without it, an empty partition would look like one that does not answer.
  ///
  /// - Returns: what each partition answered; one that did not answer in time is missing.
  public func peek(
    _ positions: [TopicPartitionOffset], timeoutMilliseconds: Int
  ) throws(KafkaError) -> [TopicPartition: Result<PartitionPeek, KafkaError>] {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    try assign(positions)
    defer { try? assign([]) }
    var answers: [TopicPartition: Result<PartitionPeek, KafkaError>] = [:]
    while answers.count < positions.count, MonotonicClock.milliseconds() < deadline {
      guard let message = rd_kafka_consumer_poll(client.handle, 50) else { continue }
      defer { rd_kafka_message_destroy(message) }
      guard let topic = message.pointee.rkt.map({ String(cString: rd_kafka_topic_name($0)) }) else { continue }
      let answer: Result<PartitionPeek, KafkaError>
      switch KafkaErrorCode(message.pointee.err) {
      case .none:
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(message, &kind)
        let isKnown = kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && timestamp >= 0
        answer = .success(
          PartitionPeek(
            offset: message.pointee.offset, timestamp: isKnown ? timestamp : nil,
            isAppendTime: kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME))
      case .partitionEOF: answer = .success(PartitionPeek(offset: nil, timestamp: nil, isAppendTime: false))
      case let code:
        let reason = rd_kafka_message_errstr(message).map { String(cString: $0) }
        answer = .failure(KafkaError(code, operation: "consume from \"\(topic)\"", reason: reason))
      }
      // An error of the topic as a whole has no partition.
      let partition = message.pointee.partition
      for position in positions.map(\.partition) where position.topic == topic {
        if partition < 0 || position.partition == partition, answers[position] == nil { answers[position] = answer }
      }
    }
    // Brokers that do not answer could hold up the end.
    if answers.count < positions.count { client.ending = .closesInBackground }
    return answers
  }
}
