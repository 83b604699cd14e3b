/// The owners of job numbers, and the claims that have not been brought into their table yet. A part of `JobLedger`.
struct JobOwnership: Sendable {
  /// The owners by job number, as far as claims have been settled.
  var table: JobOwners
  /// The jobs with claims that have changed since the table was brought up to date.
  var newClaims: Set<JobKey> = []
  /// The claims of jobs that are no longer in the index: rows from their time may still arrive.
  private(set) var retained: [JobKey: [JobClaim]] = [:]

  /// How many jobs `retained` may hold before the older half of them is dropped.
  private static let retainedLimit = 200_000

  init(rules: JobOwners.Rules) { table = JobOwners(rules: rules) }

  /// Retains the claims of a job that leaves the index.
  mutating func retain(_ claims: [JobClaim], of key: JobKey) {
    if retained.count >= Self.retainedLimit {
      let ends = retained.values.map { $0.map(\.end).max() ?? .min }.sorted()
      let middle = ends[ends.count / 2]
      for (key, claims) in retained where claims.allSatisfy({ $0.end <= middle }) {
        retained[key] = nil
        newClaims.insert(key)
      }
    }
    retained[key] = claims
  }

  /// Whether the table has a job of this user.
  func hasHolder(_ key: JobKey) -> Bool {
    guard let number = key.number else { return false }
    return table.holders(of: number).contains { $0.user == key.user }
  }
}
