internal import Naming

/// Finds and sorts jobs.
extension JobLedger {
  /// The places of the jobs that are wanted, sorted, without `limit` and `offset`.
  package func find(_ query: JobQuery) -> [Int32] {
    let text = query.text.map { Array($0.utf8).map(Self.folded) } ?? []
    let isFiltered =
      query.user != nil || query.job != nil || query.states != nil || query.node != nil || !text.isEmpty
    let found = isFiltered ? order.filter { fits(Int($0), query, text) } : order
    let sorted = sort(found, query.order)
    return query.isReversed ? sorted.reversed() : sorted
  }

  // An entry is large: here and below only what is needed of it is taken out.
  private func fits(_ place: Int, _ query: JobQuery, _ text: [UInt8]) -> Bool {
    let key = entries[place]!.key
    if let user = query.user, key.user != user { return false }
    if let job = query.job, key.job != job { return false }
    if let states = query.states, !states.contains(entries[place]!.state) { return false }
    let shares = entries[place]!.shares
    if let node = query.node, !shares.contains(where: { $0.nodes.contains { $0.name == node } }) { return false }
    guard !text.isEmpty else { return true }
    return Self.occurs(text, in: key.user.bytes) || Self.occurs(text, in: key.job.bytes)
      || shares.contains { share in
        share.slurm?.name.map { Self.occurs(text, in: Array($0.utf8)) } == true
          || share.nodes.contains { Self.occurs(text, in: $0.name.bytes) }
      }
  }

  /// Small letters for capital ones; of ASCII alone, as users, jobs and nodes have them.
  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte + 32 : byte
  }

  /// - Parameter text: in small letters, and not empty.
  private static func occurs(_ text: [UInt8], in bytes: [UInt8]) -> Bool {
    guard bytes.count >= text.count else { return false }
    for start in 0...(bytes.count - text.count) where folded(bytes[start]) == text[0] {
      if text.indices.allSatisfy({ folded(bytes[start + $0]) == text[$0] }) { return true }
    }
    return false
  }

  private func sort(_ places: [Int32], _ order: JobQuery.Order) -> [Int32] {
    if order == .user { return places }
    // Each job is looked at once; those that are alike stay as they are.
    let keyed = places.indices.map { position in
      (number: number(at: Int(places[position]), order), position: Int32(position))
    }
    return keyed.sorted { $0.number != $1.number ? $0.number < $1.number : $0.position < $1.position }.map {
      places[Int($0.position)]
    }
  }

  /// What a job is sorted by, the smallest first.
  private func number(at place: Int, _ order: JobQuery.Order) -> Double {
    let shares = entries[place]!.shares
    switch order {
    case .user: return 0
    case .job: return Double(entries[place]!.key.number ?? .max)
    case .state: return Double(JobState.allCases.firstIndex(of: entries[place]!.state) ?? 0)
    case .started:
      let said = entries[place]!.hasSlurm ? entries[place]!.slurm?.job.started : nil
      return -Double(said ?? shares.firstRow ?? entries[place]!.since)
    case .rate: return entries[place]!.state == .active ? -shares.rate : 0
    case .rows: return -Double(shares.rows)
    // Only of active jobs is there any that still holds.
    case .load: return entries[place]!.state == .active ? -(meaning(of: shares).load ?? -1) : 1
    case .memory: return entries[place]!.state == .active ? -(meaning(of: shares).memory ?? -1) : 1
    case .nodes: return -Double(shares.count == 1 ? shares[0].nodes.count : nodes(of: shares).count)
    }
  }
}
