/// How it is known that a job is in its state.
public enum JobStateReason: String, Sendable, Hashable, CaseIterable {
  /// Rows of the job have arrived.
  case rows
  /// Rows came again after it had ended: it was requeued, or its samplers had been away for long.
  case rowsAgain = "rows-again"
  /// No rows have arrived for the configured time.
  case noRows = "no-rows"
  /// A row of a Slurm sampler of LDMS (`mt-slurm2`, `jobinfo`) said so.
  case slurmRow = "slurm-row"
  /// A message of Slurm's `jobcomp/kafka` said so.
  case slurmMessage = "slurm-message"
}
