package import Naming

/// What rows of authorities (`identity.owners`) say.
extension JobLedger {
  /// Takes in a row of an authority. It is believed: it makes a job known of which nothing else is.
  ///
  /// - Parameter user: whom the row names.
  /// - Returns: the place of the job, where the row says something without which its claim, as it was published, may not hold for its
  ///   rows.
  @discardableResult
  package mutating func add(_ row: OwnerRow, of user: Name) -> Int32? {
    let place = add(JobKey(user: user, job: Name(String(row.job))))
    // A list of jobs names those that have ended, too; of them it says nothing of now.
    let time = min(row.time, row.end ?? row.time)
    let seen = self.time.map { min(time, $0 + Self.aheadMilliseconds) } ?? time
    let valueCount = valueNames.count
    if let host = row.host { learn(row.component, of: host) }
    var isChange = false
    update(place) { share in
      if !share.isSlurmMessage, (share.slurm?.started ?? .min) < row.start ?? (share.slurm == nil ? time : .min) {
        share.slurm = share.slurm ?? SlurmJob()
        share.slurm?.started = row.start ?? time
      }
      guard let host = row.host else {
        isChange = share.claims.isChange(row.claim)
        return isChange
      }
      let count = share.nodes.count
      let index = share.node(host, first: time, seen: seen, values: valueCount)
      share.nodes[index].component = row.component ?? share.nodes[index].component
      share.nodes[index].first = min(share.nodes[index].first, time)
      share.nodes[index].last = max(share.nodes[index].last, time)
      share.nodes[index].seen = max(share.nodes[index].seen, seen)
      if row.saysTimes { share.nodes[index].note(began: row.start, ended: row.end) }
      isChange = share.nodes[index].claims.isChange(row.claim) || share.nodes.count != count
      return isChange
    }
    noteClaims(of: place)
    return isChange ? place : nil
  }
}

extension [JobClaim] {
  /// Adds a claim.
  ///
  /// - Returns: whether others should know it at once: a run has begun or ended, or has gone on for so long that what was published of
  ///   it may not hold for its rows.
  fileprivate mutating func isChange(_ claim: JobClaim) -> Bool {
    let before = map(\.published)
    add(claim)
    return map(\.published) != before
  }
}

extension JobClaim {
  /// What has to be published of it, in steps of half the time for which it holds beside that.
  fileprivate var published: [Int64] {
    let step = Self.margin / 2
    return [from / step, to.map { $0 / step } ?? .max]
  }
}
