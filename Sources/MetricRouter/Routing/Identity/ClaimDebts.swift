/// Batches with rows of authorities whose claims the index's topic has not acknowledged yet: their offsets must not be committed before.
///
/// After a kill -9 nobody would know of the claim: the row is not consumed again, and the next one may never come. A value without I/O.
struct ClaimDebts {
  private struct Debt {
    var batch: UInt32
    /// The number of its last row among all that were handed over.
    var row: UInt64
    /// Since when it is open, by the monotonic clock.
    var since: Int64
  }

  private var debts: [Debt] = []
  private var head = 0
  /// The number of the last row that was kept.
  private(set) var rows: UInt64

  /// So long a claim may take to be stored before the log says so, in milliseconds.
  private static let patience: Int64 = 10_000
  /// Batches that may wait behind one.
  static let batchLimit = 20_000
  /// Settled ones that may stay in memory, beside as many as are open.
  private static let spareLimit = 1000

  /// - Parameter rows: those of earlier sessions.
  init(rows: UInt64 = 0) {
    self.rows = rows
  }

  /// How many are in memory, the settled ones included.
  var count: Int { debts.count }

  /// Whether no claim is waited for.
  var isEmpty: Bool { head == debts.count }

  /// A row of the batch is kept.
  ///
  /// - Returns: whether it is the first of its batch, for which an answer is to be expected.
  mutating func add(batch: UInt32, now: Int64) -> Bool {
    rows += 1
    if !isEmpty, debts[debts.count - 1].batch == batch {
      debts[debts.count - 1].row = rows
      return false
    }
    debts.append(Debt(batch: batch, row: rows, since: now))
    return true
  }

  /// The claims of the rows up to this one are stored.
  ///
  /// - Returns: the batches whose answer has come.
  mutating func settle(upTo row: UInt64) -> [UInt32] {
    guard !isEmpty, debts[head].row <= row else { return [] }
    let settled = debts[head...].prefix { $0.row <= row }.map(\.batch)
    head += settled.count
    if isEmpty {
      forget()
    } else if head > debts.count / 2, head >= Self.spareLimit {
      // There may always be one that is open.
      debts.removeFirst(head)
      head = 0
    }
    return settled
  }

  /// Whether the first of them has been waited for too long.
  func isOverdue(now: Int64) -> Bool { !isEmpty && now - debts[head].since >= Self.patience }

  /// The rows are consumed again.
  mutating func forget() {
    debts.removeAll(keepingCapacity: true)
    head = 0
  }
}
