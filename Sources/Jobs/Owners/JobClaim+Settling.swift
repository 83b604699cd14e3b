internal import Naming

/// What several sources say of one user's jobs with one number, made into one.
extension [JobClaim] {
  /// The runs that follow from all claims.
  ///
  /// An end is believed whoever says it: where one source has a run go on, and another says that this run has ended, it has.
  ///
  /// - Returns: the runs, each with all of its nodes or, where they are not said, with none; and each node of each run by itself,
  ///   with the times that hold there.
  package func settled() -> (runs: [JobClaim], onNodes: [JobClaim]) {
    let slurm = filter { $0.source == .slurm }.closedByNext()
    // Mostly it is Slurm alone that says something.
    guard slurm.count < count else { return (slurm, slurm.flatMap { $0.onEachNode() }) }
    let ended = slurm.filter { $0.to != nil }
    var runs = slurm
    var byNode: [Name: [JobClaim]] = [:]
    for source in JobClaim.Source.allCases where source != .slurm {
      let said = filter { $0.source == source }
      runs += said.filter { $0.nodes == nil }.closedByNext().map { $0.ended(by: ended) }
      var own: [Name: [JobClaim]] = [:]
      for claim in said.flatMap({ $0.onEachNode() }) { own[claim.nodes![0], default: []].append(claim) }
      for (node, claims) in own { own[node] = claims.closedByNext().map { $0.ended(by: ended) } }
      runs += own.values.flatMap { $0 }.joinedByTime()
      byNode.merge(own) { $0 + $1 }
    }
    var onNodes = byNode.values.flatMap { $0 }
    for run in slurm {
      for var alone in run.onEachNode() {
        // Rows said that the run has ended there, and Slurm's word about the whole has not come.
        if alone.to == nil { alone.to = byNode[alone.nodes![0]]?.end(ofRunFrom: run.from) }
        onNodes.append(alone)
      }
    }
    return (runs, onNodes)
  }

  /// The runs in order, each once. A run without an end ends where the next one starts.
  private func closedByNext() -> [JobClaim] {
    guard count > 1 else { return self }
    var sorted: [JobClaim] = []
    for claim in self.sorted(by: { ($0.from, $0.end) < ($1.from, $1.end) }) {
      // Of what routers know of one run, the end is the later word.
      guard let last = sorted.last, last.from == claim.from, last.nodes == claim.nodes else {
        sorted.append(claim)
        continue
      }
      if let end = claim.to { sorted[sorted.count - 1].to = Swift.max(last.to ?? end, end) }
    }
    for index in sorted.indices.dropLast() where sorted[index].to == nil {
      if let next = sorted[(index + 1)...].first(where: { $0.from > sorted[index].from }) {
        sorted[index].to = next.from
      }
    }
    return sorted
  }

  /// Claims on single nodes, put together where they lie beside each other in time: the nodes of one run.
  private func joinedByTime() -> [JobClaim] {
    var runs: [JobClaim] = []
    var nodes: [Set<Name>] = []
    for claim in sorted(by: { $0.from < $1.from }) {
      if let last = runs.last, last.span.upperBound >= claim.from {
        runs[runs.count - 1].to = last.to.flatMap { to in claim.to.map { Swift.max(to, $0) } }
        nodes[runs.count - 1].formUnion(claim.nodes ?? [])
      } else {
        runs.append(claim)
        nodes.append(Set(claim.nodes ?? []))
      }
    }
    for index in runs.indices { runs[index].nodes = nodes[index].sorted() }
    return runs
  }

  /// The end that rows report for the run that started at this time, among claims about one node; `nil` if the run continues or
  /// rows report none.
  private func end(ofRunFrom from: Int64) -> Int64? {
    let same = filter { $0.source == .rows && $0.from >= from - JobClaim.margin }
    guard same.allSatisfy({ $0.to != nil }) else { return nil }
    return same.compactMap(\.to).max()
  }
}

extension JobClaim {
  /// This claim, split into one claim for each node.
  fileprivate func onEachNode() -> [JobClaim] {
    (nodes ?? []).map { node in
      var claim = self
      claim.nodes = [node]
      return claim
    }
  }

  /// This claim with the end that Slurm reports for the same run.
  fileprivate func ended(by runs: [JobClaim]) -> JobClaim {
    guard to == nil, let run = runs.last(where: { $0.span.contains(from) }) else { return self }
    var claim = self
    claim.to = Swift.max(from, run.end)
    return claim
  }
}

extension [JobClaim] {
  /// Ends open runs where one of another user with the same number begins, both as Slurm says, on one of the same nodes.
  ///
  /// On other nodes it may be another cluster's. What rows say stays a contradiction: their clocks differ, and one of them may be wrong.
  ///
  /// - Returns: the runs that were ended.
  mutating func close(before others: [JobClaim]) -> [JobClaim] {
    var ended: [JobClaim] = []
    for index in indices where self[index].to == nil && self[index].source == .slurm {
      let run = self[index]
      let nodes = Set((run.nodes ?? []).map { HostName.stem(of: $0) })
      let next = others.filter { other in
        other.source == .slurm && other.from - JobClaim.margin > run.from
          && (other.nodes ?? []).contains { nodes.contains(HostName.stem(of: $0)) }
      }.map(\.from).min()
      guard let next else { continue }
      self[index].to = next
      ended.append(self[index])
    }
    return ended
  }

  /// Ends the part of a run that is on a single node.
  mutating func close(_ run: JobClaim) {
    for index in indices where self[index].to == nil && self[index].source == run.source {
      let nodes = Set(self[index].nodes ?? [])
      if self[index].from == run.from, nodes.isSubset(of: run.nodes ?? []) { self[index].to = run.to }
    }
  }
}
