internal import KafkaC

/// Why a broker does not make a topic.
extension KafkaErrorCode {
  /// There are more replicas than brokers.
  public static let invalidReplicationFactor = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR)
  /// A number of partitions that cannot be.
  public static let invalidPartitions = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_PARTITIONS)
  /// A setting that Kafka does not know, or a value that it does not take.
  public static let invalidConfig = KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_CONFIG)
  /// The cluster's own policy is against it (`create.topic.policy.class.name`).
  public static let policyViolation = KafkaErrorCode(RD_KAFKA_RESP_ERR_POLICY_VIOLATION)
}

extension KafkaErrorCode {
  /// Whether the topic, or the partition, does not exist as far as the broker or the client knows.
  public var saysTopicIsMissing: Bool {
    self == .unknownTopic || self == .unknownPartition || self == .unknownTopicOrPartition
  }
}
