internal import Decomp
internal import Kafka

/// The partitions that the group has given to the router: what stands for each in the bookkeeping, how its rows are
/// read, and from where.
///
/// A partition has a slot for each of its lives: the number by which `DeliveryTracker` and the index of jobs know it. A
/// slot is never used for anything else. A partition that is assigned is `pending` until it is known where it begins,
/// and again while something is wrong with it; otherwise it is read, and only then are its rows taken.
///
/// A value without I/O.
struct Assignment {
  /// A topic that is read, with what the way of its rows needs.
  struct Input {
    let topic: InputTopic
    /// The number of each row schema of the topic in the counts of the index, or -1 before its first row.
    fileprivate(set) var schemas: [Int32]
    /// Whether the rows of each row schema of the topic are those of LDMS's Slurm samplers.
    private let areSlurmRows: [Bool]
    /// The slot of each partition, or -1 if its rows are not taken.
    fileprivate var slots: [Int32] = []

    init(_ topic: InputTopic) {
      self.topic = topic
      schemas = topic.kinds.map { _ in -1 }
      areSlurmRows = topic.kinds.map { $0.slurm != nil }
    }

    /// Whether a row is one of LDMS's Slurm samplers. Of one that can be of another row schema too, nobody knows what the columns
    /// mean.
    @inline(__always)
    func isSlurmRow(_ row: DecodedRow) -> Bool { areSlurmRows[row.variant] && row.isOfOneSchema }
  }

  /// One life of a partition.
  struct Slot {
    let partition: TopicPartition
    fileprivate let input: Int
    /// The beginning of its rows' keys.
    fileprivate(set) var keyPrefix: [UInt8] = []
    /// What is committed with its offsets; `nil` until it is known.
    fileprivate(set) var note: CommitNote?
    /// The start of the partition.
    fileprivate(set) var begin = PartitionBegin()
    /// The first row of the open transaction, or -1.
    fileprivate(set) var first: Int64 = -1
    /// The row that has to come next after going back, or -1.
    fileprivate(set) var expected: Int64 = -1
  }

  /// What has changed where a partition was begun.
  struct Begun: Equatable {
    var slot: Int
    /// Whether the slot is a new one.
    var isNew: Bool
    /// Whether it is another life than the last.
    var isOtherLife: Bool
    /// Whether it had been read before, so that rows of it may be under way.
    var wasRead: Bool
  }

  private(set) var inputs: [Input] = []
  private var inputOfHandle: [(handle: ConsumedTopic, input: Int)] = []
  private var lastInput = 0
  private(set) var slots: [Slot] = []
  /// The slot of the life that a partition is in.
  private var slotOfPartition: [TopicPartition: Int] = [:]
  private(set) var assigned: Set<TopicPartition> = []
  /// The assigned partitions that are not read (yet).
  private(set) var pending: [TopicPartition: PendingPartition] = [:]
  /// The partitions that librdkafka does not know yet to be suspended.
  private var suspended: Set<TopicPartition> = []
  /// The partitions that are paused because nothing is consumed.
  private(set) var paused: Set<TopicPartition> = []
  /// The partitions whose rows the brokers do not deliver.
  private(set) var refused: Set<TopicPartition> = []
  /// Whether the group has answered with an assignment, be it an empty one.
  private(set) var isMember = false

  // MARK: - The way of a row

  /// The input that a row belongs to, or -1 where its topic is new. Rows mostly come in runs of one topic.
  @inline(__always)
  mutating func input(of handle: ConsumedTopic) -> Int {
    if lastInput < inputOfHandle.count, inputOfHandle[lastInput].handle == handle {
      return inputOfHandle[lastInput].input
    }
    return findInput(handle)
  }

  private mutating func findInput(_ handle: ConsumedTopic) -> Int {
    guard let index = inputOfHandle.firstIndex(where: { $0.handle == handle }) else { return -1 }
    lastInput = index
    return inputOfHandle[index].input
  }

  /// Notes that rows with this topic handle belong to the input. The caller has to retain the handle.
  mutating func keep(_ handle: ConsumedTopic, input: Int) {
    inputOfHandle.append((handle, input))
    lastInput = inputOfHandle.count - 1
  }

  /// The input of a topic.
  func input(named topic: String) -> Int? { inputs.firstIndex { $0.topic.name == topic } }

  /// Adds an input.
  ///
  /// - Returns: its position.
  mutating func add(_ input: Input) -> Int {
    inputs.append(input)
    return inputs.count - 1
  }

  /// The tallies of the index know a row schema of an input by this number.
  mutating func number(_ input: Int, variant: Int, as schema: Int) {
    inputs[input].schemas[variant] = Int32(schema)
  }

  /// The slot of a partition that is read, or -1.
  @inline(__always)
  func slot(_ input: Int, _ partition: Int32) -> Int {
    let index = Int(partition)
    return index < inputs[input].slots.count ? Int(inputs[input].slots[index]) : -1
  }

  /// A row joins the open transaction: the first of a partition is where to go back to.
  ///
  /// - Returns: `nil`, or the offset of the row that should have come: after going back the rows have to be the same.
  @inline(__always)
  mutating func include(slot: Int, offset: Int64) -> Int64? {
    if slots[slot].expected >= 0 {
      guard slots[slot].expected == offset else { return slots[slot].expected }
      slots[slot].expected = -1
    }
    if slots[slot].first < 0 { slots[slot].first = offset }
    return nil
  }

  // MARK: - Partitions that come and go

  /// The slot of the life that a partition is in; `nil` where nothing is known of it.
  func slot(of partition: TopicPartition) -> Int? { slotOfPartition[partition] }

  /// Whether a partition is assigned and read.
  func isRead(_ partition: TopicPartition) -> Bool { assigned.contains(partition) && pending[partition] == nil }

  /// The partitions that are assigned and read.
  var read: Set<TopicPartition> { pending.isEmpty ? assigned : assigned.filter { pending[$0] == nil } }

  /// Whether there are any.
  var isReading: Bool { assigned.contains { pending[$0] == nil } }

  /// The offset of the next row of a partition that is read, or was.
  ///
  /// - Parameter consumed: the offset behind the last row that was consumed; -1 where none was.
  func position(ofSlot slot: Int, consumed: Int64) -> Int64 {
    slots[slot].expected >= 0 ? slots[slot].expected : max(consumed, slots[slot].begin.offset)
  }

  /// The group has given a partition to the router. It has yet to be begun.
  ///
  /// - Parameters:
  ///   - input: the topic's position in `inputs`.
  ///   - since: the number of the last question that was asked before.
  /// - Returns: its slot, and whether that is a new one.
  mutating func assign(_ partition: TopicPartition, input: Int, since: UInt64) -> (slot: Int, isNew: Bool) {
    let isNew = slotOfPartition[partition] == nil
    let slot = slotOfPartition[partition] ?? addSlot(partition, input: input)
    setOpen(false, slot: slot)
    forgetPosition(ofSlot: slot)
    assigned.insert(partition)
    pending[partition] = PendingPartition(since: since)
    isMember = true
    return (slot, isNew)
  }

  /// The group has taken partitions away.
  mutating func revoke(_ partitions: [TopicPartition]) {
    for partition in partitions {
      if let slot = slotOfPartition[partition] {
        setOpen(false, slot: slot)
        forgetPosition(ofSlot: slot)
      }
      assigned.remove(partition)
      pending[partition] = nil
    }
    suspended.subtract(partitions)
    refused.subtract(partitions)
    paused.subtract(partitions)
    isMember = false
  }

  /// The group has an assignment for the router, if without a partition.
  mutating func join() { isMember = true }

  /// The router has left the group, or tried to.
  mutating func leave() {
    assigned = []
    isMember = false
  }

  /// Something is wrong with a partition: its rows are not taken until it is begun again.
  ///
  /// - Parameters:
  ///   - consumed: the offset behind the last row that was consumed.
  ///   - since: the number of the last question that was asked before.
  ///   - isOutside: whether the broker has said that the next offset does not exist.
  /// - Returns: whether it was read until now.
  mutating func suspend(
    _ partition: TopicPartition, slot: Int, consumed: Int64, since: UInt64, isOutside: Bool
  ) -> Bool {
    guard pending[partition] == nil else {
      if isOutside { pending[partition]?.isOutside = true }
      return false
    }
    setOpen(false, slot: slot)
    pending[partition] = PendingPartition(
      since: since, position: position(ofSlot: slot, consumed: consumed), isOutside: isOutside)
    suspended.insert(partition)
    return true
  }

  /// Takes the partitions that librdkafka must no longer read.
  mutating func takeSuspended() -> [TopicPartition] {
    defer { suspended = [] }
    return Array(suspended)
  }

  /// The topic of a partition is another one from here on: rows under way are the last of the old slot.
  ///
  /// - Parameter isAnew: whether nothing that is committed counts for it.
  /// - Returns: the new slot.
  mutating func endLife(of partition: TopicPartition, slot: Int, isAnew: Bool) -> Int {
    setOpen(false, slot: slot)
    forgetPosition(ofSlot: slot)
    var wait = PendingPartition(since: 0, isAnew: isAnew)
    wait.isFirst = false
    pending[partition] = wait
    return addSlot(partition, input: slots[slot].input)
  }

  /// A partition is read from here on.
  ///
  /// - Parameters:
  ///   - note: what is committed with its offsets.
  ///   - number: of the last question that was asked before.
  mutating func begin(_ partition: TopicPartition, at offset: Int64, _ note: CommitNote, number: UInt64) -> Begun? {
    guard assigned.contains(partition), var slot = slotOfPartition[partition] else { return nil }
    let wasRead = pending[partition]?.position != nil
    pending[partition] = nil
    // Rows of another life may still be under way.
    let isOtherLife = slots[slot].note.map { $0.life != note.life } ?? false
    if isOtherLife { slot = addSlot(partition, input: slots[slot].input) }
    slots[slot].note = note
    slots[slot].keyPrefix = ProvenanceKey.prefix(
      topic: partition.topic, partition: partition.partition, life: note.life)
    if slots[slot].expected >= 0, slots[slot].expected != offset {
      // Rows are gone, so another one comes first.
      slots[slot].expected = -1
    }
    if !wasRead, slots[slot].expected < 0 { slots[slot].first = -1 }
    slots[slot].begin = PartitionBegin(offset: offset, number: number)
    setOpen(true, slot: slot)
    return Begun(slot: slot, isNew: isOtherLife, isOtherLife: isOtherLife, wasRead: wasRead)
  }

  private mutating func addSlot(_ partition: TopicPartition, input: Int) -> Int {
    slotOfPartition[partition] = slots.count
    slots.append(Slot(partition: partition, input: input))
    return slots.count - 1
  }

  /// Whether rows of a partition are taken.
  private mutating func setOpen(_ isOpen: Bool, slot: Int) {
    let input = slots[slot].input
    let index = Int(slots[slot].partition.partition)
    while inputs[input].slots.count <= index { inputs[input].slots.append(-1) }
    inputs[input].slots[index] = isOpen ? Int32(slot) : -1
  }

  private mutating func forgetPosition(ofSlot slot: Int) {
    slots[slot].first = -1
    slots[slot].expected = -1
  }

  // MARK: - Partitions that are not read

  /// The pending partitions that it is time to ask about.
  func due(now: Int64) -> [TopicPartition] { pending.filter { $0.value.notBefore <= now }.map(\.key) }

  /// None of them is asked about before this time.
  mutating func postpone(until time: Int64) {
    for partition in pending.keys { pending[partition]?.notBefore = time }
  }

  /// An answer has come about a pending partition.
  ///
  /// - Parameters:
  ///   - number: the number of the question.
  ///   - isFirst: whether the group has never committed anything, if nothing was known of that before.
  ///   - next: when to ask again.
  /// - Returns: how the partition stands; `nil` where the question was asked too early to say anything about it.
  mutating func answered(
    _ partition: TopicPartition, number: UInt64, isFirst: Bool, next: Int64
  ) -> PendingPartition? {
    guard var asked = pending[partition], number > asked.since else { return nil }
    asked.notBefore = next
    asked.isFirst = asked.isFirst ?? isFirst
    pending[partition] = asked
    return asked
  }

  /// Whether rows of a partition in doubt are in the open transaction: they belong to it or they do not.
  var hasDoubtInTransaction: Bool {
    pending.contains { partition, wait in
      wait.position != nil && slotOfPartition[partition].map { slots[$0].first >= 0 } == true
    }
  }

  // MARK: - Transactions

  /// A row has to be consumed again that is in no transaction: it lies behind those that are, or is the first.
  mutating func includeUnseen(_ partition: TopicPartition, offset: Int64) {
    if let slot = slotOfPartition[partition], slots[slot].first < 0 { slots[slot].first = offset }
  }

  /// The transaction is committed: the next one begins with the rows behind it.
  mutating func committed() {
    for slot in slots.indices { slots[slot].first = -1 }
  }

  /// The rows of the transaction are consumed again.
  ///
  /// - Returns: the slots that go back, and where those that are read have to be read from; the others are, when they
  ///   are begun.
  mutating func goBack() -> (slots: [Int], positions: [TopicPartitionOffset]) {
    var (back, positions): ([Int], [TopicPartitionOffset]) = ([], [])
    for slot in slots.indices where slots[slot].first >= 0 {
      let offset = slots[slot].first
      slots[slot].first = -1
      let partition = slots[slot].partition
      guard assigned.contains(partition), slotOfPartition[partition] == slot else { continue }
      slots[slot].expected = offset
      back.append(slot)
      if pending[partition] != nil {
        pending[partition]?.position = offset
      } else {
        positions.append(TopicPartitionOffset(partition, offset: offset))
      }
    }
    return (back, positions)
  }

  // MARK: - Pauses

  /// These are paused.
  mutating func pause(_ partitions: [TopicPartition]) { paused.formUnion(partitions) }

  /// Takes the partitions that continue.
  mutating func takePaused() -> [TopicPartition] {
    defer { paused = [] }
    return Array(paused)
  }

  /// A paused partition stays paused when the others continue.
  ///
  /// - Returns: whether it was paused.
  mutating func keepPaused(_ partition: TopicPartition) -> Bool { paused.remove(partition) != nil }

  /// Notes that the brokers reject to deliver an assigned partition's rows.
  mutating func refuse(_ partition: TopicPartition) {
    if assigned.contains(partition) { refused.insert(partition) }
  }

  /// The brokers hand out a partition's rows.
  mutating func accept(_ partition: TopicPartition) { refused.remove(partition) }
}
