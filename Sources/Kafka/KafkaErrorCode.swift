internal import KafkaC

/// An error code of librdkafka (below zero) or of a broker (above), `rd_kafka_resp_err_t`; and one of this module's
/// own, ``unproven``.
public struct KafkaErrorCode: Sendable, Hashable {
  /// The number, as in `rdkafka.h`.
  public let rawValue: Int32

  /// The code with this number.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  init(_ code: rd_kafka_resp_err_t) {
    rawValue = code.rawValue
  }

  var cValue: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue) }

  /// The name of the code, such as `UNKNOWN_TOPIC_OR_PART` or `_TRANSPORT` (`rd_kafka_err2name`).
  public var name: String { self == .unproven ? "_UNPROVEN" : String(cString: rd_kafka_err2name(cValue)) }

  /// What it means, in librdkafka's words (`rd_kafka_err2str`).
  public var meaning: String {
    self == .unproven
      ? "Local: Reported as stored because a later row was, but no broker said so"
      : String(cString: rd_kafka_err2str(cValue))
  }
}

extension KafkaErrorCode {
  /// librdkafka reports a row as stored that no broker has acknowledged; ``DeliveryReport/error`` says when.
  ///
  /// Far from all codes of librdkafka, which begin at -200.
  public static let unproven = KafkaErrorCode(rawValue: -20000)
  /// No error.
  public static let none = KafkaErrorCode(RD_KAFKA_RESP_ERR_NO_ERROR)
  /// A broker is away or the connection broke.
  public static let transport = KafkaErrorCode(RD_KAFKA_RESP_ERR__TRANSPORT)
  /// No broker of the cluster can be reached.
  public static let allBrokersDown = KafkaErrorCode(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
  /// A broker's name cannot be resolved.
  public static let resolve = KafkaErrorCode(RD_KAFKA_RESP_ERR__RESOLVE)
  /// A local time limit passed.
  public static let timedOut = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT)
  /// A request's own time limit passed.
  public static let timedOutInQueue = KafkaErrorCode(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE)
  /// The client is not in a state for this: a transaction that has failed takes no more rows.
  public static let erroneousState = KafkaErrorCode(RD_KAFKA_RESP_ERR__STATE)
  /// A number of acknowledgements that the broker does not know.
  public static let invalidRequiredAcknowledgements = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS)
  /// The producer's queue is full: poll and try again.
  public static let queueFull = KafkaErrorCode(RD_KAFKA_RESP_ERR__QUEUE_FULL)
  /// A fatal error; the client has to be recreated.
  public static let fatal = KafkaErrorCode(RD_KAFKA_RESP_ERR__FATAL)
  /// Another client with the same identity has taken over.
  public static let fenced = KafkaErrorCode(RD_KAFKA_RESP_ERR__FENCED)
  /// Another consumer with the same `group.instance.id` has taken over.
  public static let fencedInstance = KafkaErrorCode(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
  /// The message was purged from the queue before it was sent.
  public static let purgedFromQueue = KafkaErrorCode(RD_KAFKA_RESP_ERR__PURGE_QUEUE)
  /// The message was purged while it was being sent; it may have arrived.
  public static let purgedInFlight = KafkaErrorCode(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
  /// The topic does not exist (broker).
  public static let unknownTopicOrPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  /// The topic's partitions have no leader, such as in its first moments.
  public static let leaderNotAvailable = KafkaErrorCode(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
  /// The topic is not known to this client.
  public static let unknownTopic = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
  /// The partition is not known to this client.
  public static let unknownPartition = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
  /// The topic is there already.
  public static let topicAlreadyExists = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
  /// The topic's name is not allowed, or collides in `.` and `_`.
  public static let invalidTopic = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
  /// A right on the topic is missing.
  public static let topicAuthorizationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
  /// A right on the consumer group is missing.
  public static let groupAuthorizationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
  /// A right on the cluster is missing.
  public static let clusterAuthorizationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
  /// The credentials were refused.
  public static let authentication = KafkaErrorCode(RD_KAFKA_RESP_ERR__AUTHENTICATION)
  /// The row is larger than the client or the topic allows.
  public static let messageTooLarge = KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
  /// An idempotent producer's row came out of turn.
  public static let outOfOrderSequence = KafkaErrorCode(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER)
  /// An idempotent producer's row came twice.
  public static let duplicateSequence = KafkaErrorCode(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER)
  /// The producer's id belongs to another transactional id.
  public static let invalidProducerIDMapping = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING)
  /// The broker does not know the producer's id, or no longer does.
  public static let unknownProducerID = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID)
  /// The credentials were refused (broker).
  public static let saslAuthenticationFailed = KafkaErrorCode(RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED)
  /// A right on the transactional id is missing.
  public static let transactionalIDAuthorizationFailed = KafkaErrorCode(
    RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
  /// `transaction.timeout.ms` is longer than the brokers allow (`transaction.max.timeout.ms`).
  public static let invalidTransactionTimeout = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT)
  /// The client knows an old leader.
  public static let fencedLeaderEpoch = KafkaErrorCode(RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH)
  /// The client knows a leader that the broker does not know yet.
  public static let unknownLeaderEpoch = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH)
  /// The topic refuses the row's time.
  public static let invalidTimestamp = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
  /// The broker refuses the row (a compacted topic and no key, say).
  public static let invalidRecord = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_RECORD)
  /// The other side does not have this function.
  public static let unsupportedFeature = KafkaErrorCode(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
  /// The broker has no authorizer, so there are no ACLs.
  public static let securityDisabled = KafkaErrorCode(RD_KAFKA_RESP_ERR_SECURITY_DISABLED)
  /// An argument is wrong.
  public static let invalidArgument = KafkaErrorCode(RD_KAFKA_RESP_ERR__INVALID_ARG)
  /// The application did not poll for `max.poll.interval.ms` and has been thrown out of its group.
  public static let maxPollExceeded = KafkaErrorCode(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
  /// Nothing was stored that could be committed.
  public static let noOffset = KafkaErrorCode(RD_KAFKA_RESP_ERR__NO_OFFSET)
  /// The offset to read from is not in the partition, and the properties say that this is an error.
  public static let lostOffset = KafkaErrorCode(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
  /// The end of a partition (only with `enable.partition.eof`).
  public static let partitionEOF = KafkaErrorCode(RD_KAFKA_RESP_ERR__PARTITION_EOF)
  /// The assignment was lost: another member may own the partitions already.
  public static let assignmentLost = KafkaErrorCode(RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST)
  /// A rebalance is under way.
  public static let rebalanceInProgress = KafkaErrorCode(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
  /// The committing generation of the group has passed.
  public static let illegalGeneration = KafkaErrorCode(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
  /// The group no longer knows this member.
  public static let unknownMember = KafkaErrorCode(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
}

extension KafkaErrorCode {
  /// What to do about it where the function that failed said nothing more precise.
  ///
  /// A code that is not listed is one that waiting does not mend.
  public var remedy: KafkaError.Remedy {
    if self == .unproven { return .retry }
    return switch cValue {
    case RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
      RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, RD_KAFKA_RESP_ERR__DESTROY, RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING:
      .fatal
    case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
      RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__IN_PROGRESS,
      RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__WAIT_CACHE,
      RD_KAFKA_RESP_ERR__NODE_UPDATE, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_NOT_CONTROLLER, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
      RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION,
      RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, RD_KAFKA_RESP_ERR_REASSIGNMENT_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_INVALID_MSG, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
      RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_STALE_BROKER_EPOCH,
      RD_KAFKA_RESP_ERR_PREFERRED_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_OPERATION_NOT_ATTEMPTED, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
      RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST,
      // The broker's "unexpected", such as a controller that is just changing.
      RD_KAFKA_RESP_ERR_UNKNOWN,
      // Brokers that are down count as missing.
      RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
      .retry
    case RD_KAFKA_RESP_ERR__INCONSISTENT, RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
      .abort
    default:
      .giveUp
    }
  }
}
