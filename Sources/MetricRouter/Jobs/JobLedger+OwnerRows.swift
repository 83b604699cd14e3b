package import Naming

/// What rows of authorities (`identity.owners`) say.
extension JobLedger {
  /// Takes in a row of an authority. It is believed: it makes a job known of which nothing else is.
  ///
  /// - Parameter user: whom the row names.
  package mutating func add(_ row: OwnerRow, of user: Name) {
    let place = add(JobKey(user: user, job: Name(String(row.job))))
    // A list of jobs names those that have ended, too; of them it says nothing of now.
    let time = min(row.time, row.end ?? row.time)
    let seen = self.time.map { min(time, $0 + Self.aheadMilliseconds) } ?? time
    let valueCount = valueNames.count
    if let host = row.host { learn(row.component, of: host) }
    update(place) { share in
      if !share.isSlurmMessage, (share.slurm?.started ?? .min) < row.start ?? (share.slurm == nil ? time : .min) {
        share.slurm = share.slurm ?? SlurmJob()
        share.slurm?.started = row.start ?? time
      }
      guard let host = row.host else { return share.claims.isChange(row.claim) }
      let count = share.nodes.count
      let index = share.node(host, first: time, seen: seen, values: valueCount)
      share.nodes[index].component = row.component ?? share.nodes[index].component
      share.nodes[index].first = min(share.nodes[index].first, time)
      share.nodes[index].last = max(share.nodes[index].last, time)
      share.nodes[index].seen = max(share.nodes[index].seen, seen)
      if row.saysTimes { share.nodes[index].note(began: row.start, ended: row.end) }
      return share.nodes[index].claims.isChange(row.claim) || share.nodes.count != count
    }
    noteClaims(of: place)
  }
}

extension [JobClaim] {
  /// Adds a claim.
  ///
  /// - Returns: whether others should know it at once: a run has begun or ended, rather than gone on.
  fileprivate mutating func isChange(_ claim: JobClaim) -> Bool {
    let (runs, open) = (count, self.count { $0.to == nil })
    add(claim)
    return count != runs || self.count { $0.to == nil } != open
  }
}
