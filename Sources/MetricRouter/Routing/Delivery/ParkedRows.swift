/// Rows and copies that were taken and are in nobody's hands: they wait for a topic, or for a decision. A value without
/// I/O.
///
/// - A row or copy *waits* for one topic that is being made, in the order in which it came. There is room for so many of them; then
///   nothing more is consumed, unless topics come into being too slowly for the others to wait (`isOverflowing`).
/// - A copy has *failed* when it did not arrive, until it is decided what becomes of it.
/// - A topic is *decided* when what waits for it can be released.
/// - A topic is *missing* when it was deleted under us: its copies wait for a while, and are given up then.
struct ParkedRows {
  /// What waits for one topic.
  struct Waiting {
    /// The copies that were under way when the topic was deleted.
    var copies: [FailedCopy] = []
    var rows: [WaitingRow] = []
  }

  /// What happens if too many rows wait.
  enum WhenFull {
    /// Nothing is consumed for a while. Then further rows of new topics go to the dead-letter topic rather than delay the others.
    case overflow
    /// Nothing is consumed. The waiting rows belong to a transaction, which cannot be committed before all of them have been
    /// released. Other rows wait anyway, so none is given up for them. There is space for this many topics only.
    case wait(topicsLimit: Int)
  }

  private struct MissingTopic {
    var since: Int64
    var last: Int64
  }

  /// How long everybody waits while topics are created more slowly than rows for them arrive, in milliseconds. After that,
  /// further rows go to the dead-letter topic rather than delay the others.
  static let patienceMilliseconds: Int64 = 3000
  /// How long a topic may be missing before it is given up, in milliseconds. A topic that was not missing for this long counts as
  /// newly missing.
  static let missingMilliseconds: Int64 = 30000

  /// The number of new topics that a transaction may wait for; then nothing more is consumed until some are ready. With
  /// thousands, the transaction would time out, and start again with the same rows.
  static let topicsInTransactionLimit = 200

  private let rowsLimit: Int
  private let bytesLimit: Int
  private let whenFull: WhenFull
  private var byOutput: [Int32: Waiting] = [:]
  /// How many rows and copies wait.
  private(set) var count = 0
  /// Their bytes.
  private(set) var bytes = 0
  /// The time since which so many rows wait that nothing is consumed.
  private var fullSince: Int64?
  /// Whether further rows of new topics go to the dead-letter topic: the brokers create topics, but too many rows have waited too
  /// long.
  private(set) var isOverflowing = false
  private var failed: [FailedCopy] = []
  private var missing: [Int32: MissingTopic] = [:]
  private var decided: [Int32] = []
  private var nextDecided = 0
  private var isReleasing = false

  init(rowsLimit: Int = 20000, bytesLimit: Int = 64 << 20, whenFull: WhenFull) {
    self.rowsLimit = rowsLimit
    self.bytesLimit = bytesLimit
    self.whenFull = whenFull
  }

  // MARK: - What waits for a topic

  /// A row waits for this topic.
  mutating func add(_ row: WaitingRow, for output: Int32) {
    byOutput[output, default: Waiting()].rows.append(row)
    count += 1
    bytes += row.payload.count
  }

  /// A copy waits for this topic.
  mutating func add(_ copy: FailedCopy, for output: Int32) {
    byOutput[output, default: Waiting()].copies.append(copy)
    count += 1
    bytes += copy.payload.count
  }

  /// Whether another row may be taken.
  var hasRoom: Bool { isOverflowing || !isFull }

  private var isFull: Bool {
    if count >= rowsLimit || bytes >= bytesLimit { return true }
    return switch whenFull {
    case .overflow: false
    case .wait(let topicsLimit): byOutput.count >= topicsLimit
    }
  }

  /// Whether nothing may be consumed.
  ///
  /// - Parameter isMaking: whether topics come into being. Brokers that are away are waited for, with everything.
  mutating func mustPause(now: Int64, isMaking: Bool) -> Bool {
    if case .wait = whenFull { return isFull }
    if !isFull {
      fullSince = nil
    } else if fullSince == nil || !isMaking {
      fullSince = now
    }
    if isOverflowing {
      // What waits has to become much less first, or everybody would wait again the moment that it does.
      isOverflowing = isMaking && (count > rowsLimit / 2 || bytes > bytesLimit / 2)
    } else if let fullSince {
      isOverflowing = now - fullSince >= Self.patienceMilliseconds
    }
    return isFull && !isOverflowing
  }

  // MARK: - Topics that are decided

  /// What waits for a topic can be released.
  mutating func decide(_ output: Int32) { decided.append(output) }

  /// Begins to release what waits for topics that are decided.
  ///
  /// - Returns: false where there is nothing to release, or that has begun already: the rows would overtake each other.
  mutating func beginReleasing() -> Bool {
    guard !isReleasing, nextDecided < decided.count else { return false }
    isReleasing = true
    return true
  }

  /// Takes everything that waits for the next topic that is decided; `nil` after the last one.
  mutating func takeReleased() -> Waiting? {
    guard nextDecided < decided.count else { return nil }
    let output = decided[nextDecided]
    nextDecided += 1
    guard let waiting = byOutput.removeValue(forKey: output) else { return Waiting() }
    count -= waiting.copies.count + waiting.rows.count
    for copy in waiting.copies { bytes -= copy.payload.count }
    for row in waiting.rows { bytes -= row.payload.count }
    return waiting
  }

  /// Ends it.
  mutating func endReleasing() {
    isReleasing = false
    decided.removeFirst(nextDecided)
    nextDecided = 0
  }

  // MARK: - Copies that did not arrive

  /// Whether there are any.
  var hasFailed: Bool { !failed.isEmpty }

  /// A copy did not arrive.
  mutating func fail(_ copy: FailedCopy) { failed.append(copy) }

  /// Takes the copies that did not arrive. More may come while they are settled.
  mutating func takeFailed() -> [FailedCopy] {
    defer { failed = [] }
    return failed
  }

  // MARK: - Topics that are missing

  /// A copy did not arrive because its topic has gone.
  ///
  /// - Returns: whether it may wait for the topic to be made again.
  mutating func mayWait(forMissing output: Int32, now: Int64) -> Bool {
    var topic = missing[output] ?? MissingTopic(since: now, last: now)
    if now - topic.last > Self.missingMilliseconds { topic.since = now }
    topic.last = now
    missing[output] = topic
    return now - topic.since < Self.missingMilliseconds
  }

  // MARK: - What is forgotten

  /// All rows are consumed again.
  mutating func forgetRows() {
    byOutput = [:]
    (count, bytes) = (0, 0)
    failed = []
    forgetDecided()
  }

  /// The outputs get other numbers. Nothing waits for one.
  mutating func forgetOutputs() {
    missing = [:]
    forgetDecided()
  }

  private mutating func forgetDecided() {
    decided = []
    nextDecided = 0
  }
}
