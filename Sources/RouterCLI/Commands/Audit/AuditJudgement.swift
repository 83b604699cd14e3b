internal import Auditing
internal import MetricRouter

/// The findings that count as errors.
struct AuditJudgement {
  /// Copies that are there once more.
  var isExactlyOnce: Bool
  /// Copies of which nothing can be proven.
  var isStrict: Bool

  func isProven(_ report: AuditReport) -> Bool {
    report.isProven(exactlyOnce: isExactlyOnce, strict: isStrict)
  }
}
