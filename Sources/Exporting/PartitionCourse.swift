/// What becomes of the rows of one partition of a user's topic: which are new, which have been written before, and when it is
/// no longer the same topic. A value without I/O.
public struct PartitionCourse: Sendable {
  /// What a row is.
  public enum Verdict: Sendable, Hashable {
    /// It has to be written.
    case new
    /// It has been read before, or is a second copy of a row that has.
    case known
    /// The topic was deleted and made again: it has to be read from its beginning, after ``startOver()``.
    case anotherTopic
  }

  /// What was known at some moment.
  private struct Place {
    var next: Int64
    var time: Int64
    var last: ExportPosition.Witness
  }

  /// How far it is; `nil` before its first row.
  public private(set) var position: ExportPosition?
  private var recent = RecentRows()
  /// The last row that was read.
  private var last: ExportPosition.Witness?
  /// Reading began, or has come, to here: what comes before it is another topic's.
  private var reached: Int64 = -1

  /// While the witness has not been seen: the rows that were known before, and what the next witness will be.
  private var awaited: (recent: RecentRows, next: ExportPosition.Witness?)?
  /// Whether the row at the witness's offset has been deleted as too old.
  private var isWitnessGone = false

  /// What the brokers are being asked about, and what their last answer was about.
  private var asked: Place?
  private var confirmed: Place?
  /// Before the first answer: the first row that was read, or where an earlier process stopped.
  private var first: Place?
  /// Whether times are in order, as far as is known: then a younger row before those that were read is another topic's.
  private var areTimesOrdered = true
  private var suspectsTimes = false
  private var questionsLeft = questionsBetweenWitnesses

  /// So often the brokers are asked before the witness is read again, where times do not tell.
  private static let questionsBetweenWitnesses = 20

  /// - Parameter position: where an earlier process stopped.
  public init(_ position: ExportPosition? = nil) {
    self.position = position
    first = position.map { Place(next: $0.next, time: $0.time, last: $0.witness) }
  }

  // MARK: - Where to begin

  /// The time from which rows have to be read again, so that second copies of them are recognized.
  public var timeOfRecent: Int64? { position.map { max(0, $0.time - RecentRows.milliseconds) } }

  /// Begins where an earlier process stopped, or a little before.
  ///
  /// - Parameters:
  ///   - low: the first offset that the partition has.
  ///   - end: its end.
  ///   - recent: the first offset of the time ``timeOfRecent``; `nil` where there is none.
  /// - Returns: the offset; `nil` for the beginning.
  public mutating func begin(low: Int64, end: Int64, recent: Int64?) -> Int64? {
    guard let position else { return nil }
    guard end >= position.next else {
      startOver()
      return nil
    }
    let again = max(recent ?? 0, position.next - RecentRows.rows)
    return awaitWitness(low: low, from: min(again, position.next))
  }

  /// Nothing of the topic that is there now has been read. What was written before is still recognized for a while.
  public mutating func startOver() {
    if let awaited { recent = awaited.recent }
    position = nil
    last = nil
    reached = -1
    awaited = nil
    suspectsTimes = false
    asked = nil
    confirmed = nil
    first = nil
  }

  private mutating func awaitWitness(low: Int64, from offset: Int64) -> Int64? {
    guard let position else { return nil }
    awaited = (recent, last)
    isWitnessGone = low > position.witness.offset
    let start = max(low, min(offset, position.witness.offset))
    reached = start - 1
    return start
  }

  // MARK: - Rows

  /// Takes a row.
  ///
  /// - Parameters:
  ///   - checksum: of its key and time.
  ///   - row: which row it is a copy of; `nil` where that is not known.
  public mutating func take(_ offset: Int64, time: Int64, checksum: UInt64, row: UInt64?) -> Verdict {
    guard offset > reached else { return .anotherTopic }
    reached = offset
    if let awaited, let witness = position?.witness, offset >= witness.offset {
      guard offset == witness.offset ? checksum == witness.checksum : isWitnessGone else { return .anotherTopic }
      // What was read since then was of the same topic, too.
      if let next = awaited.next { position?.witness = next }
      if suspectsTimes { areTimesOrdered = false }
      suspectsTimes = false
      self.awaited = nil
    }
    let isNew = row.map { recent.insert($0, time: time) } ?? true
    if let position, offset < position.next { return .known }
    let witness = ExportPosition.Witness(offset: offset, checksum: checksum)
    last = witness
    if position == nil { first = Place(next: offset + 1, time: time, last: witness) }
    let before = position ?? ExportPosition(next: 0, time: time, witness: witness)
    position = ExportPosition(next: offset + 1, time: max(before.time, time), witness: before.witness)
    return isNew ? .new : .known
  }

  /// The end of the partition was reached.
  ///
  /// - Returns: whether it is another topic, which ends before the witness.
  public func isAnotherTopic(endingAt offset: Int64) -> Bool {
    guard awaited != nil, let position else { return false }
    return offset <= position.witness.offset
  }

  // MARK: - Whether it is still the same topic

  /// The brokers are about to be asked for the first row that is not older than the time that is returned, and for the end.
  ///
  /// - Returns: `nil` where there is nothing to ask.
  public mutating func ask() -> Int64? {
    guard awaited == nil, let position, let last else { return nil }
    let now = Place(next: position.next, time: position.time, last: last)
    asked = now
    // What was read since the last answer, or since the first row, may be another topic's already.
    return (confirmed ?? first ?? now).time + 1
  }

  /// Takes the answer.
  ///
  /// - Parameters:
  ///   - younger: the offset of the first row that is not older; `nil` where there is none.
  ///   - end: the partition's end.
  /// - Returns: whether the topic may be another one: it has to be read again from its witness on (``readWitness(low:)``).
  public mutating func take(younger: Int64?, end: Int64) -> Bool {
    guard let asked, let position else { return false }
    self.asked = nil
    if end < position.next { return true }
    guard areTimesOrdered else {
      questionsLeft -= 1
      return questionsLeft <= 0
    }
    if let younger, younger < (confirmed ?? first ?? asked).next {
      suspectsTimes = true
      return true
    }
    self.position?.witness = asked.last
    confirmed = asked
    return false
  }

  /// The partition is read again from the witness on.
  ///
  /// - Parameter low: the first offset that the partition has.
  /// - Returns: the offset at which to begin; `nil` for the beginning.
  public mutating func readWitness(low: Int64) -> Int64? {
    questionsLeft = Self.questionsBetweenWitnesses
    guard let position else { return nil }
    return awaitWitness(low: low, from: position.witness.offset)
  }
}
