package import Kafka

/// The brokers, as a command asks them that reads whole partitions.
package struct ReadingConnection {
  /// The client for questions; it sees what is committed.
  package let client: AdminClient
  /// The observer of every client that the command creates.
  package let observer: any ClientObserver
  /// How long brokers may be silent.
  package let timeoutMilliseconds: Int32
  /// Whether the brokers are librdkafka's mock cluster, which does not answer every question.
  package let isEmbedded: Bool

  /// Asks whether the brokers are the embedded one.
  ///
  /// - Parameter timeoutMilliseconds: how long brokers may be silent.
  package init(
    _ client: AdminClient, observer: any ClientObserver, timeoutMilliseconds: Int32
  ) throws(KafkaError) {
    self.client = client
    self.observer = observer
    self.timeoutMilliseconds = timeoutMilliseconds
    isEmbedded = try client.isEmbeddedBroker(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// A reader in no group.
  ///
  /// - Parameters:
  ///   - properties: a consumer's, with the `group.id` of the router.
  ///   - name: what the brokers' logs call it.
  ///   - seesUncommitted: whether it also reads rows of transactions that are open or were aborted.
  package func reader(
    _ properties: ClientProperties, name: String, seesUncommitted: Bool = false
  ) throws(KafkaError) -> PartitionReader {
    try PartitionReader(
      properties, name: name, seesUncommitted: seesUncommitted, client: client, observer: observer,
      timeoutMilliseconds: timeoutMilliseconds)
  }

  /// The first and the next offset of partitions, or why they are unknown; temporary errors are retried.
  ///
  /// - Parameter asked: the client that asks, if not ``client``.
  package func ends(
    of partitions: [TopicPartition], from asked: AdminClient? = nil
  ) -> [TopicPartition: Result<Watermarks, KafkaError>] {
    PatientClient(asked ?? client, timeoutMilliseconds: timeoutMilliseconds).ends(of: partitions)
  }

  /// For each partition the first offset whose row was stored at a time or later; `Int64.max` if no row is that new.
  ///
  /// - Parameters:
  ///   - time: milliseconds since 1970.
  ///   - asked: the client that asks, if not ``client``.
  package func offsets(
    of partitions: [TopicPartition], since time: Int64, from asked: AdminClient? = nil
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    let client = asked ?? client
    let answer = try PatientClient(client, timeoutMilliseconds: timeoutMilliseconds).ask { () throws(KafkaError) in
      try client.offsets(of: partitions, since: time, timeoutMilliseconds: timeoutMilliseconds)
    }
    return Dictionary(answer.map { ($0.partition, $0.offset < 0 ? Int64.max : $0.offset) }) { $1 }
  }
}
