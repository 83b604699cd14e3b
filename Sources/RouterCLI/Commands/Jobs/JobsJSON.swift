internal import Jobs
internal import MetricRouter
internal import Wording

/// The documents of `router jobs --json`.
enum JobsJSON {
  /// Jobs, and what holds for all.
  static func tree(_ page: JobPage, of query: JobQuery) -> JSONTree {
    let limit = query.limit == .max ? nil : query.limit
    return .object(
      [.init("totals", page.totals.json)]
        + PagingOptions.members(total: page.count, limit: limit, offset: query.offset)
        + [.init("jobs", .list(page.jobs.map { $0.json(valueNames: page.totals.valueNames) }))])
  }

  /// One job with all that is known of it.
  static func tree(_ job: Job, _ totals: JobIndexTotals) -> JSONTree {
    ["totals": totals.json, "job": job.detailedJSON(valueNames: totals.valueNames)]
  }
}
