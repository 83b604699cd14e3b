public import Naming

/// What a row of one of LDMS's Slurm samplers says of a job on a node.
///
/// The samplers are `slurm_sampler2` (schema `mt-slurm2`, `ldms/src/sampler/slurm/slurm_sampler2.c`) and `jobinfo`
/// (`ldms/src/sampler/job_info/jobinfo.c`). Of `mt-slurm`, the first version, the rows are not read: it puts all jobs
/// of a node into one row of arrays.
///
/// **Whom to believe.** LDMS escapes nothing, so ``SlurmRowReader`` takes a value only from where no user's text can
/// stand before it, or from the only reading of the row. But what the sampler itself was told can be forged, since the
/// Slurm plugins that tell it do not escape either:
/// - `mt-slurm2`: `slurm_notifier.c` puts `SLURM_JOB_NAME` into its messages as it is, and of two equal keys
///   `ovis_json` takes the last. With a crafted name, a user can send any message of theirs: invent a job, name a user,
///   end a job.
/// - `jobinfo`: `jobinfo_slurm.c` writes `SLURM_JOB_NAME` as a line of a file; with line breaks in the name, a user can
///   set every number in the row, ``job`` and ``end`` among them. The user's name is the last line, and cannot be set.
///
/// | value | can be forged |
/// | --- | --- |
/// | ``componentID`` | by nobody |
/// | ``job``, ``state``, ``start``, ``end`` | by whoever runs a job on this node, for any job |
/// | ``user`` | `mt-slurm2`: likewise; `jobinfo`: by nobody |
/// | ``name`` | by the job's user, whose choice it is |
///
/// So a row alone is no proof that a job exists or has ended. Take it for a job that is known, of this user and on this
/// node; and let the job's own rows overrule it, when newer ones come than its end.
public struct SlurmRow: Sendable, Equatable {
  /// The sampler of a row.
  public enum Sampler: Sendable, Hashable {
    /// `slurm_sampler2`.
    case mtSlurm2
    /// The sampler `jobinfo`. It learns about steps, not jobs: ``State/complete`` and ``SlurmRow/end`` are those of the node's
    /// last step, and the job may have another.
    case jobinfo
  }

  /// How the job is doing on this node.
  public enum State: UInt64, Sendable, Hashable {
    /// The job has come to the node.
    case starting = 1
    /// Tasks of it run.
    case running = 2
    /// Tasks of the job have ended.
    case stopping = 3
    /// The job has left the node.
    case complete = 4
  }

  /// The sampler.
  public var sampler: Sampler
  /// The job's id, never 0.
  public var job: UInt64
  /// The user; `nil` while the sampler does not know, as in a job's first row, and where the row has no such column.
  public var user: Name?
  /// The job's name, as it stands in the row; `nil` where there is none.
  public var name: String?
  /// How it is doing; `nil` where the row does not say.
  public var state: State?
  /// When it began on this node, in milliseconds since 1970.
  public var start: Int64?
  /// When it ended on this node, in milliseconds since 1970; `nil` while it has not.
  public var end: Int64?
  /// The node's number in LDMS.
  public var componentID: UInt64?

  /// Whether it has ended on this node.
  public var isEnded: Bool { state.map { $0 == .complete } ?? (end != nil) }
}
