public import Kafka
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
  /// Rows without a copy in a job's topic, because too many jobs have one (`jobs.max-topics`).
  public var withoutJobTopic: UInt64 = 0
  /// Rows under way: `consumed` less the others.
  public var underWay: UInt64 { consumed - routed - deadLettered }

  /// Nothing yet.
  public init() {}
}

/// What a router has done for one job since its start.
///
/// A job without a row for an hour may be forgotten; when its rows come again, they are counted from zero.
public struct JobTotals: Sendable, Equatable {
  /// The user's name.
  public var user: Name
  /// The job's id, or what stands for it.
  public var job: Name
  /// The nodes whose rows came.
  public var nodes: [Name]
  /// The user's topic.
  public var userTopic: String
  /// The job's topic; `nil` where too many jobs have one.
  public var jobTopic: String?
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
    /// The partitions that the router reads.
    public var assignment: Set<TopicPartition> = []
    /// What was done for users' rights.
    public var access = AccessTotals()
    /// Whether the router has partitions to read.
    public var isAssigned: Bool { !assignment.isEmpty }
    /// Whether the group has taken the router in, with partitions to read or with none left for it.
    public var isMember = false
    /// Whether everything that was finished is committed.
    public var isCommitted = true

    /// A router that has not begun.
    public init() {}
  }

  private let wanted = Atomic<Bool>(true)
  private let latest = Mutex(Snapshot())
  /// How many snapshots there were.
  private let count = Atomic<UInt64>(0)
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

  /// The next snapshot, so that it is known to be true now.
  ///
  /// - Returns: `nil` where none comes within the time: the router hangs, or is not running.
  func nextSnapshot(milliseconds: Int64) -> Snapshot? {
    let before = count.load(ordering: .acquiring)
    let deadline = MonotonicClock.milliseconds() + milliseconds
    repeat {
      wanted.store(true, ordering: .relaxed)
      Thread.sleep(milliseconds: 20)
      // The one after `before` may have been begun before this call.
      if count.load(ordering: .acquiring) >= before + 2 { return latest.withLock { $0 } }
    } while MonotonicClock.milliseconds() < deadline
    return nil
  }

  var isWanted: Bool { wanted.load(ordering: .relaxed) }

  func publish(_ snapshot: Snapshot) {
    wanted.store(false, ordering: .relaxed)
    latest.withLock { $0 = snapshot }
    count.add(1, ordering: .releasing)
  }

  func publish(_ totals: AccessTotals) {
    access.withLock { $0 = totals }
  }
}
