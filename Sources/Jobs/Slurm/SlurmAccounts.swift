/// What Slurm's messages say of jobs, by job; bounded.
package struct SlurmAccounts: Sendable {
  private var accounts: [JobKey: SlurmAccount] = [:]
  private let limit: Int
  /// The jobs that were forgotten since the last call.
  private var forgotten: [JobKey] = []
  /// The time up to which all rows have been read, in milliseconds since 1970; `nil` if it is unknown.
  package var rowsRead: Int64?

  /// Nothing.
  ///
  /// - Parameter limit: when there are more jobs, those that ended first are forgotten: those whose rows have all been read
  ///   or, where these are few, the half of all.
  package init(limit: Int = 200_000) {
    self.limit = limit
  }

  /// The number of jobs.
  package var count: Int { accounts.count }

  /// All of them, in no order.
  package var all: Dictionary<JobKey, SlurmAccount>.Values { accounts.values }

  /// What is said of a job.
  package subscript(key: JobKey) -> SlurmAccount? { accounts[key] }

  /// Adds what messages say of a job.
  ///
  /// - Returns: what is known of it now.
  @discardableResult
  package mutating func add(_ account: SlurmAccount) -> SlurmAccount {
    let key = account.key
    guard accounts[key] != nil else {
      if accounts.count >= limit { prune() }
      accounts[key] = account
      return account
    }
    accounts[key]?.add(account)
    return accounts[key] ?? account
  }

  /// The jobs that were forgotten since the last time.
  package mutating func takeForgotten() -> [JobKey] {
    defer { forgotten = [] }
    return forgotten
  }

  private mutating func prune() {
    let ends = accounts.values.filter { $0.latest.kind == .end }.map(\.latest.moment.time).sorted()
    guard !ends.isEmpty else { return }
    var last = ends[ends.count / 2]
    // Of jobs that ended later, rows may still have to be read.
    if let rowsRead, rowsRead < last, ends[ends.count / 10] < rowsRead { last = rowsRead }
    for (key, account) in accounts where account.latest.kind == .end && account.latest.moment.time <= last {
      accounts[key] = nil
      forgotten.append(key)
    }
  }
}
