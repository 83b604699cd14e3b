internal import Naming

/// What Slurm's messages say of one job, put together.
///
/// The messages of a job come through several topics and partitions, in any order, and some of them again. They are put together by
/// what they say: the same messages give the same account, whatever the order and however often each of them comes.
struct SlurmAccount: Sendable, Equatable {
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

  /// What one message says.
  init(_ message: SlurmMessage) {
    latest = message
    placed = message.slurm.nodeList == nil ? nil : message
    started = message.slurm.started
    hasStart = message.kind == .start || message.kind == .resize
    hasRun = hasStart || message.kind == .end && message.slurm.started != nil
  }

  /// Whose job it is, and which.
  var key: JobKey { JobKey(user: latest.user, job: Name(String(latest.job))) }

  /// Adds what other messages say of the same job.
  mutating func add(_ other: SlurmAccount) {
    if latest.isOlder(than: other.latest) { latest = other.latest }
    if let theirs = other.placed, placed?.isOlder(than: theirs) ?? true { placed = theirs }
    if let theirs = other.started { started = max(started ?? theirs, theirs) }
    hasStart = hasStart || other.hasStart
    hasRun = hasRun || other.hasRun
  }

  /// What all of it comes to.
  var job: SlurmJob {
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

  /// The nodes; empty where none are said, their list cannot be read, or there are more of them.
  func nodes(limit: Int) -> [Name] { placed?.nodes?.names(limit: limit) ?? [] }
}

extension SlurmMessage {
  /// Up to when it holds.
  var moment: SlurmMoment {
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
