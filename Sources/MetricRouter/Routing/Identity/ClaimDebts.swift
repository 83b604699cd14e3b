/// Batches with rows of authorities whose claims the topic of the job index has not stored yet: their offsets must not be
/// committed before that.
///
/// After kill -9, nobody would know the claim: the row would not be consumed again, and there may be no next one. A value without
/// I/O.
struct ClaimDebts {
  private struct Debt {
    var batch: UInt32
    /// The number of its last row among all rows that were handed over.
    var row: UInt64
    /// The monotonic time since which the batch waits.
    var since: Int64
  }

  private var debts: [Debt] = []
  private var head = 0
  /// The number of the last row that was added.
  private(set) var rows: UInt64

  /// How long a claim may take to be stored before the log reports it, in milliseconds.
  private static let patience: Int64 = 10_000
  /// How many batches may wait.
  static let batchLimit = 20_000
  /// How many settled batches may stay in memory beyond the number of open ones.
  private static let spareLimit = 1000

  /// - Parameter rows: those of earlier sessions.
  init(rows: UInt64 = 0) {
    self.rows = rows
  }

  /// The number of batches in memory, including settled ones.
  var count: Int { debts.count }

  /// Whether no batch waits for a claim.
  var isEmpty: Bool { head == debts.count }

  /// Adds a row of the batch.
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

  /// Notes that the claims of all rows up to this one are stored.
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

  /// Whether the first batch has waited too long.
  func isOverdue(now: Int64) -> Bool { !isEmpty && now - debts[head].since >= Self.patience }

  /// Forgets all batches, because their rows are consumed again.
  mutating func forget() {
    debts.removeAll(keepingCapacity: true)
    head = 0
  }
}
