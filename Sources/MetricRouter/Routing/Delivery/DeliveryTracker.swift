internal import Naming

/// Knows which rows have arrived, and so up to where offsets may be committed.
///
/// Rows are consumed in batches. A batch counts the answers that are still to come (one for each copy that was handed
/// to a producer, one for each row that waits for its topic). Offsets move on with the finished batches at the front of
/// the queue: an offset is never committed before every row before it has arrived or was dead-lettered, and a batch
/// that hangs holds back the commit, not the rows behind it.
///
/// A value without I/O. Batches are numbered from 0; numbers are not used again.
struct DeliveryTracker {
  /// The tag of one copy of one row: it goes through a producer and comes back with the delivery report.
  struct Tag: Equatable {
    /// The copies of a row.
    enum Copy: UInt, Equatable {
      case user = 0
      case job = 1
      case deadLetter = 2
      /// The copy in the topic of waiting rows, in place of those for user and job.
      case waiting = 3
    }

    var batch: UInt32
    /// The row's place in the batch.
    var row: UInt32
    var copy: Copy

    init(batch: UInt32, row: UInt32, copy: Copy) {
      self.batch = batch
      self.row = row
      self.copy = copy
    }

    /// 32 bits of batch, 30 of row, 2 of copy.
    var packed: UInt { UInt(batch) << 32 | UInt(row) << 2 | copy.rawValue }

    init?(packed: UInt) {
      guard let copy = Copy(rawValue: packed & 3) else { return nil }
      self.init(batch: UInt32(truncatingIfNeeded: packed >> 32), row: UInt32(packed >> 2 & 0x3fff_ffff), copy: copy)
    }
  }

  /// What becomes of a row that is neither routed nor dead-lettered.
  enum Aside: Int, CaseIterable {
    /// The row is no job's.
    case unassigned
    /// Jobs of several users ran on the row's host.
    case withheld
    /// The row waits in a topic for the owner of its job, and is consumed from there.
    case postponed
  }

  /// Rows that are finished, and where they ended.
  struct Finished: Equatable {
    var rows = 0
    var deadLetters: [DeadLetterReason: Int] = [:]
    var deadLettered: Int { deadLetters.values.reduce(0, +) }
    /// Rows that have no copy in a job's topic.
    var withoutJobTopic = 0
    /// Rows that were set aside, by what became of them.
    var aside = SIMD4<Int>()
    /// Bytes of all these rows, of those among them that went to the dead letters, and of those that were set aside.
    var bytes = 0
    var deadLetteredBytes = 0
    var asideBytes = 0
    /// Rows that have arrived at their user's topic.
    var routed: Int { rows - deadLettered - aside.wrappedSum() }
    /// The duration of each batch with rows, from its opening, in milliseconds.
    var latencies: [Int64] = []

    /// Adds others to these.
    mutating func add(_ other: Finished) {
      rows += other.rows
      withoutJobTopic += other.withoutJobTopic
      bytes += other.bytes
      deadLetteredBytes += other.deadLetteredBytes
      aside &+= other.aside
      asideBytes += other.asideBytes
      latencies += other.latencies
      for (reason, count) in other.deadLetters { deadLetters[reason, default: 0] += count }
    }
  }

  private struct Batch {
    var rows: UInt32 = 0
    var unanswered: Int32 = 0
    var isOpen = true
    /// The offset after the last row of the batch by partition slot; -1 for none.
    var next: [Int64] = []
    /// Rows that went to the dead letters, and why.
    var deadLettered: [UInt32: DeadLetterReason] = [:]
    var withoutJobTopic = 0
    var aside = SIMD4<Int>()
    var bytes = 0
    var deadLetteredBytes = 0
    var asideBytes = 0
    /// When it was opened, in milliseconds.
    var opened: Int64 = 0
  }

  private struct Partition {
    var isAssigned = false
    /// Whether nothing of it may be committed for the moment.
    var isHeld = false
    /// The offset up to which all rows are finished; -1 before the first.
    var finished: Int64 = -1
    /// What was last sent to the broker.
    var sent: Int64 = -1
    /// What the broker has confirmed.
    var confirmed: Int64 = -1
    /// The offset up to which everything was consumed when the partition's end was met; -1 before that.
    var end: Int64 = -1
  }

  private var partitions: [Partition] = []
  /// The unfinished batches in order, from `head` on; those before it are finished and reused.
  private var batches: [Batch] = []
  private var head = 0
  private var firstBatch: UInt32 = 0
  private var spare: [Batch] = []

  /// Batches that are not finished, the open one included.
  var unfinishedBatches: Int { batches.count - head }

  /// Rows that were consumed and are not finished.
  var unfinishedRows: Int { batches[head...].reduce(0) { $0 + Int($1.rows) } }

  /// Adds a partition to the bookkeeping; nothing of it is committed before `assign`.
  ///
  /// - Returns: its slot, which the other functions take.
  mutating func addPartition() -> Int {
    partitions.append(Partition())
    return partitions.count - 1
  }

  /// The partition is ours (again): its rows count from here on.
  mutating func assign(_ slot: Int) {
    partitions[slot] = Partition(isAssigned: true)
  }

  /// Revokes a partition: nothing of it will be committed, including rows under way.
  mutating func revoke(_ slot: Int) {
    partitions[slot].isAssigned = false
    for index in head..<batches.count where slot < batches[index].next.count {
      batches[index].next[slot] = -1
    }
  }

  /// The partition's end was met: every row before this offset has been added. What lies between the last of them and it
  /// is never consumed (marks of transactions, rows that were aborted), and is finished with that row.
  mutating func reachedEnd(_ slot: Int, at offset: Int64) {
    partitions[slot].end = offset
  }

  /// The partition is read from elsewhere: its rows come again, and so does its end.
  mutating func forgetEnd(_ slot: Int) {
    partitions[slot].end = -1
  }

  /// Commits nothing of this partition until `goOn`, because its offsets may belong to another life.
  mutating func hold(_ slot: Int) {
    partitions[slot].isHeld = true
  }

  /// What was held may be committed again.
  mutating func goOn(_ slot: Int) {
    partitions[slot].isHeld = false
  }

  /// The offset behind the last row that was consumed of the partition and can still be committed; -1 where none was.
  func position(_ slot: Int) -> Int64 {
    var position = partitions[slot].finished
    for batch in batches[head...] where slot < batch.next.count { position = max(position, batch.next[slot]) }
    return position
  }

  /// Whether there is something to commit.
  var hasCommit: Bool {
    partitions.contains { $0.isAssigned && !$0.isHeld && $0.finished > $0.sent }
  }

  /// The time since which the oldest unfinished rows wait; `nil` if none do.
  var oldest: Int64? { batches[head...].first { $0.rows > 0 }?.opened }

  /// Begins the next batch.
  ///
  /// - Parameter now: in milliseconds of the clock that `takeFinished` is told.
  mutating func openBatch(now: Int64 = 0) {
    var batch = spare.popLast() ?? Batch()
    batch.rows = 0
    batch.unanswered = 0
    batch.withoutJobTopic = 0
    batch.aside = SIMD4()
    batch.bytes = 0
    batch.deadLetteredBytes = 0
    batch.asideBytes = 0
    batch.opened = now
    batch.isOpen = true
    for index in batch.next.indices { batch.next[index] = -1 }
    batches.append(batch)
  }

  /// Whether the last batch is open.
  var isBatchOpen: Bool { head < batches.count && batches[batches.count - 1].isOpen }

  /// The number of the open batch.
  var openBatch: UInt32 { firstBatch &+ UInt32(batches.count - 1 - head) }

  /// The number of the batch that will be opened next.
  var nextBatch: UInt32 { firstBatch &+ UInt32(batches.count - head) }

  /// Whether all batches before this number are finished.
  func isFinished(before batch: UInt32) -> Bool { Int32(bitPattern: firstBatch &- batch) >= 0 }

  /// Adds a consumed row to the open batch.
  ///
  /// - Returns: its tag; the copy is to be filled in.
  @inline(__always)
  mutating func add(slot: Int, offset: Int64, bytes: Int = 0) -> Tag {
    let last = batches.count - 1
    let tag = Tag(batch: firstBatch &+ UInt32(last - head), row: batches[last].rows, copy: .user)
    batches[last].rows += 1
    batches[last].bytes += bytes
    if slot >= batches[last].next.count {
      let missing = partitions.count - batches[last].next.count
      batches[last].next.append(contentsOf: repeatElement(-1, count: missing))
    }
    if partitions[slot].isAssigned { batches[last].next[slot] = offset + 1 }
    return tag
  }

  /// Ends the open batch. It is finished when its last answer has come.
  ///
  /// - Returns: the bytes of its rows.
  @discardableResult
  mutating func closeBatch() -> Int {
    batches[batches.count - 1].isOpen = false
    return batches[batches.count - 1].bytes
  }

  /// Expects answers for a batch.
  @inline(__always)
  mutating func expect(_ answers: Int32, batch: UInt32) {
    batches[head + Int(batch &- firstBatch)].unanswered += answers
  }

  /// Answers have come for a batch.
  mutating func answered(_ answers: Int32 = 1, batch: UInt32) {
    batches[head + Int(batch &- firstBatch)].unanswered -= answers
  }

  /// A row of the batch gets no copy in a job's topic.
  mutating func noteWithoutJobTopic(batch: UInt32) {
    batches[head + Int(batch &- firstBatch)].withoutJobTopic += 1
  }

  /// A row of the batch is neither routed nor a dead letter.
  mutating func setAside(_ tag: Tag, _ fate: Aside, bytes: Int) {
    let index = head + Int(tag.batch &- firstBatch)
    batches[index].aside[fate.rawValue] += 1
    batches[index].asideBytes += bytes
  }

  /// A row that was set aside becomes a dead letter after all.
  mutating func takeBack(_ tag: Tag, _ fate: Aside, bytes: Int) {
    let index = head + Int(tag.batch &- firstBatch)
    batches[index].aside[fate.rawValue] -= 1
    batches[index].asideBytes -= bytes
  }

  /// Forgets every row that was consumed and not committed: they are consumed again. Answers for them must not come any
  /// more.
  mutating func reset() {
    firstBatch &+= UInt32(batches.count - head)
    batches.removeAll(keepingCapacity: true)
    head = 0
    for slot in partitions.indices {
      partitions[slot].finished = partitions[slot].confirmed
      partitions[slot].sent = partitions[slot].confirmed
    }
  }

  /// Marks a row as one for the dead letters.
  ///
  /// - Returns: false where it was one already: a second dead letter must not be sent.
  mutating func deadLetter(_ tag: Tag, _ reason: DeadLetterReason, bytes: Int = 0) -> Bool {
    let index = head + Int(tag.batch &- firstBatch)
    guard batches[index].deadLettered[tag.row] == nil else { return false }
    batches[index].deadLettered[tag.row] = reason
    batches[index].deadLetteredBytes += bytes
    return true
  }

  /// Takes the finished batches off the front.
  mutating func takeFinished(now: Int64 = 0) -> Finished {
    var finished = Finished()
    while head < batches.count, !batches[head].isOpen, batches[head].unanswered == 0 {
      finished.rows += Int(batches[head].rows)
      finished.withoutJobTopic += batches[head].withoutJobTopic
      finished.bytes += batches[head].bytes
      finished.deadLetteredBytes += batches[head].deadLetteredBytes
      finished.aside &+= batches[head].aside
      finished.asideBytes += batches[head].asideBytes
      if batches[head].rows > 0 { finished.latencies.append(now - batches[head].opened) }
      for reason in batches[head].deadLettered.values { finished.deadLetters[reason, default: 0] += 1 }
      for slot in batches[head].next.indices where batches[head].next[slot] >= 0 {
        partitions[slot].finished = max(partitions[slot].finished, batches[head].next[slot])
      }
      batches[head].deadLettered.removeAll()
      if spare.count < 64 { spare.append(batches[head]) }
      head += 1
      firstBatch &+= 1
    }
    if head == batches.count {
      batches.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 256 {
      batches.removeFirst(head)
      head = 0
    }
    finishEnds()
    return finished
  }

  /// Moves partitions of which no row is under way to their ends.
  private mutating func finishEnds() {
    for slot in partitions.indices
    where partitions[slot].end > partitions[slot].finished && partitions[slot].isAssigned {
      let isUnderWay = batches[head...].contains { slot < $0.next.count && $0.next[slot] >= 0 }
      if !isUnderWay { partitions[slot].finished = partitions[slot].end }
    }
  }

  /// What is to be committed now: for each slot the offset of the next row. It counts as sent.
  mutating func takeCommit() -> [(slot: Int, next: Int64)] {
    var commit: [(slot: Int, next: Int64)] = []
    for slot in partitions.indices
    where partitions[slot].isAssigned && !partitions[slot].isHeld && partitions[slot].finished > partitions[slot].sent {
      partitions[slot].sent = partitions[slot].finished
      commit.append((slot, partitions[slot].finished))
    }
    return commit
  }

  /// What is finished and not known to be committed, also what was sent and not answered yet. It counts as sent.
  mutating func takeUnconfirmed() -> [(slot: Int, next: Int64)] {
    var commit: [(slot: Int, next: Int64)] = []
    for slot in partitions.indices
    where partitions[slot].isAssigned && !partitions[slot].isHeld
      && partitions[slot].finished > partitions[slot].confirmed
    {
      partitions[slot].sent = partitions[slot].finished
      commit.append((slot, partitions[slot].finished))
    }
    return commit
  }

  /// The broker has taken a commit. An answer that comes after the partition was ours for another time says nothing
  /// about this time.
  mutating func confirmCommit(slot: Int, next: Int64) {
    partitions[slot].confirmed = max(partitions[slot].confirmed, min(next, partitions[slot].sent))
  }

  /// The broker has not taken a commit: it is sent again with the next.
  mutating func failCommit(slot: Int) {
    partitions[slot].sent = partitions[slot].confirmed
  }

  /// Whether everything that is finished has been confirmed by the broker.
  var isCommitted: Bool {
    partitions.allSatisfy { !$0.isAssigned || $0.finished <= $0.confirmed }
  }
}
