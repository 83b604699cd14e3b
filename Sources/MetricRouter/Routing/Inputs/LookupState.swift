/// The state of the questions about the group's offsets: which are open, when the next may be asked, and whether an answer is
/// fresh enough to commit by. A value without I/O. Times are monotonic milliseconds.
///
/// There are two kinds of question. *Starts* ask where partitions begin. *Looks* ask whether the offsets that the group has committed
/// are still there, which has to be known before each commit: it would put them back. One of each kind is open at a time. Questions
/// are numbered, so that what came about later than a question is not decided by its answer.
struct LookupState {
  /// How long a look counts: it takes longer to delete a topic, to make it again and to write to it.
  static let freshMilliseconds: Int64 = 100
  /// How often the offsets are checked if there is nothing to commit, in milliseconds.
  static let idleMilliseconds: Int64 = 500
  /// The pause after a failure, or if a topic does not exist, in milliseconds.
  static let pauseMilliseconds: Int64 = 200

  /// The number of the last question of any kind.
  private(set) var last: UInt64 = 0
  private var openStart: UInt64?
  private var openLook: UInt64?
  /// The time of the last look.
  private var lastLook: Int64 = 0
  private var notBefore: Int64 = 0
  private var isWanted = false
  /// When a look came back after which nothing was committed yet.
  private var verified: Int64?

  private mutating func nextNumber() -> UInt64 {
    last += 1
    return last
  }

  // MARK: - Where partitions begin

  /// Whether an answer about starts is to come.
  var isAskingForStarts: Bool { openStart != nil }

  /// Asks where partitions begin; nothing of that kind may be open.
  ///
  /// - Returns: the number of the question.
  mutating func askForStarts() -> UInt64 {
    precondition(openStart == nil, "one question about starts is open at a time")
    let number = nextNumber()
    openStart = number
    return number
  }

  /// An answer has come about starts.
  ///
  /// - Returns: whether it counts.
  mutating func answeredStarts(_ number: UInt64) -> Bool {
    guard number == openStart else { return false }
    openStart = nil
    return true
  }

  // MARK: - Whether offsets are still there

  /// Whether the answer to a look is to come.
  var isLooking: Bool { openLook != nil }

  /// A look is wanted soon.
  mutating func want() { isWanted = true }

  /// Whether it is time to look although nothing is to be committed.
  func isLookDue(now: Int64) -> Bool { isWanted || now - lastLook >= Self.idleMilliseconds }

  /// Looks, if that may be done now.
  ///
  /// - Returns: the number of the question; `nil` where one is open, or failed a moment ago.
  mutating func look(now: Int64) -> UInt64? {
    guard openLook == nil, now >= notBefore else { return nil }
    isWanted = false
    lastLook = now
    verified = nil
    let number = nextNumber()
    openLook = number
    return number
  }

  /// An answer has come to a look.
  ///
  /// - Parameter isFailure: whether it says nothing.
  /// - Returns: whether it counts.
  mutating func answeredLook(_ number: UInt64, isFailure: Bool, now: Int64) -> Bool {
    guard number == openLook else { return false }
    openLook = nil
    if isFailure { notBefore = now + Self.pauseMilliseconds } else { verified = now }
    return true
  }

  /// Whether offsets may be committed now: a look has just come back. It counts once.
  mutating func takeVerified(now: Int64) -> Bool {
    guard let verified, now - verified <= Self.freshMilliseconds else { return false }
    self.verified = nil
    return true
  }
}
