internal import KafkaC

/// One access control entry (ACL) of a cluster.
public struct AccessRule: Sendable, Hashable {
  /// What it is about.
  public enum Resource: Sendable, Hashable, CaseIterable {
    case topic, group, transactionalID, cluster
  }
  /// How `name` is compared.
  public enum Pattern: Sendable, Hashable, CaseIterable {
    /// The name itself, or `*` for all.
    case literal
    /// Everything that begins with it.
    case prefixed
  }
  /// What may be done.
  public enum Operation: Sendable, Hashable, CaseIterable {
    case all, read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs
    case idempotentWrite
  }

  /// What it is about.
  public var resource: Resource
  /// How `name` is compared.
  public var pattern: Pattern
  /// The resource's name, or its beginning. `kafka-cluster` for the cluster.
  public var name: String
  /// Who, such as `User:alice`.
  public var principal: String
  /// The host; `*` for any.
  public var host: String
  /// What may, or may not, be done.
  public var operation: Operation
  /// Whether it allows or denies.
  public var isAllowed: Bool

  /// A rule; it allows, from anywhere, unless told otherwise.
  public init(
    _ resource: Resource, _ pattern: Pattern, _ name: String, principal: String, host: String = "*",
    operation: Operation, isAllowed: Bool = true
  ) {
    self.resource = resource
    self.pattern = pattern
    self.name = name
    self.principal = principal
    self.host = host
    self.operation = operation
    self.isAllowed = isAllowed
  }
}

extension AccessRule {
  /// Rejects a rule that cannot be sent as it is written.
  func check(_ operation: String) throws(KafkaError) {
    for text in [name, principal, host] { try checkName(text, operation) }
    try resource.check(operation)
  }
}

extension AccessRule.Resource {
  /// Refuses what this librdkafka cannot express: transactional ids before 2.6.
  func check(_ operation: String) throws(KafkaError) {
    guard self == .transactionalID, LibraryVersion.number < 0x0206_00ff else { return }
    throw KafkaError(
      .unsupportedFeature, operation: operation,
      reason: """
        librdkafka \(LibraryVersion.text) cannot send ACLs for transactional ids: use Kafka's kafka-acls.sh, or \
        librdkafka 2.6 or newer
        """)
  }

  var cValue: rd_kafka_ResourceType_t {
    switch self {
    case .topic: RD_KAFKA_RESOURCE_TOPIC
    case .group: RD_KAFKA_RESOURCE_GROUP
    // librdkafka has a name for it since 2.6; 5 is the protocol's number too.
    case .transactionalID: rd_kafka_ResourceType_t(rawValue: 5)
    case .cluster: RD_KAFKA_RESOURCE_BROKER
    }
  }
}

extension AccessRule.Pattern {
  var cValue: rd_kafka_ResourcePatternType_t {
    switch self {
    case .literal: RD_KAFKA_RESOURCE_PATTERN_LITERAL
    case .prefixed: RD_KAFKA_RESOURCE_PATTERN_PREFIXED
    }
  }
}

extension AccessRule.Operation {
  var cValue: rd_kafka_AclOperation_t {
    switch self {
    case .all: RD_KAFKA_ACL_OPERATION_ALL
    case .read: RD_KAFKA_ACL_OPERATION_READ
    case .write: RD_KAFKA_ACL_OPERATION_WRITE
    case .create: RD_KAFKA_ACL_OPERATION_CREATE
    case .delete: RD_KAFKA_ACL_OPERATION_DELETE
    case .alter: RD_KAFKA_ACL_OPERATION_ALTER
    case .describe: RD_KAFKA_ACL_OPERATION_DESCRIBE
    case .clusterAction: RD_KAFKA_ACL_OPERATION_CLUSTER_ACTION
    case .describeConfigs: RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS
    case .alterConfigs: RD_KAFKA_ACL_OPERATION_ALTER_CONFIGS
    case .idempotentWrite: RD_KAFKA_ACL_OPERATION_IDEMPOTENT_WRITE
    }
  }
}
