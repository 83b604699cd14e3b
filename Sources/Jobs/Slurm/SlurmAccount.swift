internal import Naming

/// What Slurm's messages say of one job, put together.
///
/// The messages of a job come through several topics and partitions, in any order, and some of them again. They are put together by
/// what they say: the same messages give the same account, whatever the order and however often each of them comes.
package struct SlurmAccount: Sendable, Equatable {
  /// The message that counts: of the latest run, and of that the end rather than the start.
  private(set) var latest: SlurmMessage
  /// The latest message that names nodes; a job that waits in the queue has none.
  private var placed: SlurmMessage?
  /// When the latest run of which a start is said started.
  private var started: Int64?
  /// Whether a message says that the job started, rather than only one that it ended.
  private(set) var hasStart: Bool
  /// Whether a message says that the job ran, rather than only that it waits in the queue.
  private(set) var hasRun: Bool
  /// What each message says of a run, each once and in order: the same id may run several times.
  private var events: [Event]

  /// The beginning or the end of a run.
  private struct Event: Sendable, Hashable, Comparable {
    var kind: SlurmMessage.Kind
    var started: Int64?
    var ended: Int64?
    var nodeList: String?

    /// When it was.
    var time: Int64 { Swift.max(ended ?? .min, started ?? .min) }

    private var order: (Int64, Int64, Int64, Int, String) {
      (
        time, started ?? .min, ended ?? .min, kind == .start ? 0 : kind == .resize ? 1 : kind == .requeue ? 2 : 3,
        nodeList ?? ""
      )
    }

    static func < (one: Event, other: Event) -> Bool { one.order < other.order }
  }

  /// Beginnings and ends that are remembered; the latest are.
  private static let eventLimit = 64

  /// What one message says.
  package init(_ message: SlurmMessage) {
    latest = message
    placed = message.slurm.nodeList == nil ? nil : message
    started = message.slurm.started
    hasStart = message.kind == .start || message.kind == .resize
    hasRun = hasStart || message.kind == .end && message.slurm.started != nil
    events = [
      Event(
        kind: message.kind, started: message.slurm.started, ended: message.slurm.ended,
        nodeList: message.slurm.nodeList)
    ]
  }

  /// The user and the id of the job.
  package var key: JobKey { JobKey(user: latest.user, job: Name(String(latest.job))) }

  /// Adds what other messages say of the same job.
  package mutating func add(_ other: SlurmAccount) {
    if latest.isOlder(than: other.latest) { latest = other.latest }
    if let theirs = other.placed, placed?.isOlder(than: theirs) ?? true { placed = theirs }
    if let theirs = other.started { started = max(started ?? theirs, theirs) }
    hasStart = hasStart || other.hasStart
    hasRun = hasRun || other.hasRun
    let new = other.events.filter { !events.contains($0) }
    guard !new.isEmpty else { return }
    events = Array((events + new).sorted().suffix(Self.eventLimit))
  }

  /// What all of it comes to.
  package var job: SlurmJob {
    var job = latest.slurm
    job.nodeList = job.nodeList ?? placed?.slurm.nodeList
    job.started = job.started ?? started
    switch latest.kind {
    // Older versions of Slurm may not know when.
    case .end: job.ended = job.ended ?? job.started
    // It will start again, or has only changed its nodes.
    case .start, .requeue, .resize: job.ended = nil
    }
    return job
  }

  /// When and where it ran: all runs of which a beginning is known, in order.
  package func runs(nodeLimit: Int) -> [JobClaim] {
    var runs: [Int64: (ended: Int64?, nodeLists: Set<String>)] = [:]
    func note(_ started: Int64, ended: Int64?, _ nodeList: String?) {
      var run = runs[started] ?? (nil, [])
      if let ended { run.ended = max(run.ended ?? ended, ended) }
      if let nodeList { run.nodeLists.insert(nodeList) }
      runs[started] = run
    }
    for event in events {
      guard let started = event.started else { continue }
      switch event.kind {
      case .start: note(started, ended: nil, event.nodeList)
      // Older versions of Slurm may not know when.
      case .end, .requeue: note(started, ended: max(event.ended ?? started, started), event.nodeList)
      case .resize:
        note(started, ended: event.ended, event.nodeList)
        // It runs on; its end will say where.
        if let ended = event.ended { note(ended, ended: nil, nil) }
      }
    }
    // Of an end without a beginning nobody knows which run it ends: the one before it, if that has no end of its own. It stands on
    // no node.
    var ends: [JobClaim] = []
    for event in events where event.started == nil && event.kind != .start {
      guard let ended = event.ended else { continue }
      guard let run = runs[ended] else {
        ends.append(JobClaim(.slurm, from: ended, to: ended, nodes: []))
        continue
      }
      runs[ended]?.ended = run.ended ?? ended
    }
    let claims = runs.map { started, run in
      JobClaim(.slurm, from: started, to: run.ended, nodes: Self.nodes(run.nodeLists, limit: nodeLimit))
    }
    return (claims + Set(ends)).sorted { $0.from < $1.from }
  }

  /// All nodes of some lists; `nil` where there is none, or one that cannot be read.
  private static func nodes(_ lists: Set<String>, limit: Int) -> [Name]? {
    var nodes: Set<Name> = []
    for list in lists {
      guard let read = try? NodeList(list).names(limit: limit), !read.isEmpty else { return nil }
      if lists.count == 1 { return read }
      nodes.formUnion(read)
    }
    return nodes.isEmpty ? nil : nodes.sorted()
  }
}

extension SlurmMessage {
  /// The moment of the latest message.
  package var moment: SlurmMoment {
    switch kind {
    case .start: SlurmMoment(started: slurm.started, ended: nil)
    case .requeue, .resize: SlurmMoment(started: slurm.started, ended: slurm.ended, isContinued: true)
    case .end:
      slurm.ended == nil
        ? SlurmMoment(time: slurm.started ?? .min, rank: .end)
        : SlurmMoment(started: slurm.started, ended: slurm.ended)
    }
  }

  /// Whether another message of the job says something newer. Of two that say different things of the same moment, always the
  /// same one is the newer.
  fileprivate func isOlder(than other: SlurmMessage) -> Bool {
    guard moment == other.moment else { return moment < other.moment }
    return words.lexicographicallyPrecedes(other.words)
  }

  private var words: [String] {
    let texts = [slurm.state, slurm.exitCode, slurm.name, slurm.account, slurm.partition, slurm.nodeList]
    return texts.map { $0.map { "=" + $0 } ?? "" } + [slurm.started, slurm.ended].map { $0.map { "\($0)" } ?? "" }
  }
}
