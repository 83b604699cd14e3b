public import Naming

/// A node of a job.
public struct JobNode: Sendable, Equatable {
  /// The name of the node.
  public var node: Name
  /// The time of its first row of this job, in milliseconds since 1970.
  public var firstRow: Int64
  /// The time of its last row of this job.
  public var lastRow: Int64
  /// Whether no rows of this job have come from it lately.
  public var isSilent: Bool
  /// The values of the configured columns, in their order.
  public var values: [Double?]
  /// Other jobs that have not ended and had rows from this node at the same time.
  public var sharedWith: [JobKey]
}
