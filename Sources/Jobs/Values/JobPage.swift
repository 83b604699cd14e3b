/// A page of jobs, with the totals of the whole index.
public struct JobPage: Sendable, Equatable {
  /// The jobs.
  public var jobs: [Job]
  /// How many there are without `limit` and `offset`.
  public var count: Int
  /// The index as a whole.
  public var totals: JobIndexTotals

  /// A page.
  public init(jobs: [Job], count: Int, totals: JobIndexTotals) {
    self.jobs = jobs
    self.count = count
    self.totals = totals
  }
}
