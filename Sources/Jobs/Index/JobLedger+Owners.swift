internal import Naming

/// The owners of jobs, by number.
///
/// All jobs that any source has named count, including ended ones: rows of theirs may still arrive, and a backlog may have to be
/// read. The claims of a job are evaluated again when there is a new one.
extension JobLedger {
  /// Whether there are claims that have not been brought into the table of owners yet.
  package var hasNewClaims: Bool { !ownership.newClaims.isEmpty }

  /// Brings new claims into the table of owners.
  ///
  /// - Parameter limit: the maximum number of jobs, because readers wait in the meantime.
  package mutating func settleClaims(limit: Int = .max) {
    guard ownership.newClaims.count > limit else {
      for key in ownership.newClaims { settleClaims(of: key) }
      ownership.newClaims = []
      return
    }
    for key in ownership.newClaims.prefix(limit) {
      settleClaims(of: key)
      ownership.newClaims.remove(key)
    }
  }

  /// The table of owners, with all claims.
  package mutating func owners() -> JobOwners {
    settleClaims()
    return ownership.table
  }

  private mutating func settleClaims(of key: JobKey) {
    guard let number = key.number else { return }
    ownership.table.set(number, of: key.user, to: claims(of: key))
  }

  /// The claims of all sources about a job.
  package func claims(of key: JobKey) -> [JobClaim] {
    var claims = accounts[key]?.runs(nodeLimit: Self.nodeLimit) ?? []
    claims.add(contentsOf: ownership.retained[key] ?? [])
    guard let place = place(of: key) else { return claims }
    // An entry is large, so it is not copied.
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

  /// Retains the claims of a job that is removed from the index: rows from its time may still arrive.
  package mutating func retainClaims(of key: JobKey) {
    ownership.newClaims.insert(key)
    guard key.number != nil else { return }
    // `accounts` keep Slurm's claims, and rows that name their user do not depend on claims.
    let ended = claims(of: key).filter { [.rows, .seen].contains($0.source) && $0.to != nil }
    if !ended.isEmpty { ownership.retain(ended, of: key) }
  }

  /// Drops a job without claims from the new ones, unless the table of owners has it.
  package mutating func dropNewClaims(of key: JobKey) {
    guard accounts[key] == nil, ownership.retained[key] == nil else { return }
    if ownership.hasHolder(key) { return }
    ownership.newClaims.remove(key)
  }
}
