public import Naming

/// What a message of Slurm's `jobcomp/kafka` plugin says of a job.
///
/// The plugin (`src/plugins/jobcomp/kafka/jobcomp_kafka.c`, `_produce_internal`) sends one JSON object a message, made
/// by `jobcomp_common_job_record_to_data` (`src/plugins/jobcomp/common/jobcomp_common.c`); read in 23.02.0, 24.05.0,
/// 24.11.0, 25.05.0 and in master towards 26.11. The members that are used here:
///
/// | member | type | in |
/// | --- | --- | --- |
/// | `jobid` | integer | all; tasks of arrays and parts of heterogeneous jobs have one of their own |
/// | `username` | string | all |
/// | `@start` | time | all; since 24.11 missing where it is not known, before `Unknown` or `None` |
/// | `@end` | time | ends, likewise |
/// | `state` | string | ends; `null` in starts |
/// | `exit_code` | string `0:0`, code and signal | ends |
/// | `elapsed` | integer | ends |
/// | `job_name`, `account`, `partition`, `nodes` | string, or missing, or `null` | all |
///
/// Nothing says outright whether it is a start (since 25.05 with `JobCompParams=enable_job_start`) or an end: what
/// tells them apart is that only ends have `elapsed`, `exit_code` and a `state`.
///
/// **Times** are what `parse_time_make_str_utc` (`src/common/parse_time.c`) writes: `2026-11-28T13:30:01`, in UTC,
/// whatever the time zone of the controller is and `SLURM_TIME_FORMAT` says. A time without a zone is therefore taken
/// as UTC. A zone is understood if somebody between Slurm and us adds one, and an integer as seconds since 1970.
///
/// **An end is not always the job's** (`job_completion_logger`, `src/slurmctld/job_mgr.c`): see ``Kind``.
///
/// Whoever may write to the topic is believed: permission to write to it belongs to Slurm alone. Of the members, users
/// choose `job_name` (and others that are not read); the serializer escapes them, so they cannot forge another.
public struct SlurmMessage: Sendable, Equatable {
  /// What the message is about.
  public enum Kind: Sendable, Hashable {
    /// The job has begun to run.
    case start
    /// The job has ended, and is not known to come again.
    ///
    /// One that was requeued after a failed node (`NODE_FAIL`) or preempted (`PREEMPTED`) looks the same: what comes
    /// afterwards, a start or rows, says that it goes on.
    case end
    /// The job was requeued: it has stopped, and will run again with the same id.
    ///
    /// Its state is `PENDING`: `REQUEUED` is a flag that the plugin masks out.
    case requeue
    /// The job runs on with other nodes; Slurm closes one account of it and opens another.
    case resize
  }

  /// What it is about.
  public var kind: Kind
  /// The job's id, at least 1.
  public var job: UInt64
  /// The user; a number where Slurm found no name. Never empty, and not checked beyond that.
  public var user: Name
  /// What Slurm says of the job.
  ///
  /// `started` and `ended` are times of this run of it, in milliseconds since 1970. A resized job has `started` at the
  /// last change of its size. A job that was cancelled before it ran has no `started`.
  public var slurm: SlurmJob

  /// The nodes; `nil` where none are said, and where their list cannot be read.
  public var nodes: NodeList? {
    guard let text = slurm.nodeList else { return nil }
    return try? NodeList(text)
  }
}
