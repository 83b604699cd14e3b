package import Naming

/// Finding the owner of a row.
extension JobOwners {
  /// The owner of a row, or the reason why there is none.
  package enum Found: Sendable, Equatable {
    /// The row is of this user's job, from this node. The same holds for all rows with these numbers whose time is in `times`.
    case owner(user: Name, job: UInt64, node: Name, times: Range<Int64>)
    /// Jobs of several users were on the host at that time: nobody gets the row.
    case withheld(String)
    /// Nobody is known yet to whom the row could belong; that may change.
    case unknown(String)
    /// Two sources, or two jobs with the same number at that time, contradict each other.
    case ambiguous(String)
    /// The row has no job's number, and no job ran on its host then, or that is not to be asked.
    case unassigned
  }

  /// How far the time of a row may be wrong where jobs follow each other on a host, in milliseconds: nodes have clocks of their
  /// own, and Slurm truncates to seconds.
  package static let clockMargin: Int64 = 5000
  /// Slurm says whole seconds, cut off: a job begins within the one that it says, and has ended by the beginning of the other.
  package static let second: Int64 = 1000
  /// How long after the time of a row Slurm's messages about it may arrive, in milliseconds.
  package static let messageDelay: Int64 = 15_000
  /// How long after the time of a row the rows of authorities about it may arrive, in milliseconds.
  package static let rowDelay: Int64 = 3000
  /// How long ago a job started, in milliseconds, on a host where an earlier job has no end, before the two count as sharing the
  /// host.
  package static let takeover: Int64 = 60_000

  /// How long after its time a row can be decided if that depends on later messages: on which jobs have left the node by then,
  /// and which have started there.
  ///
  /// - Parameter messages: whether Slurm's messages are among the sources.
  package static func decisionDelay(messages: Bool) -> Int64 { clockMargin + (messages ? messageDelay : rowDelay) }

  /// The owner of a row. It is never a guess: one user alone had the number at that time on that node, and the node itself.
  ///
  /// - Parameters:
  ///   - number: the row's job number; 0 for none.
  ///   - component: its `component_id` as a node's number; `nil` where there is none, or where it is the job's number.
  ///   - host: the host that the row names, in its short or its full form.
  ///   - time: the row's own, in milliseconds since 1970.
  package func find(_ number: UInt64, component: UInt64?, host: Name? = nil, time: Int64) -> Found {
    guard number != 0 else { return findByHost(host, time: time) }
    var answer = Answer(time: time)
    let known = holders(of: number)
    guard !known.isEmpty else { return .unknown("the owner of job \(number) is not known") }
    let holding = known.filter { holder in holder.runs.count { answer.isWithin($0.span) } > 0 }
    switch holding.count {
    case 0:
      return .unknown("the owner of job \(number) at the time of the row is not known")
    case 1:
      return find(number, of: holding[0], component: component, host: host, &answer)
    default:
      // Each on hosts of its own: numbers are a cluster's, and there may be several.
      guard let host, holding.allSatisfy({ $0.runs(at: time).allSatisfy { $0.nodes != nil } }) else {
        return .ambiguous(Self.severalUsers(number))
      }
      let there = runs(on: host).filter { $0.number == number && answer.isWithin($0.span) }
      let users = holding.filter { holder in there.contains { $0.user == holder.user } }
      switch users.count {
      case 0: return .unknown("job \(number) is not known to run on that node")
      case 1: return find(number, of: users[0], component: component, host: host, &answer)
      default: return .ambiguous(Self.severalUsers(number))
      }
    }
  }

  /// The only user who had the number at that time; `nil` for none or several.
  package func user(ofJob number: UInt64, time: Int64) -> Name? {
    let holding = holders(of: number).filter { !$0.runs(at: time).isEmpty }
    return holding.count == 1 ? holding[0].user : nil
  }

  private static func severalUsers(_ number: UInt64) -> String {
    "several users have a job \(number) at the time of the row"
  }

  private func find(
    _ number: UInt64, of holder: Holder, component: UInt64?, host: Name?, _ answer: inout Answer
  ) -> Found {
    let runs = holder.runs(at: answer.time)
    let node: Name
    let isOfNode = host != nil || component != nil || !rules.hasSamplersOfJobs
    // The times of the job itself, which may be shorter on the node.
    var own = Times(runs)
    if let host = host ?? self.host(of: runs, component) {
      let there = self.runs(on: host).filter {
        $0.number == number && $0.user == holder.user && answer.isWithin($0.span)
      }
      guard !there.isEmpty || runs.contains(where: { $0.nodes == nil }) else {
        return .unknown("job \(number) is not known to run on that node")
      }
      if !there.isEmpty { own = Times(there) }
      node = there.min { ($0.source.rank, $0.node) < ($1.source.rank, $1.node) }?.node ?? host
      if isOfNode, let found = sharing(holder.user, number, own, on: [host], &answer) { return found }
    } else {
      let nodes = Set(runs.compactMap(\.nodes).joined())
      // The number of a node says nothing that is known, unless it is known of all of the job's.
      if let component, !nodes.isEmpty, nodes.allSatisfy({ components[$0].map { $0 != component } ?? false }) {
        return .unknown("no node of job \(number) has component_id \(component)")
      }
      node = component.map { Name("component-\($0)") } ?? Self.unnamedNode
      if isOfNode, let found = sharing(holder.user, number, own, on: nodes.sorted(), &answer) { return found }
    }
    if let behind = rowsBehind, !runs.contains(where: { $0.source == .slurm }) {
      let known = behind < .min + Self.rowDelay ? .min : behind - Self.rowDelay
      guard answer.isWithin(.min...known) else {
        return .unknown("the rows of identity.owners have not been read up to the time of the row")
      }
    }
    return .owner(user: holder.user, job: number, node: node, times: answer.times)
  }

  /// What stands for the node of a row that says nothing of it.
  package static let unnamedNode = Name("-")

  /// The node that a row comes from which names no host; `nil` where the job has several, and nothing tells which.
  private func host(of runs: [JobClaim], _ component: UInt64?) -> Name? {
    let nodes = Set(runs.compactMap(\.nodes).joined())
    guard let component else { return nodes.count == 1 ? nodes.first : nil }
    if let node = nodes.filter({ components[$0] == component }).min() { return node }
    // It can only be the one whose number is not known.
    let unnumbered = nodes.filter { components[$0] == nil }
    return unnumbered.count == 1 ? unnumbered.first : nil
  }

  /// Why nobody gets a row of a job, or nobody yet, because of other users' jobs on the hosts that it may come from.
  private func sharing(
    _ user: Name, _ number: UInt64, _ own: Times, on hosts: [Name], _ answer: inout Answer
  ) -> Found? {
    guard rules.withholdsShared else { return nil }
    var waits = false
    for host in hosts {
      let near = runs(on: host).filter { $0.user != user && answer.isWithin($0.span) }
      for (index, run) in near.enumerated() where !near[..<index].contains(where: { $0.isSameJob(run) }) {
        let other = Times(near.filter { $0.isSameJob(run) })
        let (first, last) = (max(own.from, other.from), min(own.end, other.end))
        guard first < last, answer.isWithin(Self.widened(first, last)) else { continue }
        // The earlier one has no end yet, and may have left the node before the later one came: that is about to be told.
        let earlier = own.from < other.from ? own : other
        if own.from != other.from, let source = earlier.openSource, answer.time - Self.takeover < first,
          !isRead(upTo: max(answer.time, first), of: source)
        {
          waits = true
          continue
        }
        return .withheld("jobs of several users were on node `\(host)`")
      }
    }
    return waits ? .unknown("whether an earlier job has left the node is not known yet") : nil
  }

  /// Whether a source has been read far enough to know what was at a time.
  private func isRead(upTo time: Int64, of source: JobClaim.Source) -> Bool {
    switch source {
    case .slurm: messagesRead.map { $0 >= time + Self.clockMargin + Self.messageDelay } ?? false
    case .rows, .seen, .name: (rowsBehind ?? taken) >= time + Self.clockMargin + Self.rowDelay
    }
  }

  private static func widened(_ first: Int64, _ last: Int64) -> ClosedRange<Int64> {
    let first = first < .min + clockMargin ? .min : first - clockMargin
    return first...(last > .max - clockMargin ? .max : last + clockMargin)
  }

  // MARK: - Rows without a number

  private func findByHost(_ host: Name?, time: Int64) -> Found {
    guard rules.asksByNode, let host else { return .unassigned }
    guard isRead(upTo: time, of: .slurm) else {
      return .unknown("Slurm's messages have not been read up to the time of the row")
    }
    var answer = Answer(time: time)
    // Behind it, what is not known yet may change it.
    if let messagesRead { answer.cut(messagesRead - Self.clockMargin - Self.messageDelay + 1) }
    let all = runs(on: host)
    let near = all.filter { answer.isWithin(Self.widened($0.from, $0.end)) }
    let inside = near.filter { run in
      let from = run.from > .max - Self.second ? .max : run.from + Self.second
      return from < run.end && answer.isWithin(from...(run.end - 1))
    }
    guard let run = inside.first else { return .unassigned }
    guard near.allSatisfy({ $0.user == run.user }) else {
      return .withheld("jobs of several users were on node `\(host)`")
    }
    guard inside.allSatisfy({ $0.number == run.number }) else {
      return .withheld("several jobs were on node `\(host)`")
    }
    guard let said = inside.first(where: { $0.source == .slurm }) else {
      return .unknown("Slurm's messages do not mention the job on node `\(host)`")
    }
    return .owner(user: run.user, job: run.number, node: said.node, times: answer.times)
  }
}

/// An answer for a row of one time, and for which other times it is the same.
private struct Answer {
  let time: Int64
  private var first = Int64.min
  private var end = Int64.max

  init(time: Int64) {
    self.time = time
  }

  /// Limits the times of the answer: from this time on, it may be another one.
  mutating func cut(_ point: Int64) {
    if point <= time { first = max(first, point) } else { end = min(end, point) }
  }

  /// Whether the time is within a range, on which the answer depends.
  mutating func isWithin(_ range: ClosedRange<Int64>) -> Bool {
    cut(range.lowerBound)
    if range.upperBound < .max { cut(range.upperBound + 1) }
    return range.contains(time)
  }

  var times: Range<Int64> { first..<max(end, time < .max ? time + 1 : time) }
}

/// When a job was somewhere, as the best of its sources say.
private struct Times {
  let from: Int64
  let end: Int64
  /// The source of a run without a known end.
  let openSource: JobClaim.Source?

  init(_ runs: [JobOwners.HostRun]) {
    self.init(runs.map { ($0.source, $0.from, $0.end) })
  }

  init(_ runs: [JobClaim]) {
    self.init(runs.map { ($0.source, $0.from, $0.end) })
  }

  private init(_ said: [(source: JobClaim.Source, from: Int64, end: Int64)]) {
    let best = said.map(\.source.rank).min()
    let runs = said.filter { $0.source.rank == best }
    from = runs.map(\.from).min() ?? .max
    end = runs.map(\.end).max() ?? .min
    openSource = end == .max ? runs.first?.source : nil
  }
}

extension JobOwners.HostRun {
  /// Whether it is a run of the same job.
  fileprivate func isSameJob(_ other: Self) -> Bool { number == other.number && user == other.user }
}

extension JobOwners.Holder {
  /// The runs of which rows of this time may be.
  fileprivate func runs(at time: Int64) -> [JobClaim] { runs.filter { $0.holds(at: time) } }
}

extension JobClaim.Source {
  /// The rank of a source for times and names; the smallest counts.
  fileprivate var rank: Int {
    switch self {
    case .slurm: 0
    case .rows: 1
    case .seen: 2
    case .name: 3
    }
  }
}
