/// How a job is doing, as its rows and Slurm's messages say.
public enum JobState: String, Sendable, Hashable, CaseIterable {
  /// Rows come.
  case active
  /// No node has sent a row for `jobs.silent-after`.
  case silent
  /// The job has ended; its rows can still be read.
  case ended
}
