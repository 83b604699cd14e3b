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
  /// The reason as part of a sentence.
  var text: String {
    switch self {
    case .rows: "rows come"
    case .rowsAgain: "rows come again after its end"
    case .noRows: "no rows came for so long"
    case .slurmRow: "a row of a Slurm sampler says so"
    case .slurmMessage: "a message of Slurm says so"
    }
  }
}
