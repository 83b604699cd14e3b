internal import KafkaC

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

  /// Fetches the metadata of these topics with one request, and blocks until it is there or the time has passed.
  ///
  /// - Returns: the topics that the producer need not ask about any more. The others are not known to the brokers yet,
  ///   or no broker has answered.
  public func fetch(_ topics: [String], timeoutMilliseconds: Int32) -> Set<String> {
    guard !topics.isEmpty else { return [] }
    // The only public function that makes librdkafka ask about chosen topics, all at once: it has to know their leaders.
    let ends = topics.map {
      TopicPartitionOffset(TopicPartition(topic: $0, partition: 0), offset: TopicPartitionOffset.end)
    }
    let list = PartitionList(ends)
    _ = list.lend { rd_kafka_offsets_for_times(client.handle, $0, timeoutMilliseconds) }
    let failures = list.lend { $0.failures }
    return Set(
      ends.lazy.filter { !(failures[$0.partition].map(Self.saysUnknown) ?? false) }.map(\.partition.topic))
  }

  private static func saysUnknown(_ code: KafkaErrorCode) -> Bool {
    code.saysTopicIsMissing || code == KafkaErrorCode(RD_KAFKA_RESP_ERR__IN_PROGRESS)
  }
}

extension Producer {
  /// Fetches metadata for this producer from another thread. It keeps librdkafka's instance alive.
  public var metadata: ProducerMetadata { ProducerMetadata(client) }
}
