import Foundation

/// What may become of a row, by what ran on which node at the row's time: the capture's timeline and the row's own columns
/// decide it, and no code of the router's.
struct RowTruth: Sendable, Hashable {
  enum Kind: String, Sendable, CaseIterable {
    /// A job's: it has to arrive.
    case owned
    /// Of a moment at which a job began or ended, or just before or after two users shared the node: the job's or nobody's.
    case boundary
    /// Of a node that several users share: withheld, or the job's whose number it has where the site wants that.
    case shared
    /// An element of a list of jobs or tasks: nobody's, or of the user of the job that it describes.
    case describing
    /// Of a node on which nobody's job ran, or whose job it does not tell.
    case unassigned
    /// Nothing in it says whose it is, or it contradicts itself.
    case unknowable
  }

  var kind: Kind
  /// Who may have it, each in the topic of this job of theirs.
  var jobs: Set<SiteJob> = []

  /// Two clocks, in seconds.
  private static let clocks = 0.3
  /// Slurm's times are whole seconds, cut off.
  private static let slurm = 1.0
  /// How much the router widens an overlap of two users' jobs, in seconds; it begins at Slurm's time.
  private static let overlap = 5.0 + slurm + clocks

  /// - Parameters:
  ///   - byNode: whether rows without a number are decided by node and time.
  ///   - shares: whether rows of shared nodes go to whose number they have.
  ///   - lag: so many seconds after a job has left a node, it may not be known yet.
  init(_ row: SiteRow, in capture: SiteCapture, byNode: Bool = false, shares: Bool = false, lag: Double = 0) {
    let columns = row.columns
    func job(_ number: UInt64) -> SiteJob? { capture.jobs.first { $0.number == number } }
    if columns.jobUID != nil || columns.taskPID != nil {
      self.init(kind: .describing, jobs: Set(job(columns.jobID).map { [$0] } ?? []))
      return
    }
    switch capture.site {
    case .origin:
      self.init(kind: .unknowable)
    case .originLater:
      guard let job = job(columns.componentID) else {
        self.init(kind: .unknowable)
        return
      }
      // The node's file names the next job already: the user in the row is not the one whose sampler made it.
      if columns.username != nil, columns.jobID != columns.componentID {
        self.init(kind: .unknowable, jobs: [job])
      } else {
        // Its job's own sampler, and no host that others could share.
        self.init(kind: job.contains(columns.timestamp, widenedBy: Self.clocks) ? .owned : .unknowable, jobs: [job])
      }
    case .samplerPolicy, .alwaysOn, .oneTopic, .hazard:
      let node = columns.hostname ?? ""
      if let (job, node) = Self.named(by: columns.instance, in: capture) {
        // A sampler that was started for this job.
        self.init(job, on: node, at: columns.timestamp, capture.jobs, shares: true, lag: lag)
      } else if let job = job(columns.jobID) {
        self.init(job, on: node, at: columns.timestamp, capture.jobs, shares: shares, lag: lag)
      } else {
        self.init(without: columns.timestamp, on: node, capture.jobs, byNode: byNode)
      }
    }
  }

  /// The job and the node in the name of an instance of a sampler policy: `c1/sp0-meminfo-1201`, `c1/1201/vmstat`.
  private static func named(by instance: String?, in capture: SiteCapture) -> (SiteJob, String)? {
    guard capture.site == .samplerPolicy, let name = instance,
      let parts = name.wholeMatch(of: /([^\/]+)\/(?:sp\d+-\w+-(\d+)|(\d+)\/\w+)/)?.output,
      let number = UInt64(parts.2 ?? parts.3 ?? ""), let job = capture.jobs.first(where: { $0.number == number })
    else { return nil }
    return (job, String(parts.1))
  }

  private init(kind: Kind, jobs: Set<SiteJob> = []) {
    self.kind = kind
    self.jobs = jobs
  }

  /// Of a row with the number of this job.
  private init(_ job: SiteJob, on node: String, at time: Double, _ jobs: [SiteJob], shares: Bool, lag: Double) {
    guard job.nodes.contains(node), job.contains(time, widenedBy: Self.clocks) else {
      self.init(kind: .unknowable)
      return
    }
    let others = jobs.filter { $0.nodes.contains(node) && $0.user != job.user }
    if others.contains(where: { job.overlaps($0, at: time, widenedBy: -Self.clocks) }) {
      self.init(kind: .shared, jobs: shares ? [job] : [])
    } else if others.contains(where: { job.overlaps($0, at: time, widenedBy: Self.overlap, and: lag) }) {
      self.init(kind: .boundary, jobs: [job])
    } else {
      self.init(kind: .owned, jobs: [job])
    }
  }

  /// Of a row that has no number.
  private init(without time: Double, on node: String, _ jobs: [SiteJob], byNode: Bool) {
    let here = jobs.filter { $0.nodes.contains(node) }
    let running = here.filter { $0.contains(time, widenedBy: Self.clocks) }
    guard byNode, let job = running.first else {
      self.init(kind: .unassigned)
      return
    }
    if Set(running.map(\.user)).count > 1 {
      let isSure = running.allSatisfy { $0.contains(time, widenedBy: -Self.clocks) }
      self.init(kind: .shared, jobs: isSure ? [] : Set(running))
      return
    }
    let wasShared = here.contains { $0.user != job.user && $0.contains(time, widenedBy: Self.overlap) }
    let isSure = running.count == 1 && job.contains(time, widenedBy: -Self.slurm - Self.clocks) && !wasShared
    self.init(kind: isSure ? .owned : .boundary, jobs: Set(running))
  }
}
