internal import Auditing
internal import MetricRouter

/// What an audit takes for an error.
struct AuditJudgement {
  /// Copies that are there once more.
  var isExactlyOnce: Bool
  /// Copies of which nothing can be proven.
  var isStrict: Bool

  func isProven(_ report: AuditReport) -> Bool {
    report.isProven(exactlyOnce: isExactlyOnce, strict: isStrict)
  }
}
