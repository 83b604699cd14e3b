package import Naming

/// The owners of job numbers, and the jobs of each host, at any time: for rows that name no user. A snapshot of the job index.
///
/// A value without I/O or clocks. `find` decides and never guesses (`JobOwners+Finding`); here is what it is known from: of each
/// number the runs of jobs that had it, and of each host the runs that were there.
package struct JobOwners: Sendable {
  /// What the configuration says about hosts.
  package struct Rules: Sendable, Equatable {
    /// Whether a row without a number is its host's only job's (`identity.by-node: exclusive`).
    package var asksByNode: Bool
    /// Whether nobody gets the rows of a host that jobs of several users share (`identity.shared-nodes: withhold`).
    package var withholdsShared: Bool
    /// Whether a row that says a job and no node at all is one of a sampler that was started for the job, and not of whatever runs on
    /// the node: sites that set `component_id` to the job do so for such samplers (`identity.job`).
    package var hasSamplersOfJobs: Bool

    /// These rules.
    package init(asksByNode: Bool = false, withholdsShared: Bool = true, hasSamplersOfJobs: Bool = false) {
      self.asksByNode = asksByNode
      self.withholdsShared = withholdsShared
      self.hasSamplersOfJobs = hasSamplersOfJobs
    }
  }

  /// The runs of the jobs of one user that have a number.
  package struct Holder: Sendable, Equatable {
    package var user: Name
    package var runs: [JobClaim]
  }

  /// A run of a job on one host.
  package struct HostRun: Sendable, Hashable {
    package var user: Name
    package var number: UInt64
    package var source: JobClaim.Source
    package var from: Int64
    /// `Int64.max` where no end is known.
    package var end: Int64
    /// The host, as the source writes it.
    package var node: Name

    /// Whether no end of it is known.
    package var isOpen: Bool { end == .max }

    /// The first and the last time of rows that may be of it.
    package var span: ClosedRange<Int64> { JobClaim.span(from: from, end: end) }
  }

  package let rules: Rules
  private var numbers = ShardedTable<UInt64, [Holder]>()
  /// The runs on each host, by the short name of the host in lower case.
  private var hosts = ShardedTable<Name, [HostRun]>()
  /// The `component_id` of each node, from rows with both.
  private(set) var components: [Name: UInt64] = [:]
  /// The time up to which Slurm's messages have been read, in milliseconds since 1970; `nil` if it is unknown.
  package var messagesRead: Int64?
  /// The time up to which rows of authorities have been read; `nil` if none wait to be read.
  package var rowsBehind: Int64?
  /// When the snapshot was taken, in milliseconds since 1970.
  package var taken: Int64 = .min
  /// Counts the changes.
  package private(set) var edition: UInt64 = 0

  /// Nobody has a job.
  package init(rules: Rules = Rules()) {
    self.rules = rules
  }

  /// The number of jobs' numbers, and of hosts.
  package var counts: (numbers: Int, hosts: Int) { (numbers.entryCount, hosts.entryCount) }

  /// The users who have had a job with this number.
  package func holders(of number: UInt64) -> [Holder] { numbers[number] ?? [] }

  /// Whether somebody has had a job with this number.
  package func knows(_ number: UInt64) -> Bool { !holders(of: number).isEmpty }

  /// The runs that were on a host, in no order.
  package func runs(on host: Name) -> [HostRun] {
    guard let runs = hosts[HostName.stem(of: host)] else { return [] }
    guard runs.contains(where: { $0.node != host }) else { return runs }
    return runs.filter { $0.node == host || HostName.isSame($0.node, host) }
  }

  /// When that was changed last on which the answer for a row with this number, or from this host, rests: an answer that was had
  /// in an earlier edition, but not before this one, still holds.
  package func edition(ofNumber number: UInt64, host: Name?) -> UInt64 {
    guard let host else { return edition }
    return max(numbers.edition(of: number), hosts.edition(of: HostName.stem(of: host)))
  }

  /// Rows said which number a node has.
  package mutating func learn(_ component: UInt64, of node: Name) {
    guard components[node] != component else { return }
    edition += 1
    components[node] = component
  }

  /// Takes what all sources say of a user's jobs with this number, in place of what was known; nothing where they say nothing.
  package mutating func set(_ number: UInt64, of user: Name, to claims: [JobClaim]) {
    var (runs, onNodes) = claims.settled()
    let others = (numbers[number] ?? []).filter { $0.user != user }
    for other in others {
      for end in runs.close(before: other.runs) { onNodes.close(end) }
      close(number, of: other, before: runs)
    }
    let before = numbers[number]?.first { $0.user == user }
    guard before != nil || !runs.isEmpty else { return }
    let next = edition + 1
    var isChanged = false
    if before?.runs != runs {
      isChanged = true
      numbers.update(number, edition: next) { holders in
        var all = (holders ?? []).filter { $0.user != user }
        if !runs.isEmpty { all.append(Holder(user: user, runs: runs)) }
        holders = all.isEmpty ? nil : all
      }
    }
    var byHost: [Name: [HostRun]] = [:]
    for claim in onNodes {
      for node in claim.nodes ?? [] {
        byHost[HostName.stem(of: node), default: []].append(
          HostRun(user: user, number: number, source: claim.source, from: claim.from, end: claim.end, node: node))
      }
    }
    var left = Set(byHost.keys)
    for node in (before?.runs ?? []).compactMap(\.nodes).joined() { left.insert(HostName.stem(of: node)) }
    for key in left where setRuns(byHost[key] ?? [], on: key, number, user, edition: next) { isChanged = true }
    if isChanged { edition = next }
  }

  /// Slurm gives a number to one job at a time: where another user's job with it is known to have begun later, one of which no end
  /// is known has ended by then.
  private mutating func close(_ number: UInt64, of holder: Holder, before others: [JobClaim]) {
    var runs = holder.runs
    let ends = runs.close(before: others)
    guard !ends.isEmpty else { return }
    edition += 1
    numbers.update(number, edition: edition) { holders in
      for index in (holders ?? []).indices where holders?[index].user == holder.user { holders?[index].runs = runs }
    }
    for end in ends {
      for node in end.nodes ?? [] {
        hosts.update(HostName.stem(of: node), edition: edition) { all in
          for index in (all ?? []).indices {
            guard let run = all?[index], run.number == number, run.user == holder.user, run.isOpen,
              run.source == end.source, run.from == end.from, let time = end.to
            else { continue }
            all?[index].end = time
          }
        }
      }
    }
  }

  /// - Returns: whether they are others than before.
  private mutating func setRuns(
    _ runs: [HostRun], on key: Name, _ number: UInt64, _ user: Name, edition: UInt64
  ) -> Bool {
    func isOfJob(_ run: HostRun) -> Bool { run.number == number && run.user == user }
    guard Set((hosts[key] ?? []).filter(isOfJob)) != Set(runs) else { return false }
    hosts.update(key, edition: edition) { value in
      let all = (value ?? []).filter { !isOfJob($0) } + runs
      value = all.isEmpty ? nil : all
    }
    return true
  }
}
