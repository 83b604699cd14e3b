internal import Kafka

/// How far a session has come: the only place that knows whether rows may still be consumed, sent and committed.
///
/// ```
///  running <──> draining
///     │  ^         │
///     │  └─────────┼──── replaying
///     └────────────┴──────^
///  from each of them ──> ended: there is no way back
/// ```
///
/// A value without I/O. Times are the monotonic clock's, in milliseconds.
struct Phase {
  /// How a session ends.
  enum End {
    /// The session was asked to stop, and has drained and left the group.
    case stopped
    /// A client has failed; a new session continues from the committed offsets.
    case rebuild(KafkaError)
    /// The router cannot continue.
    case failed(RouterError)
  }

  /// What may be done with rows.
  enum State {
    /// Rows are consumed, sent and committed.
    case running
    /// Nothing more is consumed. Rows under way are sent and committed, by this time at the latest.
    case draining(until: Int64)
    /// A transaction has failed. Nothing is sent or committed before the consumer is back at its first rows.
    case replaying(KafkaError)
    /// Nothing more is sent or committed; the session only leaves the group.
    case ended(End)
  }

  /// What the loop is in the middle of when it waits: then it may poll, and so meet itself again.
  enum Scope {
    /// The group takes partitions away, and waits for their rows until then; `nil` where it does not wait.
    case revocation(until: Int64?)
    /// The rows of a transaction are waited for.
    case settling(until: Int64)
    /// The producers are about to be recreated.
    case rotation(until: Int64)
    /// A row in hand waits for room in a producer's queue.
    case waitingForRoom
  }

  /// How often a scope was entered and not left: what `leave` takes.
  struct Depth {
    fileprivate var count: Int
  }

  /// What the loop does next.
  enum Step {
    /// Serve everybody, and consume.
    case route
    /// Go back to the first rows of the transaction that has failed.
    case replay(KafkaError)
    /// Finish what may be finished, and leave the group.
    case leave
  }

  /// What becomes of the rows under way when partitions are taken away.
  enum Revocation: Equatable {
    /// Rows under way are finished and committed first.
    case finish
    /// Somebody else may have the partitions already: what is not committed is abandoned.
    case abandon
    /// The decision was made before.
    case nothing
  }

  /// How long a stop or a revocation may wait for acknowledgements. Docker kills after 10 s.
  static let drainMilliseconds: Int64 = 6500
  /// How long a stop waits for new topics, in milliseconds.
  static let stopPatienceMilliseconds: Int64 = 2000

  private enum Mode {
    case open
    case replaying(KafkaError)
    case ended(End)
  }

  private var mode = Mode.open
  private var scopes: [Scope] = []
  /// When it was noticed that the router was told to stop.
  private var stopNoticed: Int64?
  /// The moment until which the session waits for rows under way; `nil` if it does not wait.
  private(set) var deadline: Int64?

  // MARK: - What may be done

  var state: State {
    switch mode {
    case .open: deadline.map { .draining(until: $0) } ?? .running
    case .replaying(let error): .replaying(error)
    case .ended(let end): .ended(end)
    }
  }

  /// How it ends; `nil` before that.
  var end: End? {
    switch mode {
    case .open, .replaying: nil
    case .ended(let end): end
    }
  }

  /// Whether all that is left is to leave.
  var isEnded: Bool {
    switch mode {
    case .open, .replaying: false
    case .ended: true
    }
  }

  /// Whether a transaction has failed, and its rows have not been gone back to.
  var isReplaying: Bool {
    switch mode {
    case .open, .ended: false
    case .replaying: true
    }
  }

  /// Whether nothing may be sent or committed.
  var isInterrupted: Bool {
    switch mode {
    case .open: false
    case .replaying, .ended: true
    }
  }

  /// Whether further rows may be consumed.
  var mayConsume: Bool { !isInterrupted && deadline == nil }

  /// Whether the group may be polled for the sake of membership: within a rebalance that would begin the next one.
  var mayPollGroup: Bool { !isEnded && !isRevoking }

  /// Whether partitions are being taken away.
  var isRevoking: Bool {
    scopes.contains {
      switch $0 {
      case .revocation: true
      case .settling, .rotation, .waitingForRoom: false
      }
    }
  }

  /// Whether a row in hand waits for room: then its batch cannot be finished.
  var isWaitingForRoom: Bool {
    scopes.contains {
      switch $0 {
      case .waitingForRoom: true
      case .revocation, .settling, .rotation: false
      }
    }
  }

  /// What the loop does next.
  func step(isStopRequested: Bool) -> Step {
    switch mode {
    case .ended: .leave
    case .open: isStopRequested ? .leave : .route
    case .replaying(let error): isStopRequested ? .leave : .replay(error)
    }
  }

  /// What becomes of the rows under way when partitions are taken away.
  ///
  /// - Parameter lost: whether the group has given them to somebody else without asking.
  func revocation(lost: Bool) -> Revocation {
    switch mode {
    case .ended: .nothing
    case .open, .replaying: lost ? .abandon : .finish
    }
  }

  // MARK: - What happens

  /// The router was told to stop. The time that its rows get counts from the first time on that this is noticed.
  mutating func stop(now: Int64) {
    guard stopNoticed == nil else { return }
    stopNoticed = now
    updateDeadline()
  }

  /// The moment by which a router that was told to stop has to finish its rows; `nil` before that.
  var stopDeadline: Int64? { stopNoticed.map { $0 + Self.drainMilliseconds } }

  /// Whether a router that was told to stop has waited long enough for topics that are being made.
  func isOutOfPatience(now: Int64) -> Bool {
    stopNoticed.map { now >= $0 + Self.stopPatienceMilliseconds } ?? false
  }

  /// Begins to wait. What is inside of another wait never takes longer than that.
  ///
  /// - Returns: what `leave` has to be told.
  mutating func enter(_ scope: Scope) -> Depth {
    defer {
      scopes.append(scope)
      updateDeadline()
    }
    return Depth(count: scopes.count)
  }

  /// Ends the wait, and all that was begun inside of it.
  mutating func leave(_ depth: Depth) {
    guard depth.count < scopes.count else { return }
    scopes.removeSubrange(depth.count...)
    updateDeadline()
  }

  /// The rows of the transaction have to be consumed again. The first reason counts.
  mutating func replay(_ error: KafkaError) {
    switch mode {
    case .open: mode = .replaying(error)
    case .replaying, .ended: break
    }
  }

  /// The consumer is back at the first rows of the transaction.
  mutating func wentBack() {
    switch mode {
    case .replaying: mode = .open
    case .open, .ended: break
    }
  }

  /// The session ends. The first trouble counts; a stop gives way to trouble that is met on the way out.
  mutating func end(_ end: End) {
    switch mode {
    case .open, .replaying, .ended(.stopped): mode = .ended(end)
    case .ended(.rebuild), .ended(.failed): break
    }
  }

  private mutating func updateDeadline() {
    deadline = stopDeadline
    for scope in scopes {
      switch scope {
      case .revocation(let until?), .settling(let until), .rotation(let until):
        deadline = min(deadline ?? .max, until)
      case .revocation(nil), .waitingForRoom: break
      }
    }
  }
}
