internal import Synchronization

/// What a router has done so far.
public struct RouterTotals: Sendable, Equatable {
  /// Rows that were consumed.
  public var consumed: UInt64 = 0
  /// Rows that have arrived at their user's and their job's topic.
  public var routed: UInt64 = 0
  /// Rows that have arrived at the dead-letter topic.
  public var deadLettered: UInt64 = 0
  /// Dead letters by reason, in the order of `DeadLetterReason.allCases`.
  public var deadLettersByReason: [DeadLetterReason: UInt64] = [:]
  /// Rows under way: `consumed` less the others.
  public var underWay: UInt64 { consumed - routed - deadLettered }

  /// Nothing yet.
  public init() {}
}

/// What a router has done for one job.
public struct JobTotals: Sendable, Equatable {
  /// The user's name.
  public var user: Name
  /// The job's id, or what stands for it.
  public var job: Name
  /// The nodes whose rows came.
  public var nodes: [Name]
  /// The user's topic.
  public var userTopic: String
  /// The job's topic.
  public var jobTopic: String
  /// Rows sent.
  public var rows: UInt64
  /// Their bytes.
  public var bytes: UInt64
}

/// Lets other threads see how a router gets on.
///
/// The router publishes a snapshot when one was asked for, so a reader never holds it up.
public final class RouterStatus: Sendable {
  /// What is published.
  public struct Snapshot: Sendable {
    /// The totals.
    public var totals = RouterTotals()
    /// By user and job.
    public var jobs: [JobTotals] = []
    /// What was done for users' rights.
    public var access = AccessTotals()
    /// Whether the router has partitions to read.
    public var isAssigned = false
    /// Whether the group has taken the router in, with partitions to read or with none left for it.
    public var isMember = false
    /// Whether everything that was finished is committed.
    public var isCommitted = true

    /// A router that has not begun.
    public init() {}
  }

  private let wanted = Atomic<Bool>(true)
  private let latest = Mutex(Snapshot())
  /// Kept apart: another thread counts them.
  private let access = Mutex(AccessTotals())

  /// A status of a router that has not begun.
  public init() {}

  /// The last snapshot; asks for a new one.
  public func snapshot() -> Snapshot {
    wanted.store(true, ordering: .relaxed)
    var snapshot = latest.withLock { $0 }
    snapshot.access = access.withLock { $0 }
    return snapshot
  }

  var isWanted: Bool { wanted.load(ordering: .relaxed) }

  func publish(_ snapshot: Snapshot) {
    wanted.store(false, ordering: .relaxed)
    latest.withLock { $0 = snapshot }
  }

  func publish(_ totals: AccessTotals) {
    access.withLock { $0 = totals }
  }
}
