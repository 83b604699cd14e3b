package import Naming

/// What one router knows of one job: what it publishes to the topic of the job index, so that all routers know all of
/// it.
///
/// A job's rows come through any partition, so every router has some of them; shares are put together by `JobLedger`.
/// All times are in milliseconds since 1970.
package struct JobShare: Sendable, Equatable {
  /// The rows of one row schema.
  package struct Schema: Sendable, Equatable {
    package var name: String
    package var rows: UInt64 = 0
    package var bytes: UInt64 = 0
    /// Rows a second, lately; `nil` until they have been counted for long enough.
    package var rate: Float?
  }

  /// A node whose rows came.
  package struct Node: Sendable, Equatable {
    package var name: Name
    /// The `component_id` of its rows, where they have one.
    package var component: UInt64?
    /// The times of the first and the last row, as the node's clock had it.
    package var first: Int64
    package var last: Int64
    /// When that was by the routers' clock of rows (`RowClock`), which no single node can put wrong.
    package var seen: Int64
    /// The last values of the configured columns; not a number where there is none.
    package var values: [Float]
    /// When Slurm's rows said that the job ended on this node.
    package var ended: Int64?
    /// When the latest run of the job began on this node, as Slurm's rows said.
    package var began: Int64?
    /// The claims of rows about the owner of the job on this node; they name no nodes.
    package var claims: [JobClaim] = []
  }

  package var key: JobKey
  /// The router's instance.
  package var instance: String
  package var schemas: [Schema] = []
  /// The nodes, ordered by name.
  package var nodes: [Node] = []
  /// How long after it was made the last row came, in milliseconds.
  package var delay: Int64?
  /// What Slurm's rows and messages said.
  package var slurm: SlurmJob?
  /// Whether what Slurm said last came as a message of its own, rather than as a row of LDMS.
  package var isSlurmMessage = false
  /// The moment of Slurm's message from which `slurm` comes.
  package var slurmMoment: SlurmMoment?
  /// When and where the job ran, as Slurm's messages and rows that name no node say.
  package var claims: [JobClaim] = []
  /// The job's states as this router saw them, the newest last.
  package var history: [JobChange] = []

  /// A share without rows.
  package init(key: JobKey, instance: String) {
    self.key = key
    self.instance = instance
  }

  /// The number of rows.
  package var rows: UInt64 { schemas.indices.reduce(0) { $0 + schemas[$1].rows } }

  /// The time of its last row, by its node's clock; the smallest number where there is none.
  package var lastRow: Int64 { nodes.indices.reduce(.min) { max($0, nodes[$1].last) } }

  /// The rows per second, as far as they are known.
  package var rate: Double { schemas.indices.reduce(0) { $0 + Double(schemas[$1].rate ?? 0) } }

  /// Whether they are known of any row schema.
  package var isRateKnown: Bool { schemas.indices.contains { schemas[$0].rate != nil } }

  /// The node of this name, added where it does not exist yet.
  ///
  /// - Returns: its position.
  package mutating func node(_ name: Name, first: Int64, seen: Int64, values count: Int) -> Int {
    var (position, end) = (0, nodes.count)
    while position < end {
      let middle = (position + end) / 2
      if nodes[middle].name < name { position = middle + 1 } else { end = middle }
    }
    if position < nodes.count, nodes[position].name == name { return position }
    nodes.insert(
      Node(
        name: name, component: nil, first: first, last: first, seen: seen,
        values: Array(repeating: .nan, count: count), ended: nil), at: position)
    return position
  }

  /// Adds what was known before a restart.
  package mutating func add(earlier: JobShare) {
    for schema in earlier.schemas {
      if let index = schemas.firstIndex(where: { $0.name == schema.name }) {
        schemas[index].rows += schema.rows
        schemas[index].bytes += schema.bytes
      } else {
        schemas.append(schema)
      }
    }
    for node in earlier.nodes {
      let index = self.node(node.name, first: node.first, seen: node.seen, values: node.values.count)
      nodes[index].add(node)
    }
    delay = delay ?? earlier.delay
    claims.add(contentsOf: earlier.claims)
    if isSlurmOlder(than: earlier) {
      (slurm, isSlurmMessage, slurmMoment) = (earlier.slurm, earlier.isSlurmMessage, earlier.slurmMoment)
    }
    if history.isEmpty { history = earlier.history }
  }

  /// Takes the runs in Slurm's messages. A share that was published before a restart may know more than the topics still have.
  ///
  /// - Returns: whether anything is new.
  package mutating func take(slurmRuns runs: [JobClaim]) -> Bool {
    let known = claims.filter { $0.source == .slurm }
    var all = known.filter { claim in !runs.contains { $0.from == claim.from } }
    for var run in runs {
      if let before = known.first(where: { $0.from == run.from }) {
        run.to = run.to ?? before.to
        run.nodes = run.nodes ?? before.nodes
      }
      all.append(run)
    }
    all.sort { $0.from < $1.from }
    guard all != known else { return false }
    claims = all + claims.filter { $0.source != .slurm }
    return true
  }

  /// Whether another share knows something newer from Slurm. Its messages go before rows, which users can forge.
  package func isSlurmOlder(than other: JobShare) -> Bool {
    guard let theirs = other.slurm else { return false }
    guard let slurm, isSlurmMessage == other.isSlurmMessage else { return self.slurm == nil || other.isSlurmMessage }
    return slurmMoment ?? SlurmMoment(started: slurm.started, ended: slurm.ended)
      < other.slurmMoment ?? SlurmMoment(started: theirs.started, ended: theirs.ended)
  }
}

extension JobShare.Node {
  /// Takes over what is newer or older than what is known.
  package mutating func add(_ other: Self) {
    first = min(first, other.first)
    component = component ?? other.component
    if other.last >= last {
      for (index, value) in other.values.enumerated() where index < values.count && !value.isNaN {
        values[index] = value
      }
    } else {
      for (index, value) in other.values.enumerated() where index < values.count && values[index].isNaN {
        values[index] = value
      }
    }
    last = max(last, other.last)
    seen = max(seen, other.seen)
    claims.add(contentsOf: other.claims)
    note(began: other.began, ended: other.ended)
  }

  /// Takes note of what a Slurm sampler said of the job on this node. Its rows come in any order, and again: a later
  /// beginning is another run of the job, and of one run the end is the last word.
  package mutating func note(began other: Int64?, ended end: Int64?) {
    let (known, new) = (began ?? .min, other ?? .min)
    guard new >= known else { return }
    if new > known { (began, ended) = (other, nil) }
    if let end { ended = max(ended ?? end, end) }
  }
}
