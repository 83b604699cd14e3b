/// The rows of one row schema of a job.
public struct JobSchema: Sendable, Equatable {
  /// The row schema's name.
  public var name: String
  /// The rows.
  public var rows: UInt64
  /// Their bytes.
  public var bytes: UInt64
  /// Rows a second, lately; `nil` where that is not known.
  public var rowsPerSecond: Double?
}
