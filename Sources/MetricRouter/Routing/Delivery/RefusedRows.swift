internal import Kafka

/// The rows that a topic rejected in an aborted transaction: when they are consumed again, copies that cannot arrive go to the
/// dead-letter topic at once.
///
/// A value without I/O. It outlives a session, or a client recreated would run into the same rows again.
struct RefusedRows {
  /// One row, with the reasons why its copies were rejected.
  struct Row: Equatable {
    var user: String?
    var job: String?
    /// The dead-letter topic rejects the row as well.
    var deadLetter: String?
    /// The topic of waiting rows does not take it.
    var waiting: String?

    subscript(copy: DeliveryTracker.Tag.Copy) -> String? {
      switch copy {
      case .user: user
      case .job: job
      case .deadLetter: deadLetter
      case .waiting: waiting
      }
    }
  }

  private var rows: [TopicPartition: [Int64: Row]] = [:]

  /// Whether none is known; then nothing has to be looked up.
  var isEmpty: Bool { rows.isEmpty }

  /// What is known of a row.
  subscript(partition: TopicPartition, offset: Int64) -> Row? { rows[partition]?[offset] }

  /// Notes that a copy was rejected.
  ///
  /// - Parameters:
  ///   - key: the row's origin, as `ProvenanceKey` writes it. Other bytes are passed over.
  ///   - detail: why, for the dead letter.
  mutating func note(key: [UInt8], _ copy: DeliveryTracker.Tag.Copy, detail: String) {
    guard let origin = ProvenanceKey.origin(of: key) else { return }
    let (partition, offset) = (origin.partition, origin.offset)
    var row = rows[partition]?[offset] ?? Row()
    switch copy {
    case .user: row.user = detail
    case .job: row.job = detail
    case .deadLetter: row.deadLetter = detail
    case .waiting: row.waiting = detail
    }
    rows[partition, default: [:]][offset] = row
  }

  /// Forgets the rows before an offset, which are committed.
  mutating func forget(_ partition: TopicPartition, before offset: Int64) {
    guard let known = rows[partition] else { return }
    let rest = known.filter { $0.key >= offset }
    rows[partition] = rest.isEmpty ? nil : rest
  }
}
