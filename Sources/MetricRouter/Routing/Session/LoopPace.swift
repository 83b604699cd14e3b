/// The time as the loop sees it: that of the batch, and when it is time again for what is not done with every batch. A value without
/// I/O. Times are the monotonic clock's, in milliseconds, but for `batchTime`.
struct LoopPace {
  /// A consumer that does not poll for `max.poll.interval.ms` (5 min) is thrown out of its group.
  static let membershipMilliseconds: Int64 = 5000
  static let publicationMilliseconds: Int64 = 100
  static let backlogMilliseconds: Int64 = 50

  /// Milliseconds since 1970 when the batch began.
  var batchTime: Int64 = 0
  private var lastMembership: Int64
  private var lastPublication: Int64 = 0
  private var lastBacklogLook: Int64 = 0
  private var isIdle = false

  init(now: Int64) { lastMembership = now }

  /// How long to wait for the first row of a batch: short enough for acknowledgements and commits to be looked at often.
  var firstRowMilliseconds: Int32 { isIdle ? 20 : 5 }

  /// A batch has ended, with so many rows.
  mutating func endBatch(rows: Int, now: Int64) {
    isIdle = rows == 0
    lastMembership = now
  }

  /// Whether the consumer has to be polled for the sake of its place in the group.
  func isMembershipDue(now: Int64) -> Bool { now - lastMembership >= Self.membershipMilliseconds }

  /// It was.
  mutating func keepMembership(now: Int64) { lastMembership = now }

  /// Whether it may be looked now how many rows wait to be consumed. It counts as done.
  mutating func mayLookAtBacklog(now: Int64) -> Bool {
    guard now - lastBacklogLook >= Self.backlogMilliseconds else { return false }
    lastBacklogLook = now
    return true
  }

  /// Whether a snapshot may be published now. It counts as published.
  mutating func mayPublish(now: Int64) -> Bool {
    guard now - lastPublication >= Self.publicationMilliseconds else { return false }
    lastPublication = now
    return true
  }
}
