/// The pace of the loop: the time of the batch, and when work that is not part of every batch is due. A value without I/O. Times
/// are monotonic milliseconds, except for `batchTime`.
struct LoopPace {
  /// How often the consumer is polled, in milliseconds: the group evicts a consumer that does not poll for `max.poll.interval.ms`
  /// (5 min).
  static let membershipMilliseconds: Int64 = 5000
  static let publicationMilliseconds: Int64 = 100
  static let backlogMilliseconds: Int64 = 50

  /// The start of the batch, in milliseconds since 1970.
  var batchTime: Int64 = 0
  private var lastMembership: Int64
  private var lastPublication: Int64 = 0
  private var lastBacklogLook: Int64 = 0
  private var isIdle = false

  init(now: Int64) { lastMembership = now }

  /// How long to wait for the first row of a batch: short enough to check delivery reports and commits often.
  var firstRowMilliseconds: Int32 { isIdle ? 20 : 5 }

  /// Notes the end of a batch with this number of rows.
  mutating func endBatch(rows: Int, now: Int64) {
    isIdle = rows == 0
    lastMembership = now
  }

  /// Whether the consumer has to be polled for the sake of its membership.
  func isMembershipDue(now: Int64) -> Bool { now - lastMembership >= Self.membershipMilliseconds }

  /// Notes that the consumer was polled for the sake of its membership.
  mutating func keepMembership(now: Int64) { lastMembership = now }

  /// Whether the loop may now ask how many rows wait to be consumed. If so, that counts as done.
  mutating func mayLookAtBacklog(now: Int64) -> Bool {
    guard now - lastBacklogLook >= Self.backlogMilliseconds else { return false }
    lastBacklogLook = now
    return true
  }

  /// Whether the loop may publish a snapshot now. If so, that counts as done.
  mutating func mayPublish(now: Int64) -> Bool {
    guard now - lastPublication >= Self.publicationMilliseconds else { return false }
    lastPublication = now
    return true
  }
}
