/// What Slurm says of a job.
public struct SlurmJob: Sendable, Equatable {
  /// The job's name, as its user chose it.
  public var name: String?
  /// The account that pays.
  public var account: String?
  /// The partition that it runs in.
  public var partition: String?
  /// The nodes of the job, as Slurm writes them: `c[1-3]`.
  public var nodeList: String?
  /// Slurm's state of it: `RUNNING`, `COMPLETED`.
  public var state: String?
  /// The exit code, as Slurm writes it: `0:0`.
  public var exitCode: String?
  /// When it began, in milliseconds since 1970.
  public var started: Int64?
  /// When it ended.
  public var ended: Int64?

  /// A job about which nothing is known.
  public init() {}
}
