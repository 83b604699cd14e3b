internal import Auditing
internal import Kafka
internal import MetricRouter
internal import Runtime

/// How far an audit is, as a line that is redrawn; silent where there is no terminal.
final class AuditProgressBar {
  private let live: LiveRegion
  private var phase: AuditProgress.Phase?
  /// When the phase began.
  private var began: Int64 = 0

  init(_ output: Output) {
    live = LiveRegion(output: output, descriptor: 2)
  }

  func draw(_ progress: AuditProgress) {
    let now = MonotonicClock.milliseconds()
    if phase != progress.phase {
      phase = progress.phase
      began = now
    }
    // A terminal that has gone is noticed when the result is printed.
    try? live.draw([Self.line(progress, elapsedMilliseconds: now - began)])
  }

  func finish() { try? live.finish(keepingLines: false) }

  /// The line at a time after the start of the phase.
  static func line(_ progress: AuditProgress, elapsedMilliseconds: Int64) -> String {
    let (done, total) = (progress.done, progress.total)
    let name: String
    switch progress.phase {
    case .inputs: name = "reading rows  "
    case .outputs: name = "reading copies"
    case .transactions:
      return "waiting for open transactions in \(HumanFormat.count(total - done)) partitions"
    }
    return ProgressBar.line(name, done: done, total: total, elapsedMilliseconds: elapsedMilliseconds)
  }
}
