internal import Naming

/// Whose jobs are, by number.
///
/// All jobs count that any source has told of, ended ones included: rows of theirs may still be on their way, and a backlog may have
/// to be read. What was said of a job is looked at again when something new has come.
extension JobLedger {
  /// Whether what is known of owners has not come into the table yet.
  package var hasNewClaims: Bool { !newClaims.isEmpty }

  /// Brings what is new into the table of owners.
  ///
  /// - Parameter limit: of jobs: readers wait meanwhile.
  package mutating func settleClaims(limit: Int = .max) {
    guard newClaims.count > limit else {
      for key in newClaims { settleClaims(of: key) }
      newClaims = []
      return
    }
    for key in newClaims.prefix(limit) {
      settleClaims(of: key)
      newClaims.remove(key)
    }
  }

  /// Whose jobs are.
  package mutating func owners() -> JobOwners {
    settleClaims()
    return ownersTable
  }

  private mutating func settleClaims(of key: JobKey) {
    guard let number = key.number else { return }
    ownersTable.set(number, of: key.user, to: claims(of: key))
  }

  /// What all sources say of a job.
  package func claims(of key: JobKey) -> [JobClaim] {
    var claims = accounts[key]?.runs(nodeLimit: Self.nodeLimit) ?? []
    claims.add(contentsOf: retained[key] ?? [])
    guard let place = place(of: key) else { return claims }
    // An entry is large: only what is needed of it is taken out.
    let index = Int(place)
    for share in entries[index]!.shares.indices {
      claims.add(contentsOf: entries[index]!.shares[share].claims)
      for node in entries[index]!.shares[share].nodes.indices {
        let own = entries[index]!.shares[share].nodes[node].claims
        guard !own.isEmpty else { continue }
        let name = entries[index]!.shares[share].nodes[node].name
        for var claim in own {
          claim.nodes = [name]
          claims.append(claim)
        }
      }
    }
    return claims
  }

  /// A job is taken out of the index; what rows said of it is kept: rows of its time may still come.
  package mutating func retainClaims(of key: JobKey) {
    newClaims.insert(key)
    guard key.number != nil else { return }
    // Slurm's word is kept elsewhere; and rows that name their user are not needed to find it.
    let ended = claims(of: key).filter { [.rows, .seen].contains($0.source) && $0.to != nil }
    if ended.isEmpty { return }
    if retained.count >= Self.retainedLimit {
      let ends = retained.values.map { $0.map(\.end).max() ?? .min }.sorted()
      let middle = ends[ends.count / 2]
      for (key, claims) in retained where claims.allSatisfy({ $0.end <= middle }) {
        retained[key] = nil
        newClaims.insert(key)
      }
    }
    retained[key] = ended
  }

  private static let retainedLimit = 200_000

  /// Nothing is said of a job any more: it need not be looked at, unless the table has it.
  package mutating func dropNewClaims(of key: JobKey) {
    guard accounts[key] == nil, retained[key] == nil else { return }
    if let number = key.number, ownersTable.holders(of: number).contains(where: { $0.user == key.user }) { return }
    newClaims.remove(key)
  }
}
