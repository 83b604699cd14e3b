internal import Jobs
internal import MetricRouter

extension JobState {
  /// How a state stands out.
  var style: TextStyle {
    switch self {
    case .active: .good
    case .silent: .warning
    case .ended: .faint
    }
  }
}

extension JobStateReason {
  /// The reason as part of a sentence; the page has the same words.
  var text: String {
    switch self {
    case .rows: "rows arrive"
    case .rowsAgain: "rows arrive again"
    case .noRows: "no rows arrive"
    case .slurmRow: "an LDMS Slurm sampler says so"
    case .slurmMessage: "Slurm says so"
    }
  }
}
