/// How a job is doing, as its rows and Slurm's messages say.
public enum JobState: String, Sendable, Hashable, CaseIterable {
  /// Rows come.
  case active
  /// No rows from any of its nodes for `jobs.silent-after`.
  case silent
  /// The job has ended; its rows can still be read.
  case ended
}
