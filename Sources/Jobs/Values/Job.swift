/// A job, as all routers of the group know it. A value for readers, created on request.
///
/// All times are in milliseconds since 1970.
public struct Job: Sendable, Equatable {
  /// The user and the id of the job.
  public var key: JobKey
  /// How it is doing.
  public var state: JobState
  /// How that is known.
  public var reason: JobStateReason
  /// The time at which the job entered its state.
  public var since: Int64
  /// When it began: as Slurm says or, where Slurm says nothing, its first row.
  public var started: Int64
  /// When it ended: as Slurm says or, where Slurm says nothing, its last row. `nil` while it has not.
  public var ended: Int64?
  /// The time of its first row; `nil` where none has come.
  public var firstRow: Int64?
  /// The time of its last row; `nil` where none has come.
  public var lastRow: Int64?
  /// The number of rows.
  public var rows: UInt64
  /// Their bytes.
  public var bytes: UInt64
  /// Rows a second, lately; `nil` where that is not known: in its first ten seconds, and of a job that has ended.
  public var rowsPerSecond: Double?
  /// How long after it was made the last row came to a router, in milliseconds; `nil` where that is not known.
  public var inputDelay: Int64?
  /// The nodes of the job, ordered by name.
  public var nodes: [JobNode]
  /// The rows by row schema, ordered by name.
  public var schemas: [JobSchema]
  /// The values of the configured columns, in their order: each the mean over the nodes that are not silent.
  public var values: [Double?]
  /// The topic of the job's user.
  public var userTopic: String?
  /// The topic of the job; `nil` if its name would be too long.
  public var jobTopic: String?
  /// What Slurm says of it.
  public var slurm: SlurmJob?
  /// The states of the job, newest last; the oldest may be missing.
  public var history: [JobChange]
  /// The last minutes of the job.
  public var series: JobSeries

  /// Whether a node of it has rows of another job, too.
  public var isOnSharedNode: Bool { nodes.contains { !$0.sharedWith.isEmpty } }
  /// The number of nodes without recent rows.
  public var silentNodes: Int { nodes.count { $0.isSilent } }
}
