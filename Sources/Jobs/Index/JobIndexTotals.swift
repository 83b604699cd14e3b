/// What holds for all jobs together.
public struct JobIndexTotals: Sendable, Equatable {
  /// The rows' time: up to when the routers have seen everything, in milliseconds since 1970; `nil` where no row has come.
  public var time: Int64?
  /// Whether rows wait to be read, so that the index shows the past.
  public var isBehind = false
  /// Whether what earlier runs and other routers know has been read.
  public var isComplete = false
  /// Jobs with rows.
  public var active = 0
  /// Jobs that have none lately.
  public var silent = 0
  /// Jobs that have ended.
  public var ended = 0
  /// Users with a job that has not ended.
  public var users = 0
  /// Nodes with a job that has not ended.
  public var nodes = 0
  /// Rows a second of all jobs, lately; `nil` where it is not known of any active one yet.
  public var rowsPerSecond: Double? = 0
  /// Routers that share the inputs.
  public var routers = 0
  /// What has become of the rows of these routers since they started; `nil` where none says so.
  public var rows: RowFateCounts?
  /// The names of the values of each job, in their order: what `jobs.columns` says.
  public var valueNames: [String] = []

  /// An index that knows nothing.
  public init() {}
}
