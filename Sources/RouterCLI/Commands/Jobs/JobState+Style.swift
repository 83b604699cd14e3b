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
    case .rows: "rows come"
    case .rowsAgain: "rows come again"
    case .noRows: "no rows come"
    case .slurmRow: "a Slurm sampler of LDMS says so"
    case .slurmMessage: "Slurm says so"
    }
  }
}
