public import Wording

/// What has become of the rows that routers consumed since they started.
public struct RowFateCounts: Sendable, Equatable {
  /// Rows in the topics of their user and job.
  public var routed: UInt64 = 0
  /// Rows in the dead-letter topic.
  public var deadLettered: UInt64 = 0
  /// Rows of hosts that ran no job; they are copied nowhere.
  public var unassigned: UInt64 = 0
  /// Rows of hosts that ran jobs of several users; they are copied nowhere.
  public var withheld: UInt64 = 0
  /// Rows that wait now for the owner of their job.
  public var waiting: UInt64 = 0

  /// None.
  public init() {}

  /// What routers have done together.
  package static func + (one: RowFateCounts, other: RowFateCounts) -> RowFateCounts {
    var sum = one
    sum.routed &+= other.routed
    sum.deadLettered &+= other.deadLettered
    sum.unassigned &+= other.unassigned
    sum.withheld &+= other.withheld
    sum.waiting &+= other.waiting
    return sum
  }

  /// The counts as `/v1/jobs`, `router jobs --json` and the topic of the job index have them.
  public var json: JSONTree {
    [
      "routed": JSONTree(routed), "dead_lettered": JSONTree(deadLettered), "unassigned": JSONTree(unassigned),
      "withheld": JSONTree(withheld), "waiting": JSONTree(waiting),
    ]
  }
}
