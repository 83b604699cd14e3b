package import Naming

/// What Slurm says of jobs.
extension JobLedger {
  /// Takes in what messages of Slurm's own say of a job. They are the best authority on jobs: they make jobs known of which no
  /// row has come.
  ///
  /// An end of a job that nobody knows is kept, and the job shown, if it ran: its start or its rows may be read later.
  package mutating func add(_ account: SlurmAccount) {
    let whole = accounts.add(account)
    ownership.newClaims.insert(whole.key)
    for key in accounts.takeForgotten() where place(of: key) == nil {
      hidden.remove(key)
      ownership.newClaims.insert(key)
      dropNewClaims(of: key)
    }
    if let place = place(of: whole.key) {
      take(whole, at: place)
    } else if isShown(whole) {
      // It takes the account with it.
      _ = add(whole.key)
    } else {
      hidden.insert(whole.key)
    }
  }

  /// Takes in one message.
  package mutating func add(_ message: SlurmMessage) { add(SlurmAccount(message)) }

  /// Whether a job is to be shown of which there is nothing but this: it runs, or it ran and has not ended too long ago.
  private func isShown(_ account: SlurmAccount) -> Bool {
    switch account.latest.kind {
    case .start, .resize: return true
    case .requeue: return account.hasRun
    case .end:
      // What is too old is seen only by the rows' time.
      guard let time, time - account.latest.moment.time <= rules.keepEnded else { return false }
      return account.hasStart || account.job.started.map { $0 <= time + Self.aheadMilliseconds } ?? false
    }
  }

  /// How far Slurm's clock may be ahead of the time of the rows, in milliseconds. What Slurm says about later moments does not
  /// apply yet.
  package static let aheadMilliseconds: Int64 = 60000

  /// Puts what messages say into this router's share of a job.
  package mutating func take(_ account: SlurmAccount, at place: Int32) {
    let runs = account.runs(nodeLimit: Self.nodeLimit)
    update(place) { share in
      let hasNewRun = share.take(slurmRuns: runs)
      let (job, moment) = (account.job, account.latest.moment)
      // What was published before this router was restarted may be newer than what the topics still have.
      if share.isSlurmMessage, let known = share.slurmMoment, known > moment { return hasNewRun }
      let isNews = hasNewRun || share.slurm != job || !share.isSlurmMessage
      (share.slurm, share.isSlurmMessage, share.slurmMoment) = (job, true, moment)
      return isNews
    }
  }

  /// Shows jobs that ended, now that the rows' time is known or has come so far, and looks no more at those that ended too long ago:
  /// their accounts stay, for rows that are read late.
  package mutating func lookAtHidden() {
    guard let time else { return }
    accounts.rowsRead = time
    for key in hidden {
      guard let account = accounts[key] else {
        hidden.remove(key)
        continue
      }
      if isShown(account) {
        _ = add(key)
      } else if time - account.latest.moment.time > rules.keepEnded {
        hidden.remove(key)
      }
    }
  }

  /// The maximum number of nodes that a message names for one job.
  package static let nodeLimit = 20000

  /// Takes in a row of LDMS's Slurm samplers.
  ///
  /// Such a row can be forged (`SlurmRow` says by whom), so it makes no job known: it counts for a job of this user whose
  /// own rows, or a message of Slurm's, came before. Only ends on a node that the job has are believed, and rows that
  /// come later overrule them.
  ///
  /// - Parameter node: the node that the row came from; `nil` where its producer does not say.
  package mutating func add(_ row: SlurmRow, from node: Name?) {
    guard let place = place(ofNumber: row.job, user: row.user), let entry = self[place] else { return }
    let known = entry.shares.flatMap(\.nodes)
    let found =
      known.first { $0.name == node } ?? known.first { $0.component != nil && $0.component == row.componentID }
    guard let found else { return }
    update(place) { share in
      let index = share.node(found.name, first: found.first, seen: found.seen, values: found.values.count)
      let before = (share.slurm, share.nodes[index].began, share.nodes[index].ended)
      if !share.isSlurmMessage { share.slurm = (share.slurm ?? SlurmJob()).adding(row) }
      // jobinfo learns about steps: neither the start nor the end of a step is that of the job.
      if row.sampler == .mtSlurm2 {
        share.nodes[index].note(began: row.start, ended: row.isEnded ? row.end ?? found.last : nil)
      }
      return (share.slurm, share.nodes[index].began, share.nodes[index].ended) != before
    }
  }

  private func place(ofNumber number: UInt64, user: Name?) -> Int32? {
    let places = places(ofNumber: number)
    guard let user, !user.bytes.isEmpty else {
      // The first rows of a job name nobody.
      return places.count == 1 ? places[0] : nil
    }
    return places.first { self[$0]?.key.user == user }
  }
}

extension SlurmJob {
  /// Adds what a row of a Slurm sampler says. Rows arrive in any order and repeatedly: for the latest run, the row with the most
  /// advanced state counts.
  fileprivate func adding(_ row: SlurmRow) -> SlurmJob {
    var job = self
    // That it is complete it says for its node alone; the job's state shows it where all nodes have ended.
    let state: String? = row.state.map { $0 == .starting ? "STARTING" : "RUNNING" }
    let (known, new) = (started ?? .min, row.start ?? .min)
    if new > known {
      job.started = row.start
      (job.name, job.state) = (row.name ?? name, state ?? self.state)
    } else if new == known {
      job.name = [name, row.name].compactMap { $0 }.max()
      job.state = self.state == "RUNNING" ? self.state : state ?? self.state
    } else {
      job.name = name ?? row.name
    }
    return job
  }
}
