/// What is known of a job, from all routers of the group. A value for readers, made when it is asked for.
///
/// All times are in milliseconds since 1970.
public struct Job: Sendable, Equatable {
  /// Whose it is, and its id.
  public var key: JobKey
  /// How it is doing.
  public var state: JobState
  /// How that is known.
  public var reason: JobStateReason
  /// Since when.
  public var since: Int64
  /// When it began: as Slurm says or, where Slurm says nothing, its first row.
  public var started: Int64
  /// When it ended: as Slurm says or, where Slurm says nothing, its last row. `nil` while it has not.
  public var ended: Int64?
  /// The time of its first row; `nil` where none has come.
  public var firstRow: Int64?
  /// The time of its last row; `nil` where none has come.
  public var lastRow: Int64?
  /// Its rows.
  public var rows: UInt64
  /// Their bytes.
  public var bytes: UInt64
  /// Rows a second, lately; `nil` where that is not known: in its first ten seconds, and of a job that has ended.
  public var rowsPerSecond: Double?
  /// How long after it was made the last row came to a router, in milliseconds; `nil` where that is not known.
  public var inputDelay: Int64?
  /// Its nodes, by name.
  public var nodes: [JobNode]
  /// Its rows by row schema, by name.
  public var schemas: [JobSchema]
  /// The values of the configured columns, in their order: each the mean over the nodes that are not silent.
  public var values: [Double?]
  /// Its user's topic, and its own; the latter `nil` where its name would be too long.
  public var userTopic: String?
  /// Its own topic.
  public var jobTopic: String?
  /// What Slurm says of it.
  public var slurm: SlurmJob?
  /// Its states, the newest last; the oldest may be missing.
  public var history: [JobChange]
  /// Its last minutes.
  public var series: JobSeries

  /// Whether a node of it has rows of another job, too.
  public var isOnSharedNode: Bool { nodes.contains { !$0.sharedWith.isEmpty } }
  /// Its nodes without rows, lately.
  public var silentNodes: Int { nodes.count { $0.isSilent } }
}
