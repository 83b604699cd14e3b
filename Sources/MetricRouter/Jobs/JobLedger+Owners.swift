extension JobLedger {
  /// Whose jobs are, by number.
  ///
  /// Ended jobs count as well: their last rows may still be on the way. A number that several users have is nobody's, also
  /// where Slurm told of one of them: it may be another cluster's Slurm, or have told of a job that ended long ago.
  func owners() -> JobOwners {
    var owners: [UInt64: JobOwners.Owner] = [:]
    for (number, places) in jobsOfNumber {
      let entries = places.compactMap { self[$0] }
      owners[number] = entries.count == 1 ? .one(entries[0].key.user, nodes: nodes(of: entries[0])) : .several
    }
    return JobOwners(owners)
  }

  private func nodes(of entry: Entry) -> [JobOwners.Node] {
    var names: Set<Name> = []
    for share in entry.shares {
      names.formUnion(share.nodes.map(\.name))
      names.formUnion(share.plannedNodes)
    }
    return names.sorted().map { JobOwners.Node(name: $0, component: componentOfNode[$0]) }
  }
}
