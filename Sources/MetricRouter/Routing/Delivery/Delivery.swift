internal import Kafka
internal import RouterConfiguration

/// How rows come to count, which depends on what the site has asked for: at least once, by committing offsets behind
/// rows that have arrived, or exactly once, by transactions that hold rows and offsets.
///
/// The one place that asks which of the two it is; the session does what it answers. A value without I/O. Times are the
/// monotonic clock's, in milliseconds.
struct Delivery {
  /// What is to be committed now.
  enum Due: Equatable {
    case nothing
    /// Offsets, without a transaction.
    case offsets
    /// The open transaction, whose rows are waited for until then at the latest.
    case transaction(until: Int64)
  }

  /// How everything that was consumed is finished.
  enum Finishing {
    /// Wait for the rows, then commit their offsets.
    case drain
    /// Bring the open transaction to its end, and then commit what needs none: ends of partitions behind the last rows.
    case settle
  }

  /// What a copy that did not arrive means.
  enum Failure: Equatable {
    /// The transaction has failed, and nothing is known of what for.
    case transaction
    /// The transaction cannot be committed, but what the copy's topic has to say is worth knowing when the rows come
    /// again.
    case lesson
    /// The failure concerns the copy alone; the other copies are valid.
    case copy
  }

  /// What to do where a row in hand has found no room by the deadline.
  enum OutOfRoom {
    /// Consume the rows of the transaction again.
    case replay
    /// The group cannot wait any longer: the row stays unanswered, so the session can no longer commit.
    case rebuild
    /// Leave it unanswered.
    case leave
  }

  /// What to do where a call could not commit the transaction.
  enum CommitFailure: Equatable {
    /// Abort it, and consume its rows again.
    /// - Parameter asksForTopics: whether one of its topics may be the reason: librdkafka does not say which.
    case replay(asksForTopics: Bool)
    /// Make the clients again. Whether it was committed is known to the coordinator alone, and they begin where that
    /// says.
    case rebuild
    /// The group is not the router's.
    case refused
  }

  /// What to do with the rows of a transaction that was aborted.
  enum Retry: Equatable {
    case goBack
    /// The transaction has failed too often: what was learned does not help.
    case rebuild
  }

  static let commitIntervalMilliseconds: Int64 = 200
  /// How many replays may follow each other quickly. After that, the session recreates everything, and checks the dead-letter
  /// topic again.
  static let replaysLimit = 5
  static let replaysMilliseconds: Int64 = 5000

  private let mode: Configuration.Delivery
  /// When the open transaction began; `nil` without one.
  private(set) var began: Int64?
  private var pace: CommitPace
  /// When offsets were committed last, without a transaction.
  private var lastCommit: Int64
  /// When the commits were sent that are not answered yet, in their order.
  private var commitsSent: [Int64] = []
  /// Rows of the open transaction that have arrived.
  private var uncommitted = DeliveryTracker.Finished()
  /// Rows that were lost, of which the dead-letter topic has to be told; and those of which it was told in the open transaction.
  private var gapsToTell: [InputGap] = []
  private var told: [InputGap] = []
  /// Whether anything comes back in the open transaction.
  var stall = StallWatch()
  /// Whether rows of a topic that was deleted are in the transaction: there is no offset to be committed for them.
  private var hasEndedLife = false
  private var replaysInARow = 0
  private var lastReplay: Int64 = .min / 2

  /// - Parameter ageLimit: the age at which a transaction is aborted.
  init(_ mode: Configuration.Delivery, ageLimit: Int64, now: Int64) {
    self.mode = mode
    pace = CommitPace(shortest: CommitPace.shortestMilliseconds, ageLimit: ageLimit)
    lastCommit = now
  }

  // MARK: - What differs

  /// How many producers there are: a transaction belongs to one.
  func producers(configured: RouterSettings.Producers) -> RouterSettings.Producers {
    switch mode {
    case .atLeastOnce: configured
    case .exactlyOnce: .fixed(1)
    }
  }

  /// Whether a new producer has to claim the transactional id before it is used.
  var claimsTransactionalID: Bool {
    switch mode {
    case .atLeastOnce: false
    case .exactlyOnce: true
    }
  }

  /// Whether each row that is consumed has to be included in a transaction first.
  @inline(__always)
  var includesRows: Bool {
    switch mode {
    case .atLeastOnce: false
    case .exactlyOnce: true
    }
  }

  /// Whether others are shown only what was committed: other rows may come again.
  var countsWhenCommitted: Bool {
    switch mode {
    case .atLeastOnce: false
    case .exactlyOnce: true
    }
  }

  /// What happens where too many rows wait for their topics.
  var whenParkedRowsAreFull: ParkedRows.WhenFull {
    switch mode {
    case .atLeastOnce: .overflow
    case .exactlyOnce: .wait(topicsLimit: ParkedRows.topicsInTransactionLimit)
    }
  }

  /// Whether a transaction is open.
  var isOpen: Bool { began != nil }

  /// Whether something that belongs to no row may be sent: in a transaction of its own it would never be committed.
  var maySendBesideRows: Bool {
    switch mode {
    case .atLeastOnce: true
    case .exactlyOnce: isOpen
    }
  }

  /// How everything that was consumed is finished.
  var finishing: Finishing {
    switch mode {
    case .atLeastOnce: .drain
    case .exactlyOnce: .settle
    }
  }

  /// What is to be committed now.
  func due(now: Int64) -> Due {
    guard let began else {
      // Also between transactions: without rows there is nothing that the offsets would have to become visible with.
      return now - lastCommit >= Self.commitIntervalMilliseconds ? .offsets : .nothing
    }
    return now - began >= pace.interval ? .transaction(until: began + pace.ageLimit) : .nothing
  }

  /// What a copy that did not arrive means.
  ///
  /// - Parameter wasSent: whether the producer had taken it.
  func meaning(of error: KafkaError, wasSent: Bool) -> Failure {
    switch mode {
    case .atLeastOnce: return .copy
    case .exactlyOnce:
      if error.remedy == .abort || error.code == .erroneousState { return .transaction }
      return wasSent ? .lesson : .copy
    }
  }

  /// What to do where a row in hand has found no room by the deadline.
  func outOfRoom(isRevoking: Bool) -> OutOfRoom {
    switch mode {
    case .exactlyOnce: .replay
    case .atLeastOnce: isRevoking ? .rebuild : .leave
    }
  }

  // MARK: - Commits of offsets

  /// Offsets are looked at, to be committed without a transaction: the next time is after the interval.
  mutating func willCommit(now: Int64) { lastCommit = now }

  /// A commit was sent.
  mutating func sentCommit(now: Int64) { commitsSent.append(now) }

  /// The answer to the oldest commit has come.
  ///
  /// - Returns: when that was sent.
  mutating func answeredCommit() -> Int64? { commitsSent.isEmpty ? nil : commitsSent.removeFirst() }

  // MARK: - Transactions

  /// A transaction has begun.
  mutating func begin(now: Int64) {
    began = now
    stall.begin()
  }

  /// Rows have arrived.
  ///
  /// - Returns: those that count now; `nil` where they count when the transaction is committed.
  mutating func finished(_ rows: DeliveryTracker.Finished) -> DeliveryTracker.Finished? {
    switch mode {
    case .atLeastOnce: return rows
    case .exactlyOnce:
      uncommitted.add(rows)
      return nil
    }
  }

  /// How many rows have arrived and do not count yet.
  var uncommittedRows: Int { uncommitted.rows }

  /// Rows were lost, of which the dead-letter topic has to be told.
  mutating func note(_ gap: InputGap) { gapsToTell.append(gap) }

  /// What the dead-letter topic has to be told next.
  var gapToTell: InputGap? { gapsToTell.first }

  /// Notes that the gaps were reported.
  mutating func noteTold() {
    let gap = gapsToTell.removeFirst()
    switch mode {
    case .atLeastOnce: break
    case .exactlyOnce: told.append(gap)
    }
  }

  /// The topic of rows in the transaction has gone: there is no offset to be committed for them.
  mutating func noteEndedLife() { if isOpen { hasEndedLife = true } }

  /// Whether the transaction can be committed with these offsets: without any there has to be a reason.
  func mayCommit(offsetCount: Int) -> Bool { offsetCount > 0 || hasEndedLife }

  /// What to do where the offsets could not be sent to the transaction.
  static func failure(sendingOffsets error: KafkaError) -> CommitFailure {
    if error.code == .groupAuthorizationFailed { return .refused }
    return error.remedy == .fatal ? .rebuild : .replay(asksForTopics: saysTopic(error))
  }

  /// What to do where the transaction could not be committed.
  static func failure(committing error: KafkaError) -> CommitFailure {
    error.remedy == .abort ? .replay(asksForTopics: saysTopic(error)) : .rebuild
  }

  private static func saysTopic(_ error: KafkaError) -> Bool {
    error.code == .topicAuthorizationFailed || error.code.saysTopicIsMissing
  }

  /// The transaction is committed.
  ///
  /// - Returns: the rows that count from now on.
  mutating func committed() -> DeliveryTracker.Finished {
    began = nil
    hasEndedLife = false
    told = []
    defer { uncommitted = DeliveryTracker.Finished() }
    return uncommitted
  }

  /// Notes how long a transaction took from the wait for its rows to its commit.
  mutating func settled(within milliseconds: Int64) { pace.committed(within: milliseconds) }

  /// The transaction is about to be aborted: its rows count nothing, and have to be consumed again.
  ///
  /// - Parameters:
  ///   - isWaitedFor: whether a group or a stop waits for it.
  ///   - limit: where somebody waits, the abort is given up then, or soon.
  /// - Returns: when the abort is given up.
  mutating func abort(now: Int64, isWaitedFor: Bool, limit: Int64) -> Int64 {
    began = nil
    return isWaitedFor ? max(limit, now + Self.lastAbortMilliseconds) : now + pace.ageLimit
  }

  /// What an abort or commit gets at least when the time for the rows is over.
  static let lastAbortMilliseconds: Int64 = 1000

  /// The rows of an aborted transaction are about to be consumed again.
  mutating func retry(now: Int64) -> Retry {
    replaysInARow = now - lastReplay < Self.replaysMilliseconds ? replaysInARow + 1 : 1
    lastReplay = now
    return replaysInARow <= Self.replaysLimit ? .goBack : .rebuild
  }

  /// Forgets what has not been committed: the dead-letter topic is told again what it was told.
  mutating func forgetUncommitted() {
    hasEndedLife = false
    uncommitted = DeliveryTracker.Finished()
    gapsToTell = told + gapsToTell
    told = []
  }
}
