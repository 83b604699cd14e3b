package import Naming

/// The states of jobs.
extension JobLedger {
  /// Moves the rows' time on and puts jobs into the states that follow.
  ///
  /// - Parameter time: up to when all rows have been read, by all routers; `nil` where that is not known, and then no job
  ///   becomes silent or ends for want of rows.
  package mutating func advance(to time: Int64?) {
    if let time {
      if let before = self.time, time < before - Self.backMilliseconds { goBack(to: time) }
      self.time = max(self.time ?? time, time)
    }
    let known = time == nil ? nil : self.time
    for place in entries.indices where entries[place] != nil && !staysActive(place, known) {
      // Time advances in steps, and in large ones in a backlog; a job passes through its states nevertheless.
      for _ in 0..<Self.statesInOneStep {
        guard let change = next(entries[place]!, known) else { break }
        self.change(Int32(place), to: change, isStart: !entries[place]!.isAnnounced)
      }
    }
  }

  /// `active`, `silent`, `ended`.
  private static let statesInOneStep = 3

  /// The rows' time has gone back (`JobIndex.steady` says when). What lies after it is taken as of now, or nothing would become
  /// silent until the time has come again.
  private mutating func goBack(to time: Int64) {
    self.time = time
    for place in entries.indices {
      edit(Int32(place)) { entry in
        entry.since = min(entry.since, time)
        entry.seen = min(entry.seen, time)
        entry.rateTime = 0
        for share in entry.shares.indices {
          for node in entry.shares[share].nodes.indices {
            entry.shares[share].nodes[node].seen = min(entry.shares[share].nodes[node].seen, time)
          }
        }
      }
    }
  }

  /// How far the time may go back without a meaning, in milliseconds: routers take over each other's partitions.
  package static let backMilliseconds: Int64 = 60000

  /// Whether a job has rows, as before, and nothing else is known of it. That holds for nearly all jobs at nearly all times,
  /// so nothing is looked at but what lies in the entry itself.
  @inline(__always)
  private func staysActive(_ place: Int, _ time: Int64?) -> Bool {
    entries[place]!.state == .active && entries[place]!.isAnnounced && !entries[place]!.hasEnds
      && !entries[place]!.hasSlurm && (time.map { $0 - entries[place]!.seen <= rules.silentAfter } ?? true)
  }

  /// The state that a job is to be put into; `nil` where it stays as it is.
  private func next(_ entry: Entry, _ time: Int64?) -> JobChange? {
    let slurm = entry.slurm
    if let first = firstState(of: entry, slurm, time) { return first }
    if let end = end(entry, slurm?.job, time) {
      // It ended, ran again, and now has ended again.
      if entry.state == .ended, entry.reason != .noRows, entry.since < end, let again = slurm?.job.started,
        again > entry.since, again <= end
      {
        return JobChange(time: again, state: .active, reason: .rowsAgain)
      }
      let reason = slurm?.job.ended == end && slurm?.isMessage == true ? JobStateReason.slurmMessage : .slurmRow
      // Only once: Slurm repeats itself.
      return entry.state == .ended && entry.reason != .noRows && entry.since == end
        ? nil : JobChange(time: end, state: .ended, reason: reason)
    }
    let seen = max(entry.seen, slurm?.job.started ?? .min)
    guard seen > .min else { return nil }
    if entry.state == .ended, entry.reason == .slurmMessage, let slurm, slurm.isMessage, slurm.job.ended == nil {
      // What Slurm says now is newer than that end, or it would not count.
      return JobChange(time: max(seen, entry.since), state: .active, reason: .rowsAgain)
    }
    if entry.state == .ended {
      // By want of rows, and now there are some; or they came well after Slurm's end, or Slurm began it again.
      return seen > entry.since + (entry.reason == .noRows ? 0 : rules.silentAfter)
        || (entry.reason != .noRows && slurm?.job.ended == nil && (slurm?.job.started ?? .min) > entry.since)
        ? JobChange(time: seen, state: .active, reason: .rowsAgain) : nil
    }
    guard let time else {
      // Only rows can tell.
      return entry.state == .silent && seen > entry.since ? JobChange(time: seen, state: .active, reason: .rows) : nil
    }
    let age = time - seen - delay(of: entry.shares)
    // Slurm says that it runs: then it only is silent.
    let limit = slurm?.isMessage == true && slurm?.job.started != nil ? rules.keepEnded : rules.endedAfter
    if age > limit, entry.state == .silent || limit <= rules.silentAfter {
      return JobChange(time: seen + limit, state: .ended, reason: .noRows)
    }
    if age > rules.silentAfter {
      return entry.state == .silent
        ? nil : JobChange(time: seen + rules.silentAfter, state: .silent, reason: .noRows)
    }
    return entry.state == .active ? nil : JobChange(time: seen, state: .active, reason: .rows)
  }

  /// The state that a job begins with, also where its end is known already; `nil` where it has one.
  private func firstState(of entry: Entry, _ slurm: (job: SlurmJob, isMessage: Bool)?, _ time: Int64?) -> JobChange? {
    guard !entry.isAnnounced else { return nil }
    let first = entry.shares.firstRow
    // It was cancelled before it ran.
    if first == nil, let job = slurm?.job, job.started == nil, job.ended != nil { return nil }
    let reason: JobStateReason = first == nil ? (slurm?.isMessage == true ? .slurmMessage : .slurmRow) : .rows
    return JobChange(time: first ?? slurm?.job.started ?? time ?? 0, state: .active, reason: reason)
  }

  /// How much later than the rows' time it may be that the last rows of a job are known: other routers publish theirs in
  /// turn.
  package func delay(of shares: [JobShare]) -> Int64 {
    shares.count == 1 && shares[0].instance == instance ? 0 : JobPace.publishing(jobs: unendedCount)
  }

  /// The end of the job that Slurm reports; `nil` if Slurm reports none, or rows show that the job continues.
  private func end(_ entry: Entry, _ slurm: SlurmJob?, _ time: Int64?) -> Int64? {
    var end = slurm?.ended
    // By the rows' time it has not ended yet: what comes now is older.
    if let said = end, let time, said > time + Self.aheadMilliseconds { return nil }
    if end == nil, entry.hasEnds {
      // Rows of LDMS say it for each node. Others have ended, too, when they no longer send rows.
      var latest: Int64?
      for share in entry.shares {
        for node in share.nodes {
          if let ended = entry.end(of: node.name) {
            latest = max(latest ?? ended, ended)
          } else if time.map({ $0 - node.seen - delay(of: entry.shares) <= rules.silentAfter }) ?? true {
            return nil
          }
        }
      }
      end = latest
    }
    guard let end else { return nil }
    // A requeued job keeps its id; rows of its last seconds may come late.
    return entry.last > end + rules.silentAfter ? nil : end
  }

  /// How long the index keeps a job that has ended without rows although rows of an authority show that it runs, in milliseconds:
  /// its rows may return.
  private static let openMilliseconds: Int64 = 86_400_000

  /// The jobs that ended long enough ago to be removed.
  package func expired() -> [Int32] {
    guard let time else { return [] }
    return entries.indices.compactMap { place in
      guard let entry = entries[place], entry.state == .ended else { return nil }
      let age = time - max(entry.since, entry.seen)
      guard age > rules.keepEnded, age > Self.openMilliseconds || !entry.hasOpenClaim else { return nil }
      return Int32(place)
    }
  }

  /// Forgets them.
  ///
  /// - Returns: the keys of the messages about them.
  package mutating func forgetExpired() -> [String] {
    expired().flatMap { place -> [String] in
      let keys = self[place].map { entry in
        entry.shares.map { JobShare.messageKey(entry.key, instance: $0.instance) }
      }
      forget(place)
      return keys ?? []
    }
  }
}

extension JobLedger.Entry {
  /// Whether rows of an authority show the job on a node, and have not reported its end.
  fileprivate var hasOpenClaim: Bool {
    shares.contains { share in
      (share.claims + share.nodes.flatMap(\.claims)).contains { $0.source == .rows && $0.to == nil }
    }
  }

  /// What Slurm says, from the share that knows the latest.
  package var slurm: (job: SlurmJob, isMessage: Bool)? {
    var best: Int?
    for share in shares.indices where shares[share].slurm != nil {
      if best.map({ shares[$0].isSlurmOlder(than: shares[share]) }) ?? true { best = share }
    }
    return best.flatMap { best in shares[best].slurm.map { ($0, shares[best].isSlurmMessage) } }
  }

  /// When the job ended on a node, as rows of LDMS say.
  package func end(of node: Name) -> Int64? {
    var latest: JobShare.Node?
    for share in shares {
      for known in share.nodes where known.name == node {
        if latest == nil { latest = known } else { latest?.note(began: known.began, ended: known.ended) }
      }
    }
    return latest?.ended
  }
}
