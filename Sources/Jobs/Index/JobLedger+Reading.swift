package import Naming

/// Reading the index.
extension JobLedger {
  /// A job as readers see it.
  ///
  /// - Parameter names: how its topics are called.
  package func job(at place: Int32, names: TopicNames) -> Job? {
    guard let entry = self[place] else { return nil }
    let (schemas, rows, bytes) = Self.schemas(of: entry)
    let nodes = nodes(of: entry, place)
    var slurm = entry.slurm?.job
    if entry.state == .ended, entry.reason == .slurmRow { slurm?.state = "COMPLETE" }
    let first = nodes.map(\.firstRow).min()
    let last = nodes.map(\.lastRow).max()
    let history = history(of: entry, first: first)
    let rate = entry.shares.isRateKnown ? entry.shares.rate : nil
    return Job(
      key: entry.key, state: entry.state, reason: entry.reason,
      since: history.count == 1 ? min(history[0].time, entry.since) : entry.since,
      started: slurm?.started ?? first ?? entry.since,
      ended: entry.state == .ended ? (slurm?.ended ?? (entry.reason == .noRows ? last : nil) ?? entry.since) : nil,
      firstRow: first, lastRow: last, rows: rows, bytes: bytes, rowsPerSecond: Self.rate(rate, entry.state),
      inputDelay: entry.shares.compactMap(\.delay).max(), nodes: nodes,
      schemas: schemas.map { schema in
        JobSchema(
          name: schema.name, rows: schema.rows, bytes: schema.bytes,
          rowsPerSecond: Self.rate(schema.rowsPerSecond, entry.state))
      },
      values: values(of: entry.shares), userTopic: names.user(entry.key.user),
      jobTopic: names.job(entry.key.job, user: entry.key.user), slurm: slurm, history: history,
      series: entry.series)
  }

  /// The states of a job. Partitions are read in any order, so the first row may be found after the job was seen to start.
  private func history(of entry: Entry, first: Int64?) -> [JobChange] {
    var history = entry.history
    guard let first, let start = history.first, history.count < Self.historyLimit, start.state == .active,
      start.reason == .rows, first < start.time
    else { return history }
    history[0].time = first
    return history
  }

  /// Rows a second in this state: a silent job has none, and of one that has ended there is nothing to be told.
  private static func rate(_ rate: Double?, _ state: JobState) -> Double? {
    switch state {
    case .active: rate
    case .silent: 0
    case .ended: nil
    }
  }

  private static func schemas(of entry: Entry) -> ([JobSchema], UInt64, UInt64) {
    var schemas: [JobSchema] = []
    var (rows, bytes) = (UInt64(0), UInt64(0))
    for share in entry.shares {
      for schema in share.schemas {
        rows += schema.rows
        bytes += schema.bytes
        if let index = schemas.firstIndex(where: { $0.name == schema.name }) {
          schemas[index].rows += schema.rows
          schemas[index].bytes += schema.bytes
          if let rate = schema.rate {
            schemas[index].rowsPerSecond = (schemas[index].rowsPerSecond ?? 0) + Double(rate)
          }
        } else {
          schemas.append(
            JobSchema(
              name: schema.name, rows: schema.rows, bytes: schema.bytes, rowsPerSecond: schema.rate.map { Double($0) }))
        }
      }
    }
    return (schemas.sorted { $0.name < $1.name }, rows, bytes)
  }

  /// The nodes of all shares, each once, by name.
  package func nodes(of shares: [JobShare]) -> [JobShare.Node] {
    guard shares.count > 1 else { return shares.first?.nodes ?? [] }
    var nodes: [Name: JobShare.Node] = [:]
    for node in shares.flatMap(\.nodes) {
      if nodes[node.name] == nil { nodes[node.name] = node } else { nodes[node.name]?.add(node) }
    }
    return nodes.values.sorted { $0.name < $1.name }
  }

  private func isSilent(_ node: JobShare.Node, _ delay: Int64) -> Bool {
    node.ended != nil || (time.map { $0 - node.seen - delay > rules.silentAfter } ?? false)
  }

  private func nodes(of entry: Entry, _ place: Int32) -> [JobNode] {
    let delay = delay(of: entry.shares)
    return nodes(of: entry.shares).map { node in
      let others = places(ofNode: node.name).filter { $0 != place }.compactMap { self[$0] }
      let shared =
        entry.state == .ended
        ? [] : others.filter { $0.state != .ended && $0.shares.wasOn(with: node) }.map(\.key).sorted()
      return JobNode(
        node: node.name, firstRow: node.first, lastRow: node.last, isSilent: isSilent(node, delay),
        values: node.values.map { $0.isNaN ? nil : Double($0) }, sharedWith: shared)
    }
  }

  /// Each value as the mean over the nodes that send rows, or over all of them where none does.
  private func values(of shares: [JobShare]) -> [Double?] {
    let (nodes, delay) = (nodes(of: shares), delay(of: shares))
    return valueNames.indices.map { mean($0, of: nodes, delay) }
  }

  private func mean(_ value: Int, of nodes: [JobShare.Node], _ delay: Int64) -> Double? {
    let isAnySending = nodes.indices.contains { !isSilent(nodes[$0], delay) }
    var (sum, count) = (0.0, 0)
    for node in nodes.indices where !isAnySending || !isSilent(nodes[node], delay) {
      guard value < nodes[node].values.count, !nodes[node].values[value].isNaN else { continue }
      sum += Double(nodes[node].values[value])
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }

  /// The load, and the share of memory that is in use, as the mean over nodes.
  package func meaning(of shares: [JobShare]) -> (load: Double?, memory: Double?) {
    let (nodes, delay) = (nodes(of: shares), delay(of: shares))
    let load = meanings.load.flatMap { mean($0, of: nodes, delay) }
    guard let total = meanings.memoryTotal.flatMap({ mean($0, of: nodes, delay) }), total > 0,
      let available = meanings.memoryAvailable.flatMap({ mean($0, of: nodes, delay) })
    else { return (load, nil) }
    return (load, min(max(1 - available / total, 0), 1))
  }

  /// What holds for all jobs together, but for what only the routers' clocks know.
  package func totals() -> JobIndexTotals {
    var totals = JobIndexTotals()
    totals.time = time
    totals.valueNames = valueNames
    var lastUser: Name?
    var (rate, isRateKnown) = (0.0, false)
    for place in order.lazy.map(Int.init) {
      switch entries[place]!.state {
      case .active:
        totals.active += 1
        rate += entries[place]!.shares.rate
        isRateKnown = isRateKnown || entries[place]!.shares.isRateKnown
      case .silent: totals.silent += 1
      case .ended:
        totals.ended += 1
        continue
      }
      // A user's jobs stand together.
      let user = entries[place]!.key.user
      if user != lastUser { totals.users += 1 }
      lastUser = user
    }
    totals.rowsPerSecond = isRateKnown || totals.active == 0 ? rate : nil
    totals.nodes = nodesInUse()
    return totals
  }
}

extension [JobShare] {
  /// Whether the job was on the node while another one was: jobs that follow one another on it do not share it.
  ///
  /// - Parameter node: what is known of the node in the other job; its times are those of the same clock.
  fileprivate func wasOn(with node: JobShare.Node) -> Bool {
    var (first, last) = (Int64.max, Int64.min)
    for own in lazy.flatMap({ $0.nodes }) where own.name == node.name {
      (first, last) = (Swift.min(first, own.first), Swift.max(last, own.last))
    }
    return first <= node.last && node.first <= last
  }
}
