internal import KafkaC

/// A Kafka cluster inside this process, on loopback ports: librdkafka's mock cluster.
///
/// Any Kafka client can connect to it. It is for a first look and for fault injection: it keeps about 5 MiB a
/// partition in memory and drops older rows silently, cannot create or delete topics over the wire, has no ACLs, and
/// does not hide aborted transactions. It does not check the sequence numbers of idempotent producers either: after an
/// injected error of any kind, rows may be reported as ``KafkaErrorCode/unproven``, or come twice.
///
/// A group's first assignment takes 3 s. Each later one takes `session.timeout.ms` less 1 s even where all members have
/// joined again at once, and metadata that reaches a group's leader just after the answer to its join makes it join
/// again: its consumers must not have a `topic.metadata.refresh.interval.ms` that divides 3 s.
///
/// Its functions may be called from any thread.
public final class EmbeddedBroker: @unchecked Sendable {
  // @unchecked: both handles are set once, and librdkafka's mock functions lock for themselves.
  private let client: Client
  private let cluster: OpaquePointer

  /// A request that faults can be injected into, by its number in Kafka's protocol.
  public enum Request: Int16, Sendable {
    case produce = 0
    case fetch = 1
    case listOffsets = 2
    case metadata = 3
    case offsetCommit = 8
    case offsetFetch = 9
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case syncGroup = 14
    case initProducerID = 22
    case addPartitionsToTransaction = 24
    case addOffsetsToTransaction = 25
    case endTransaction = 26
    case transactionOffsetCommit = 28
  }

  /// Starts the brokers.
  public init(brokers: Int = 1) throws(KafkaError) {
    client = try Client(
      RD_KAFKA_PRODUCER, properties: ClientProperties(["client.id": "embedded-broker"]),
      callbacks: ClientCallbacks(observer: SilentObserver()))
    guard let cluster = rd_kafka_mock_cluster_new(client.handle, Int32(brokers)) else {
      throw KafkaError(.invalidArgument, operation: "start the embedded broker")
    }
    self.cluster = cluster
  }

  deinit {
    client.ending = .withEmbeddedBroker(UInt(bitPattern: cluster))
  }

  /// The addresses for clients: `127.0.0.1:40123`, or several with commas.
  public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  /// Makes a topic.
  public func createTopic(_ name: String, partitions: Int32, replication: Int32 = 1) throws(KafkaError) {
    let code = rd_kafka_mock_topic_create(cluster, name, partitions, replication)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(KafkaErrorCode(code), operation: "create topic \"\(name)\" on the embedded broker")
    }
  }

  /// Lets a topic answer with an error from now on; `none` ends it.
  public func failTopic(_ name: String, with code: KafkaErrorCode) {
    rd_kafka_mock_topic_set_error(cluster, name, code.cValue)
  }

  /// Answers the next requests of a kind with these errors, one each.
  public func failNext(_ request: Request, with codes: [KafkaErrorCode]) {
    let codes = codes.map(\.cValue)
    codes.withUnsafeBufferPointer {
      rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, $0.count, $0.baseAddress)
    }
  }

  /// Forgets the errors that `failNext` has left.
  public func clearFailures(of request: Request) {
    rd_kafka_mock_clear_request_errors(cluster, request.rawValue)
  }

  /// Disconnects everyone and refuses connections, or takes them again.
  ///
  /// - Parameter id: from 1.
  public func setBroker(_ id: Int32, up isUp: Bool) {
    if isUp {
      rd_kafka_mock_broker_set_up(cluster, id)
    } else {
      rd_kafka_mock_broker_set_down(cluster, id)
    }
  }

  /// Delays each answer of a broker.
  public func setRoundTripTime(ofBroker id: Int32, milliseconds: Int32) {
    rd_kafka_mock_broker_set_rtt(cluster, id, milliseconds)
  }
}
