internal import KafkaC

/// A topic as the brokers describe it.
public struct TopicDescription: Sendable, Equatable {
  /// The name of the topic.
  public var name: String
  /// How many partitions it has.
  public var partitionCount: Int32
  /// How many replicas its first partition has.
  public var replication: Int32
  /// Partitions without a leader: nothing can be read from or written to them.
  public var leaderlessPartitions: [Int32]
}

/// The brokers of a cluster and its topics.
public struct ClusterDescription: Sendable {
  /// A broker as clients reach it.
  public struct Broker: Sendable, Equatable {
    /// `node.id`.
    public var id: Int32
    /// Host and port, as advertised.
    public var address: String
  }

  /// The brokers that are up.
  public var brokers: [Broker]
  /// The topics that this client may see, by name.
  public var topics: [String: TopicDescription]
}

/// The first and the next offset of a partition.
public struct Watermarks: Sendable, Equatable {
  /// The first offset that is kept.
  public var low: Int64
  /// The offset that the next row will get.
  public var high: Int64

  /// These ends.
  public init(low: Int64, high: Int64) {
    self.low = low
    self.high = high
  }
}

/// Describing brokers, topics and positions.
extension AdminClient {
  /// All brokers, and all topics that this client may see.
  public func describeCluster(timeoutMilliseconds: Int32) throws(KafkaError) -> ClusterDescription {
    try metadata(of: nil, "ask for the cluster's metadata", timeoutMilliseconds)
  }

  /// One topic; `nil` where it does not exist (or may not be seen).
  public func describeTopic(_ name: String, timeoutMilliseconds: Int32) throws(KafkaError) -> TopicDescription? {
    let operation = "describe topic \"\(name)\""
    try checkName(name, operation)
    guard let topic = rd_kafka_topic_new(client.handle, name, nil) else {
      throw KafkaError(KafkaErrorCode(rd_kafka_last_error()), operation: operation)
    }
    defer { rd_kafka_topic_destroy(topic) }
    return try metadata(of: topic, operation, timeoutMilliseconds).topics[name]
  }

  /// The first and the next offset of a partition, from its leader.
  public func watermarks(of partition: TopicPartition, timeoutMilliseconds: Int32) throws(KafkaError) -> Watermarks {
    try checkName(partition.topic, "ask for the offsets of \(partition)")
    var low: Int64 = 0
    var high: Int64 = 0
    let code = rd_kafka_query_watermark_offsets(
      client.handle, partition.topic, partition.partition, &low, &high, timeoutMilliseconds)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(KafkaErrorCode(code), operation: "ask for the offsets of \(partition)")
    }
    return Watermarks(low: low, high: high)
  }

  /// The first offset of each partition whose row is not older than a time, or `TopicPartitionOffset.end`.
  ///
  /// - Parameter timestamp: milliseconds since 1970.
  public func offsets(
    of partitions: [TopicPartition], since timestamp: Int64, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartitionOffset] {
    let list = PartitionList(partitions.map { TopicPartitionOffset($0, offset: timestamp) })
    let code = list.lend { rd_kafka_offsets_for_times(client.handle, $0, timeoutMilliseconds) }
    // The partitions whose answer did not come in time say that they are "in progress".
    let failed = list.firstError
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, failed == nil else {
      let place = failed.map { " of \($0.partition)" } ?? ""
      let reason = code == RD_KAFKA_RESP_ERR_NO_ERROR ? failed?.code : KafkaErrorCode(code)
      throw KafkaError(reason ?? .none, operation: "ask for offsets by time\(place)")
    }
    return list.offsets
  }

  private func metadata(
    of topic: OpaquePointer?, _ operation: String, _ timeoutMilliseconds: Int32
  ) throws(KafkaError) -> ClusterDescription {
    poll()
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client.handle, topic == nil ? 1 : 0, topic, &metadata, timeoutMilliseconds)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      throw KafkaError(KafkaErrorCode(code), operation: operation)
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    let brokers = (0..<Int(metadata.pointee.broker_cnt)).map { index in
      let broker = metadata.pointee.brokers[index]
      return ClusterDescription.Broker(id: broker.id, address: "\(String(cString: broker.host)):\(broker.port)")
    }
    var topics: [String: TopicDescription] = [:]
    for index in 0..<Int(metadata.pointee.topic_cnt) {
      let entry = metadata.pointee.topics[index]
      let name = String(cString: entry.topic)
      switch KafkaErrorCode(entry.err) {
      case .none:
        topics[name] = describe(entry, name: name)
      case .unknownTopicOrPartition:
        continue
      case let code where topic != nil:
        throw KafkaError(code, operation: operation)
      default:
        continue
      }
    }
    return ClusterDescription(brokers: brokers, topics: topics)
  }
}

private func describe(_ entry: rd_kafka_metadata_topic, name: String) -> TopicDescription {
  let partitions = (0..<Int(entry.partition_cnt)).map { entry.partitions[$0] }
  return TopicDescription(
    name: name, partitionCount: entry.partition_cnt, replication: partitions.first.map(\.replica_cnt) ?? 0,
    leaderlessPartitions: partitions.filter { $0.leader < 0 }.map(\.id).sorted())
}
