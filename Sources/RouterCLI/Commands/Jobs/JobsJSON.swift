internal import MetricRouter
internal import Wording

/// The documents of `router jobs --json`.
enum JobsJSON {
  /// Jobs, and what holds for all.
  static func tree(_ page: JobPage) -> JSONTree {
    [
      "totals": page.totals.json, "count": .integer(Int64(page.count)),
      "jobs": .list(page.jobs.map { $0.json(valueNames: page.totals.valueNames) }),
    ]
  }

  /// One job with all that is known of it.
  static func tree(_ job: Job, _ totals: JobIndexTotals) -> JSONTree {
    ["totals": totals.json, "job": job.detailedJSON(valueNames: totals.valueNames)]
  }
}
