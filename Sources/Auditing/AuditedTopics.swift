/// The topics that copies are in, or should be in.
struct AuditedTopics {
  /// A topic.
  struct Topic {
    let name: String
    /// How many partitions it has; 0 where it does not exist.
    var partitionCount: Int32 = 0
    /// The first partition of the topic, as a position in `AuditLedger.outputs`.
    var firstOutput = 0
    /// Whether copies are in other partitions than their nodes' names say now: partitions were added.
    var hasGrown = false
    /// What was found in it, or not.
    var counts = TopicCounts()
    /// The first row of each input partition with a copy that was found, audited or not; -1 for none.
    private(set) var firstCopies: [Int64] = []

    init(name: String) {
      self.name = name
    }

    /// Notes a copy of a row of an input partition.
    mutating func note(slot: Int, offset: Int64, slotCount: Int) {
      if firstCopies.isEmpty { firstCopies = Array(repeating: -1, count: slotCount) }
      if firstCopies[slot] < 0 || offset < firstCopies[slot] { firstCopies[slot] = offset }
    }

    /// Whether no copy was found of this row of an input partition, nor of those before it.
    func beginsBehind(slot: Int, offset: Int64) -> Bool {
      guard firstCopies.indices.contains(slot), firstCopies[slot] >= 0 else { return true }
      return offset < firstCopies[slot]
    }
  }

  private(set) var topics: [Topic] = []
  private var positions: [String: Int32] = [:]

  /// The position of a topic, which is added where it is new.
  mutating func add(_ name: String) -> Int32 {
    if let position = positions[name] { return position }
    let position = Int32(topics.count)
    positions[name] = position
    topics.append(Topic(name: name))
    return position
  }

  subscript(position: Int32) -> Topic {
    get { topics[Int(position)] }
    _modify { yield &topics[Int(position)] }
  }
}
