/// What Slurm says of jobs.
extension JobLedger {
  /// Takes in a message of Slurm's own. It is the best authority on jobs: it makes known jobs of which no row has come.
  mutating func add(_ message: SlurmMessage) {
    let key = JobKey(user: message.user, job: Name(String(message.job)))
    switch message.kind {
    case .start, .resize, .requeue:
      let nodes = message.nodes.flatMap { $0.names(limit: Self.nodeLimit) } ?? []
      guard let place = message.kind == .start ? add(key) : place(of: key) else { return }
      update(place) { share in
        var slurm = message.slurm
        slurm.ended = nil
        if message.kind != .start { slurm.started = slurm.started ?? share.slurm?.started }
        let isNews = share.slurm != slurm || !share.isSlurmMessage
        (share.slurm, share.isSlurmMessage) = (slurm, true)
        share.plannedNodes = nodes.isEmpty ? share.plannedNodes : nodes
        return isNews
      }
    case .end:
      // Of a job that nobody knew there is nothing to tell any more.
      guard let place = place(of: key) else { return }
      update(place) { share in
        let isNews = share.slurm != message.slurm || !share.isSlurmMessage
        (share.slurm, share.isSlurmMessage) = (message.slurm, true)
        return isNews
      }
    }
  }

  /// Nodes of one job that are made known by a message.
  private static let nodeLimit = 20000

  /// Takes in a row of LDMS's Slurm samplers.
  ///
  /// Such a row can be forged (`SlurmRow` says by whom), so it makes no job known: it counts for a job of this user whose
  /// own rows, or a message of Slurm's, came before. Only ends on a node that the job has are believed, and rows that
  /// come later overrule them.
  ///
  /// - Parameter node: the node that the row came from; `nil` where its producer does not say.
  mutating func add(_ row: SlurmRow, from node: Name?) {
    guard let place = place(ofNumber: row.job, user: row.user), let entry = self[place] else { return }
    let known = entry.shares.flatMap(\.nodes)
    let found =
      known.first { $0.name == node } ?? known.first { $0.component != nil && $0.component == row.componentID }
    guard let found else { return }
    update(place) { share in
      var slurm = share.slurm ?? SlurmJob()
      if !share.isSlurmMessage {
        slurm.name = row.name ?? slurm.name
        slurm.started = row.start ?? slurm.started
        slurm.state = row.state.map { "\($0)".uppercased() } ?? slurm.state
      }
      let index = share.node(found.name, first: found.first, seen: found.seen, values: found.values.count)
      // jobinfo is told of steps: the end of one is not that of the job.
      let end = row.sampler == .mtSlurm2 && row.isEnded ? row.end ?? found.last : nil
      let isNews = share.slurm != slurm || share.nodes[index].ended != end
      share.slurm = slurm
      share.nodes[index].ended = end
      return isNews
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
