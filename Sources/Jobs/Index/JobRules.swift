/// When jobs change their state. All times are spans of the rows' time, in milliseconds.
public struct JobRules: Sendable, Equatable {
  /// How long a job or a node has no row before it is silent, in milliseconds.
  public var silentAfter: Int64
  /// How long a job has no row before it has ended, in milliseconds.
  public var endedAfter: Int64
  /// How long an ended job stays in the index.
  public var keepEnded: Int64
  /// What holds for rows that name no user.
  package var owners = JobOwners.Rules()

  /// These rules.
  public init(silentAfter: Int64 = 15000, endedAfter: Int64 = 60000, keepEnded: Int64 = 86_400_000) {
    self.silentAfter = silentAfter
    self.endedAfter = endedAfter
    self.keepEnded = keepEnded
  }
}
