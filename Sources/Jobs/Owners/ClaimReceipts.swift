/// The rows of authorities whose claims the topic of the job index has acknowledged, so that their offsets may be committed.
///
/// Rows are counted in the order in which they were handed over. A row whose share is not stored yet is owed: first by the ledger, then
/// by the message with the share that is on its way. A value without I/O.
package struct ClaimReceipts {
  /// The first row whose claim is in no message yet, by the place of its job.
  private var owed: [Int32: UInt64] = [:]
  /// The first such row of each message under way, by place; `UInt64.max` for a message without claims. Messages with one key are
  /// answered in order, because they are in one partition.
  private var sent: [Int32: [UInt64]] = [:]
  /// The number of rows that have been processed.
  private(set) var count: UInt64 = 0
  /// Rows that cannot be taken in yet.
  private var held: Set<UInt64> = []

  /// Looks at the next row.
  ///
  /// - Returns: its number.
  package mutating func next() -> UInt64 {
    count += 1
    return count
  }

  /// The row's claim is part of the job's share, which has to be published.
  package mutating func note(_ row: UInt64, of place: Int32) {
    held.remove(row)
    owed[place] = min(owed[place] ?? .max, row)
  }

  /// The row cannot be taken in yet.
  package mutating func hold(_ row: UInt64) { held.insert(row) }

  /// The row says nothing that has to be published.
  package mutating func drop(_ row: UInt64) { held.remove(row) }

  /// Notes that a message with the job's share is under way.
  package mutating func send(_ place: Int32) {
    sent[place, default: []].append(owed.removeValue(forKey: place) ?? .max)
  }

  /// A message with the job's share was answered.
  ///
  /// - Returns: whether it has to be sent again for the sake of a claim.
  @discardableResult
  package mutating func answer(_ place: Int32, isStored: Bool) -> Bool {
    guard var rows = sent[place], !rows.isEmpty else { return false }
    let row = rows.removeFirst()
    sent[place] = rows.isEmpty ? nil : rows
    guard !isStored, row < .max else { return false }
    owed[place] = min(owed[place] ?? .max, row)
    return true
  }

  /// Notes that messages under way will not be answered, because the producer was replaced.
  package mutating func loseMessages() {
    for (place, rows) in sent {
      if let row = rows.min(), row < .max { owed[place] = min(owed[place] ?? .max, row) }
    }
    sent = [:]
  }

  /// Jobs that have left the index owe nothing: nobody would find their rows there.
  package mutating func forget(where isGone: (Int32) -> Bool) {
    for place in owed.keys where isGone(place) { owed[place] = nil }
  }

  /// Whether rows are owed.
  package var isOpen: Bool { stored < count }

  /// All rows up to this number are stored, as far as they say something.
  package var stored: UInt64 {
    let open = [owed.values.min(), sent.values.lazy.flatMap { $0 }.min(), held.min()].compactMap { $0 }.min() ?? .max
    return open <= count ? open - 1 : count
  }
}
