internal import Naming

extension JobLedger {
  /// Whose jobs are, by number.
  ///
  /// Ended jobs count as well: their last rows may still be on the way. A number that several users have is nobody's, also
  /// where Slurm told of one of them: it may be another cluster's Slurm, or have told of a job that ended long ago.
  func owners() -> JobOwners {
    var owners: [UInt64: JobOwners.Owner] = [:]
    for (number, places) in jobsOfNumber {
      guard places.count == 1, let user = entries[Int(places[0])]?.key.user else {
        owners[number] = .several
        continue
      }
      owners[number] = .one(user, nodes: nodes(of: entries[Int(places[0])]?.shares ?? []))
    }
    for key in hidden {
      guard let account = accounts[key] else { continue }
      let number = account.latest.job
      // The other one has another user, or it would be the same job.
      owners[number] =
        owners[number] != nil
        ? .several
        : .one(
          key.user,
          nodes: account.nodes(limit: Self.nodeLimit).map {
            JobOwners.Node(name: $0, component: componentOfNode[$0])
          })
    }
    return JobOwners(owners)
  }

  private func nodes(of shares: [JobShare]) -> [JobOwners.Node] {
    var names: Set<Name> = []
    for share in shares {
      names.formUnion(share.nodes.map(\.name))
      names.formUnion(share.plannedNodes)
    }
    return names.sorted().map { JobOwners.Node(name: $0, component: componentOfNode[$0]) }
  }
}
