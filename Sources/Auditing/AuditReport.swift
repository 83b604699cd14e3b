public import Kafka

/// What an audit found.
public struct AuditReport: Sendable {
  /// An input partition.
  public struct Partition: Sendable {
    /// Which.
    public var partition: TopicPartition
    /// The audited rows of the partition.
    public var offsetRange: AuditOffsetRange
    /// What was found of them.
    public var counts: AuditCounts
  }

  /// An output topic in which something is not as it should be.
  public struct Topic: Sendable {
    /// The name of the partition or topic.
    public var name: String
    /// What was found in it, or not.
    public var counts: TopicCounts
  }

  /// The group whose committed offsets say how far the router is.
  public var group: String
  /// The input partitions, by topic and number.
  public var partitions: [Partition]
  /// The output topics with trouble, by name.
  public var topics: [Topic]
  /// The first findings of each kind, the worst kinds first.
  public var findings: [AuditFinding]
  /// Input topics of the configuration that do not exist.
  public var absentInputs: [String]
  /// How many jobs may have a topic at a time.
  public var jobTopicLimit: Int
  /// Messages that were read from output topics.
  public var copies: Int64
  /// Messages of ``copies`` that are copies of rows outside the audit.
  public var otherCopies: Int64
  /// Messages of ``copies`` that are not copies of any row.
  public var foreign: Int64

  /// What was found of all rows.
  public var counts: AuditCounts {
    var sum = AuditCounts()
    for partition in partitions { sum += partition.counts }
    return sum
  }

  /// Offsets that the router had not got to.
  public var beyond: Int64 { partitions.reduce(0) { $0 + $1.offsetRange.beyond } }

  /// Whether it is proven that each row arrived where it belongs, and nowhere else.
  ///
  /// - Parameters:
  ///   - exactlyOnce: copies that are there once more are against it, too.
  ///   - strict: copies of which nothing can be proven are against it, too.
  public func isProven(exactlyOnce: Bool, strict: Bool) -> Bool {
    let counts = counts
    if counts.missing + counts.misplaced + counts.altered + foreign + counts.deletedUnread > 0 { return false }
    if exactlyOnce, counts.doubled > 0 { return false }
    return !strict || counts.expired + counts.gone + counts.withoutJobTopic == 0
  }
}

extension AuditReport {
  init(_ ledger: AuditLedger, group: String, absentInputs: [String]) {
    self.group = group
    partitions = ledger.inputs.map {
      Partition(partition: $0.partition, offsetRange: $0.offsetRange, counts: $0.counts)
    }
    topics = ledger.topics.topics.filter { !$0.counts.isEmpty }.map { Topic(name: $0.name, counts: $0.counts) }
      .sorted { $0.name < $1.name }
    findings = ledger.findings.all
    self.absentInputs = absentInputs
    jobTopicLimit = ledger.jobTopicLimit
    copies = ledger.copyCount
    otherCopies = ledger.otherCount
    foreign = ledger.foreignCount
  }
}
