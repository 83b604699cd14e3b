public import Access
public import Kafka
internal import Runtime
internal import Synchronization

/// The status of a router, for other threads.
///
/// The router publishes a snapshot when one was asked for, so a reader never holds it up.
public final class RouterStatus: Sendable {
  /// What is published.
  public struct Snapshot: Sendable {
    /// The totals.
    public var totals = RouterTotals()
    /// The totals of jobs, ordered by user and job.
    public var jobs: [JobTotals] = []
    /// The partitions that the router reads.
    public var assignment: Set<TopicPartition> = []
    /// What was done for users' permissions.
    public var access = AccessTotals()
    /// Whether the router has partitions to read.
    public var isAssigned: Bool { !assignment.isEmpty }
    /// Whether the group has taken the router in, with partitions to read or with none left for it.
    public var isMember = false
    /// Whether everything that was finished is committed.
    public var isCommitted = true
    /// How far behind the router is in each partition that it reads, where that is known.
    public var lags: [PartitionLag] = []
    /// The input topics of this router whose rows the brokers do not deliver.
    public var refusedInputs: Set<String> = []
    /// What is known of the brokers and of the named input topics; `nil` where nobody watches them.
    public var inputHealth: InputHealth?
    /// The input topics that cannot be read, with the reason.
    public var inputTroubles: [String: InputTrouble] {
      (inputHealth?.troubles ?? [:]).merging(refusedInputs.map { ($0, InputTrouble.refused) }) { $1 }
    }
    /// Users' topics that are in use.
    public var userTopics = 0
    /// Jobs' topics that are in use.
    public var jobTopics = 0
    /// Rows that wait for their topics to be made.
    public var waitingRows = 0
    /// Partitions whose next row waits until the index of jobs has been read.
    public var partitionsHeldBack = 0
    /// What keeps the index from being read, where rows wait for it and something does.
    public var indexTrouble: String?
    /// Copies in the producers: not sent yet, or not answered.
    public var unansweredCopies = 0
    /// How long the oldest rows have waited to be acknowledged, in milliseconds; 0 if none wait.
    public var oldestMilliseconds: Int64 = 0

    /// A router that has not begun.
    public init() {}
  }

  /// Topics that the router keeps its rows from, because they are to be deleted.
  let closing = TopicClosing()
  private let wanted = Atomic<Bool>(true)
  /// Whether the jobs are wanted, too: gathering them takes by far the longest.
  private let jobsWanted = Atomic<Bool>(true)
  private let latest = Mutex(Snapshot())
  /// How many snapshots there were.
  private let count = Atomic<UInt64>(0)
  /// When the jobs were gathered last, by the monotonic clock.
  private let jobsGathered = Atomic<Int64>(.min / 2)
  /// Goes up whenever the router's loop has gone round, or waits where it may.
  private let beats = Atomic<UInt64>(0)
  private let mustRejoin = Atomic(false)
  /// Kept apart: another thread counts them.
  private let access = Mutex(AccessTotals())
  /// The same.
  private let inputHealth = Mutex<InputHealth?>(nil)

  /// A status of a router that has not begun.
  public init() {}

  /// The last snapshot; asks for a new one.
  public func snapshot() -> Snapshot {
    jobsWanted.store(true, ordering: .relaxed)
    return glance()
  }

  /// The last snapshot; asks for a new one whose jobs may stay those of an earlier one.
  public func glance() -> Snapshot {
    wanted.store(true, ordering: .relaxed)
    var snapshot = latest.withLock { $0 }
    snapshot.access = access.withLock { $0 }
    snapshot.inputHealth = inputHealth.withLock { $0 }
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

  /// A snapshot whose jobs were gathered lately. Waits for one where they were not; the last where none comes in time.
  ///
  /// - Parameters:
  ///   - age: how old the jobs may be, in milliseconds.
  ///   - wait: how long to wait, in milliseconds.
  public func snapshotWithJobs(age: Int64, wait: Int64) -> Snapshot {
    let began = MonotonicClock.milliseconds()
    while jobsGathered.load(ordering: .acquiring) < began - age, MonotonicClock.milliseconds() < began + wait {
      jobsWanted.store(true, ordering: .relaxed)
      wanted.store(true, ordering: .relaxed)
      Thread.sleep(milliseconds: 5)
    }
    return glance()
  }

  /// The router's loop has gone round.
  func beat() { beats.add(1, ordering: .relaxed) }

  /// How often it has.
  var beatCount: UInt64 { beats.load(ordering: .relaxed) }

  var isWanted: Bool { wanted.load(ordering: .relaxed) }

  var areJobsWanted: Bool { jobsWanted.load(ordering: .relaxed) }

  /// Publishes a snapshot.
  ///
  /// - Parameter jobs: what was done for the jobs; `nil` leaves what was known.
  func publish(_ snapshot: Snapshot, jobs: [JobTotals]?) {
    wanted.store(false, ordering: .relaxed)
    if jobs != nil { jobsWanted.store(false, ordering: .relaxed) }
    latest.withLock { latest in
      let known = latest.jobs
      latest = snapshot
      latest.jobs = jobs ?? known
    }
    count.add(1, ordering: .releasing)
    if jobs != nil { jobsGathered.store(MonotonicClock.milliseconds(), ordering: .releasing) }
  }

  /// Asks the router to leave its group and to join it again.
  func requestRejoin() { mustRejoin.store(true, ordering: .relaxed) }

  /// Whether it was asked to since this was last called.
  func takeRejoinRequest() -> Bool {
    mustRejoin.load(ordering: .relaxed) && mustRejoin.exchange(false, ordering: .relaxed)
  }

  func publish(_ health: InputHealth) {
    inputHealth.withLock { $0 = health }
  }

  func publish(_ totals: AccessTotals) {
    access.withLock { $0 = totals }
  }
}
