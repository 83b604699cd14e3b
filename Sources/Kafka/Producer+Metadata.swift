internal import KafkaC
internal import Runtime

/// Fetches the metadata of topics into a producer's cache. Any thread may do it, beside the one that owns the producer.
///
/// A producer that is given a topic it does not know asks the brokers about that topic alone, ahead of the rows of all
/// others; a thousand new topics are a thousand requests. With the metadata in its cache it asks nothing.
///
/// @unchecked Sendable: librdkafka's functions may be called from any thread, and nothing else of the client is used.
public struct ProducerMetadata: @unchecked Sendable {
  private let client: Client

  fileprivate init(_ client: Client) {
    self.client = client
  }

  /// The number of topics unknown to the brokers up to which they are requested one by one; more are requested with all topics of
  /// the cluster.
  private static let singleLimit = 10

  /// Fetches the metadata of these topics, and blocks until it is there or the time has passed.
  ///
  /// One request does for all of them, unless brokers do not know some yet, as just after they were created.
  ///
  /// - Returns: the topics that the producer need no longer ask about. The others are not known to the brokers yet,
  ///   or no broker has answered.
  public func fetch(_ topics: [String], timeoutMilliseconds: Int32) -> Set<String> {
    guard !topics.isEmpty else { return [] }
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    var known = Set(topics)
    for topic in unknown(of: topics, timeoutMilliseconds) { known.remove(topic) }
    guard known.count < topics.count else { return known }
    // librdkafka 2.0.2 keeps "unknown" in its cache, and does not ask again about such a topic, for as long as it keeps
    // what it learned before (`rd_kafka_metadata_cache_evict` looks at the oldest entry alone). These requests are sent
    // whatever the cache says.
    let unknown = topics.filter { !known.contains($0) }
    func remaining() -> Int32 { Int32(max(deadline - MonotonicClock.milliseconds(), 1)) }
    if unknown.count <= Self.singleLimit {
      for topic in unknown where MonotonicClock.milliseconds() < deadline {
        known.formUnion(metadata(of: topic, wanted: [topic], remaining()))
      }
    } else {
      known.formUnion(metadata(of: nil, wanted: Set(unknown), remaining()))
    }
    return known
  }

  /// The topics that the brokers do not know, as far as the cache or one request about those that it lacks can tell.
  private func unknown(of topics: [String], _ timeoutMilliseconds: Int32) -> [String] {
    // The only public function that makes librdkafka ask about chosen topics, all at once: it has to know their leaders.
    let ends = topics.map {
      TopicPartitionOffset(TopicPartition(topic: $0, partition: 0), offset: TopicPartitionOffset.end)
    }
    let list = PartitionList(ends)
    _ = list.lend { rd_kafka_offsets_for_times(client.handle, $0, timeoutMilliseconds) }
    return list.lend { $0.failures }.filter { Self.saysUnknown($0.value) }.map(\.key.topic)
  }

  /// The topics that exist, by a request about one topic or about all.
  private func metadata(of topic: String?, wanted: Set<String>, _ timeoutMilliseconds: Int32) -> Set<String> {
    let handle = topic.flatMap { rd_kafka_topic_new(client.handle, $0, nil) }
    guard topic == nil || handle != nil else { return [] }
    defer { handle.map { rd_kafka_topic_destroy($0) } }
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = rd_kafka_metadata(client.handle, topic == nil ? 1 : 0, handle, &metadata, timeoutMilliseconds)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { return [] }
    defer { rd_kafka_metadata_destroy(metadata) }
    var found: Set<String> = []
    for index in 0..<Int(metadata.pointee.topic_cnt) {
      let entry = metadata.pointee.topics[index]
      guard entry.err == RD_KAFKA_RESP_ERR_NO_ERROR, entry.partition_cnt > 0, let name = entry.topic else { continue }
      let topic = String(cString: name)
      if wanted.contains(topic) { found.insert(topic) }
    }
    return found
  }

  private static func saysUnknown(_ code: KafkaErrorCode) -> Bool {
    code.saysTopicIsMissing || code == KafkaErrorCode(RD_KAFKA_RESP_ERR__IN_PROGRESS)
  }
}

extension Producer {
  /// Fetches metadata for this producer from another thread. It keeps librdkafka's instance alive.
  public var metadata: ProducerMetadata { ProducerMetadata(client) }
}
