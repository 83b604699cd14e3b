package import Naming

/// What one source says about a run of a job: its nodes, its start and its end. The owner is stored beside it.
///
/// All times are in milliseconds since 1970.
package struct JobClaim: Sendable, Hashable {
  /// The source of a claim.
  package enum Source: String, Sendable, Hashable, CaseIterable {
    /// Messages of Slurm's own: they name all nodes of the run.
    case slurm
    /// Rows of an authority (`identity.owners`) that say when the job began and when it has ended: each names one node, or none.
    case rows
    /// Rows of an authority without times, which show that the job exists: from the first of them to the last.
    case seen
    /// Rows that name the user themselves, of one node; likewise.
    case name
  }

  package var source: Source
  /// When it began, as the source says, or the time of its first row.
  package var from: Int64
  /// When it ended; `nil` while the source has not said so. Of `seen` and `name`, the time of the last row.
  package var to: Int64?
  /// The nodes of the run, ordered by name; `nil` if the source does not name them.
  package var nodes: [Name]?

  /// What a source says.
  package init(_ source: Source, from: Int64, to: Int64?, nodes: [Name]?) {
    self.source = source
    self.from = from
    self.to = to
    self.nodes = nodes
  }

  /// The end, or later than any time.
  package var end: Int64 { to ?? .max }

  /// How far rows may lie before the start and after the end of a run, in milliseconds: nodes have clocks of their own, and
  /// prologs, epilogs and killed steps take time. Slurm does not reuse a number so soon.
  package static let margin: Int64 = 60_000

  /// The first and the last time of rows for which it holds.
  package var span: ClosedRange<Int64> { Self.span(from: from, end: end) }

  /// The first and the last time of rows that may be of a run with these times.
  package static func span(from: Int64, end: Int64) -> ClosedRange<Int64> {
    let first = from < .min + margin ? .min : from - margin
    let last = end > .max - margin ? .max : end + margin
    return first...max(first, last)
  }

  /// Whether rows of this time may be of the run.
  package func holds(at time: Int64) -> Bool { span.contains(time) }
}

extension [JobClaim] {
  /// Runs that are remembered; the latest are.
  private static var limit: Int { 256 }

  /// Adds what a source says, in which order it comes and however often. An end is the later word, and goes before none.
  ///
  /// - Returns: whether anything is new.
  @discardableResult
  package mutating func add(_ claim: JobClaim) -> Bool {
    let known = firstIndex { other in
      other.source == claim.source
        && (claim.source == .slurm
          ? other.from == claim.from : other.nodes == claim.nodes && other.continues(claim))
    }
    guard let known else {
      append(claim)
      if count > Self.limit, let oldest = indices.min(by: { self[$0].end < self[$1].end }) { remove(at: oldest) }
      return true
    }
    let before = self[known]
    self[known].add(claim)
    return self[known] != before
  }

  /// Adds all of them.
  @discardableResult
  package mutating func add(contentsOf claims: [JobClaim]) -> Bool {
    var isNew = false
    for claim in claims where add(claim) { isNew = true }
    return isNew
  }
}

extension JobClaim {
  /// Whether another word of the same source and node is about the same run: both say the same beginning, or rows show that it
  /// went on from one to the other.
  fileprivate func continues(_ other: JobClaim) -> Bool {
    if from == other.from { return true }
    guard source != .rows, let to, let theirs = other.to else { return false }
    return from <= theirs + Self.margin && other.from <= to + Self.margin
  }

  fileprivate mutating func add(_ other: JobClaim) {
    from = Swift.min(from, other.from)
    if let theirs = other.to { to = Swift.max(to ?? theirs, theirs) }
    // An end without a beginning stands on no node: what else is said of the run says where it was.
    if nodes?.isEmpty == true { nodes = other.nodes }
    guard let more = other.nodes, !more.isEmpty, more != nodes else { return }
    nodes = nodes.map { Array(Set($0).union(more)).sorted() } ?? more
  }
}
