public import Naming

/// What was found of the rows of an input partition, or of all of them.
public struct AuditCounts: Sendable, Equatable {
  /// Rows that were audited.
  public var rows: Int64 = 0
  /// Rows of which everything was found, once at least, with the same bytes.
  public var proven: Int64 = 0
  /// Rows that belong to a user and a job.
  public var routed: Int64 = 0
  /// Rows that belong to the dead-letter topic, by reason.
  public var deadLetters: [DeadLetterReason: Int64] = [:]
  /// Rows that belong to a user and a job, and are dead letters because a topic was rejected.
  public var refused: Int64 = 0
  /// Rows that were dead letters, and whose copies were found nevertheless: an operator resent them.
  public var redriven: Int64 = 0
  /// Rows that are no job's, and so in no topic.
  public var unassigned: Int64 = 0
  /// Rows that nobody gets, because jobs of several users ran on their host, and that are in no topic.
  public var withheld: Int64 = 0
  /// Rows that wait for the owner of their job.
  public var waiting: Int64 = 0
  /// Copies that are not where they should be.
  public var missing: Int64 = 0
  /// Copies that exist more than once.
  public var doubled: Int64 = 0
  /// Copies that are where they should not be.
  public var misplaced: Int64 = 0
  /// Copies with other bytes.
  public var altered: Int64 = 0
  /// Copies that are missing, and may have been deleted by retention: nothing can be proven of them.
  public var expired: Int64 = 0
  /// Copies whose job's topic no longer exists.
  public var gone: Int64 = 0
  /// Rows with their user's copy alone, because there were as many jobs' topics as `jobs.max-topics` allows.
  public var withoutJobTopic: Int64 = 0

  /// Rows that were deleted before the router had read them.
  public var deletedUnread: Int64 = 0

  /// Nothing.
  public init() {}

  /// All dead letters.
  public var deadLettered: Int64 { deadLetters.values.reduce(0, +) }

  /// Adds others.
  public static func += (sum: inout AuditCounts, other: AuditCounts) {
    sum.rows += other.rows
    sum.proven += other.proven
    sum.routed += other.routed
    sum.deadLetters.merge(other.deadLetters, uniquingKeysWith: +)
    sum.refused += other.refused
    sum.redriven += other.redriven
    sum.unassigned += other.unassigned
    sum.withheld += other.withheld
    sum.waiting += other.waiting
    sum.missing += other.missing
    sum.doubled += other.doubled
    sum.misplaced += other.misplaced
    sum.altered += other.altered
    sum.expired += other.expired
    sum.gone += other.gone
    sum.withoutJobTopic += other.withoutJobTopic
    sum.deletedUnread += other.deletedUnread
  }
}
