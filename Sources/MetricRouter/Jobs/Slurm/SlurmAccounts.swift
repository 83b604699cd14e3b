/// What Slurm's messages say of jobs, by job; bounded.
struct SlurmAccounts: Sendable {
  private var accounts: [JobKey: SlurmAccount] = [:]
  private let limit: Int

  /// Nothing.
  ///
  /// - Parameter limit: when there are more jobs, the half of those that ended is forgotten that ended first.
  init(limit: Int = 200_000) {
    self.limit = limit
  }

  /// The number of jobs.
  var count: Int { accounts.count }

  /// All of them, in no order.
  var all: Dictionary<JobKey, SlurmAccount>.Values { accounts.values }

  /// What is said of a job.
  subscript(key: JobKey) -> SlurmAccount? { accounts[key] }

  /// Adds what messages say of a job.
  ///
  /// - Returns: what is known of it now.
  @discardableResult
  mutating func add(_ account: SlurmAccount) -> SlurmAccount {
    let key = account.key
    guard accounts[key] != nil else {
      if accounts.count >= limit { prune() }
      accounts[key] = account
      return account
    }
    accounts[key]?.add(account)
    return accounts[key] ?? account
  }

  /// Forgets a job.
  mutating func remove(_ key: JobKey) { accounts[key] = nil }

  private mutating func prune() {
    let ends = accounts.values.filter { $0.latest.kind == .end }.map(\.latest.moment.time).sorted()
    guard !ends.isEmpty else { return }
    let middle = ends[ends.count / 2]
    accounts = accounts.filter { $0.value.latest.kind != .end || $0.value.latest.moment.time > middle }
  }
}
