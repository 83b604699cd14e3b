/// What is kept of the rows of one input partition: 16 bytes a row, in pieces, so that nothing is copied while it grows.
struct AuditedRows {
  /// A row.
  struct Row {
    /// Stands for its bytes.
    var hash: UInt64
    /// The fate of the row, as a position in `RowFates`.
    var fate: Int32
    /// What was found of it.
    var marks: Marks = []
  }

  /// The copies of a row that were found.
  struct Marks: OptionSet {
    let rawValue: UInt8

    static let user = Marks(rawValue: 1)
    static let job = Marks(rawValue: 2)
    static let deadLetter = Marks(rawValue: 4)
    /// The row waits for the owner of its job.
    static let waiting = Marks(rawValue: 16)
    /// A copy had other bytes.
    static let altered = Marks(rawValue: 8)
    /// The row can be routed, and was a dead letter, perhaps before an operator resent it.
    static let earlierDeadLetter = Marks(rawValue: 32)
    /// A copy is missing.
    static let missing = Marks(rawValue: 64)
    /// The row is a dead letter because the owner of its job was not known in time.
    static let ownerless = Marks(rawValue: 128)
  }

  private static let pieceSize = 1 << 16
  /// How many rows share one time.
  static let blockSize = 256

  private(set) var offsets = OffsetRuns()
  private var pieces: [[Row]] = []
  /// The earliest time in each block of rows; `.min` where one of them has none.
  private var times: [Int64] = []

  var count: Int { offsets.count }

  /// Adds the next row; one that does not come after the others is passed over.
  mutating func append(_ row: Row, offset: Int64, timestamp: Int64?) {
    let index = count
    guard offsets.append(offset) else { return }
    if index % Self.pieceSize == 0 {
      pieces.append([])
      pieces[pieces.count - 1].reserveCapacity(Self.pieceSize)
    }
    pieces[index / Self.pieceSize].append(row)
    let time = timestamp ?? .min
    if index % Self.blockSize == 0 {
      times.append(time)
    } else {
      times[index / Self.blockSize] = min(times[index / Self.blockSize], time)
    }
  }

  subscript(index: Int) -> Row {
    get { pieces[index / Self.pieceSize][index % Self.pieceSize] }
    _modify { yield &pieces[index / Self.pieceSize][index % Self.pieceSize] }
  }

  /// A time that a row is not older than; `nil` where that is not known.
  func time(of index: Int) -> Int64? {
    let time = times[index / Self.blockSize]
    return time == .min ? nil : time
  }

  /// The earliest time of any row; `nil` if no row has one.
  var earliestTime: Int64? {
    guard let time = times.min(), time != .min else { return nil }
    return time
  }
}
