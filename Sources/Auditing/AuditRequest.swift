public import Kafka

/// The rows that an audit is about.
public struct AuditRequest: Sendable {
  /// Rows that came at this time or later, in milliseconds since 1970.
  public var since: Int64?
  /// Rows that came before this time.
  public var until: Int64?
  /// The first row of each of these partitions. With `first` or `last`, the partitions that neither names are left out.
  public var first: [TopicPartition: Int64] = [:]
  /// The last row of each of these partitions.
  public var last: [TopicPartition: Int64] = [:]
  /// The most rows: each needs some 16 bytes of memory.
  public var rowLimit: Int64 = 100_000_000
  /// How many findings of each kind are kept. All are counted.
  public var findingLimit = 20

  /// Everything that is kept and that the router has got to.
  public init() {}

  /// The partitions that it names; empty where it is about all.
  var partitions: Set<TopicPartition> { Set(first.keys).union(last.keys) }
}
