public import Naming

/// What a router has done for one job since its start.
///
/// A job without a row for an hour may be forgotten; when its rows come again, they are counted from zero.
public struct JobTotals: Sendable, Equatable {
  /// The user's name.
  public var user: Name
  /// The job's id, or what stands for it.
  public var job: Name
  /// The nodes whose rows came.
  public var nodes: [Name]
  /// The user's topic.
  public var userTopic: String
  /// The job's topic; `nil` where too many jobs have one.
  public var jobTopic: String?
  /// Rows sent.
  public var rows: UInt64
  /// Their bytes.
  public var bytes: UInt64
}
