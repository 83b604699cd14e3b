internal import Jobs
public import Naming

/// What a router has done so far.
public struct RouterTotals: Sendable, Equatable {
  /// Rows that were consumed.
  public var consumed: UInt64 = 0
  /// Rows that have arrived at their user's and their job's topic.
  public var routed: UInt64 = 0
  /// Rows that have arrived at the dead-letter topic.
  public var deadLettered: UInt64 = 0
  /// Dead letters by reason, in the order of `DeadLetterReason.allCases`.
  public var deadLettersByReason: [DeadLetterReason: UInt64] = [:]
  /// Rows that are no job's: their host ran none.
  public var unassigned: UInt64 = 0
  /// Rows that nobody gets, because jobs of several users ran on their host.
  public var withheld: UInt64 = 0
  /// Rows that were stored until the owner of their job is known. They count as consumed once more when they are read from there.
  public var postponed: UInt64 = 0
  /// Rows without a copy in a job's topic, because too many jobs have one (`jobs.max-topics`).
  public var withoutJobTopic: UInt64 = 0
  /// Rows that were consumed again, because a transaction was aborted or the clients were recreated: `consumed` does
  /// not count their first time.
  public var consumedAgain: UInt64 = 0
  /// Bytes of rows that were consumed, every time.
  public var consumedBytes: UInt64 = 0
  /// Bytes of the rows that have arrived at their user's and their job's topic; each row once.
  public var routedBytes: UInt64 = 0
  /// Bytes of the rows that have arrived at the dead-letter topic.
  public var deadLetteredBytes: UInt64 = 0
  /// How often rows of an input partition were found to have been deleted before they were read.
  public var inputGaps: UInt64 = 0
  /// How many rows that were.
  public var rowsDeletedUnread: UInt64 = 0
  /// The time from the first wait for a batch until all of its copies were acknowledged, one value per batch.
  public var deliveries = LatencyHistogram()
  /// The time from a commit of offsets, or of a transaction, until its answer.
  public var commits = LatencyHistogram()
  /// Commits that failed or were not answered.
  public var failedCommits: UInt64 = 0
  /// Assignments of partitions by the group.
  public var rebalances: UInt64 = 0
  /// How often the router joined its group again, because nobody read some partition.
  public var rejoins: UInt64 = 0
  /// How often the Kafka clients were recreated after an error.
  public var rebuilds: UInt64 = 0
  /// Rows that have come to their end.
  public var finished: UInt64 { routed + deadLettered + unassigned + withheld + postponed }
  /// Rows under way: `consumed` less those that are finished.
  public var underWay: UInt64 { consumed - finished }

  /// Totals that are all zero.
  public init() {}

  /// What was consumed and did not arrive will be consumed again, and counts then.
  mutating func forgetUnderWay() {
    consumedAgain += underWay
    consumed = finished
  }
}

extension RowFateCounts {
  /// What a router has done, and how many rows wait in the topic for it.
  init(_ totals: RouterTotals, waiting: UInt64) {
    self.init()
    (routed, deadLettered) = (totals.routed, totals.deadLettered)
    (unassigned, withheld) = (totals.unassigned, totals.withheld)
    self.waiting = waiting
  }
}
