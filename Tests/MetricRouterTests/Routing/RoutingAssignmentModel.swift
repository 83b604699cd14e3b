import Kafka
import Naming
import TestSupport
import Testing

@testable import MetricRouter

/// A group that gives partitions and takes them, topics that are made again, and transactions that fail, by chance.
///
/// For each partition it keeps what is true of it in a few plain values, where `Assignment` keeps slots and sets.
struct RoutingAssignmentModel: RandomModel {
  struct Partition {
    var isAssigned = false
    /// `nil` where it is not assigned or is read.
    var pending: Pending?
    var slot: Int?
    var life: PartitionLife?
    /// Rows of the open transaction.
    var included: [Int64] = []
    var expected: Int64?
    var isPaused = false
    var isRefused = false

    var isRead: Bool { isAssigned && pending == nil }
  }

  struct Pending {
    var since: UInt64
    var position: Int64?
  }

  static let partitions = (0..<4 as Range<Int32>).map {
    TopicPartition(topic: $0 < 2 ? "meminfo" : "vmstat", partition: $0)
  }
  private static let lives = (1...9).map { PartitionLife(begunAt: Int64($0)) }
  private static let plan = try? RoutingPlan(
    schemas: [], storesAsIs: false, producers: ProducerTemplates(["{user}:{job}:{node}"]), topicIdentity: nil,
    names: TopicNames())

  var random: SeededGenerator
  var assignment = Assignment()
  var known = Self.partitions.map { _ in Partition() }
  /// By slot: whose it is.
  var owners: [Int] = []
  var number: UInt64 = 0
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for topic in ["meminfo", "vmstat"] {
      guard let plan = Self.plan else { continue }
      _ = assignment.add(Assignment.Input(plan.input(topic: topic)))
    }
  }

  /// - Returns: what is wrong, if anything.
  mutating func step() -> String? {
    let index = known.indices.randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<3: assign(index)
    case 3: revoke()
    case 4..<8: if let fault = begin(index) { return fault }
    case 8..<10: suspend(index)
    case 10: endLife(index)
    case 11..<15: if let fault = include(index) { return fault }
    case 15: commit()
    case 16: if let fault = goBack() { return fault }
    case 17: pause()
    case 18: if let fault = resume(index) { return fault }
    default: refuse(index)
    }
    return fault(index)
  }

  private func input(_ index: Int) -> Int { index < 2 ? 0 : 1 }

  private mutating func add(_ slot: Int, _ index: Int) {
    if slot == owners.count { owners.append(index) }
    known[index].slot = slot
  }

  private mutating func assign(_ index: Int) {
    guard !known[index].isAssigned else { return }
    number += 1
    let (slot, isNew) = assignment.assign(Self.partitions[index], input: input(index), since: number)
    #expect(isNew == (known[index].slot == nil))
    add(slot, index)
    known[index].isAssigned = true
    known[index].pending = Pending(since: number, position: nil)
    known[index].included = []
    known[index].expected = nil
  }

  private mutating func revoke() {
    let gone = known.indices.filter { known[$0].isAssigned && random.chance(oneIn: 2) }
    assignment.revoke(gone.map { Self.partitions[$0] })
    for index in gone {
      let (slot, life) = (known[index].slot, known[index].life)
      known[index] = Partition(slot: slot, life: life)
    }
  }

  private mutating func begin(_ index: Int) -> String? {
    number += 1
    let life = random.chance(oneIn: 3) ? nil : known[index].life
    let note = CommitNote(life: life ?? Self.lives.randomElement(using: &random) ?? .unnamed)
    let offset = random.chance(oneIn: 3) ? known[index].expected ?? 40 : Int64.random(in: 0..<50, using: &random)
    guard let wait = known[index].pending else { return nil }
    guard let begun = assignment.begin(Self.partitions[index], at: offset, note, number: number) else {
      return "an assigned partition is not begun"
    }
    let isOther = known[index].life.map { $0 != note.life } ?? false
    guard begun.isOtherLife == isOther, begun.isNew == isOther, begun.wasRead == (wait.position != nil) else {
      return "\(begun)"
    }
    guard isOther == (begun.slot != known[index].slot) else { return "a life has a slot of its own" }
    if isOther {
      (known[index].included, known[index].expected) = ([], nil)
      seen.insert("another life")
    }
    if known[index].expected != offset { known[index].expected = nil }
    if known[index].expected == nil, !begun.wasRead { known[index].included = [] }
    add(begun.slot, index)
    known[index].life = note.life
    known[index].pending = nil
    let slot = assignment.slots[begun.slot]
    let prefix = "\(Self.partitions[index].topic)/\(Self.partitions[index].partition)"
    guard slot.keyPrefix.starts(with: prefix.utf8), slot.note == note, slot.begin.number == number else {
      return "note"
    }
    return assignment.position(ofSlot: begun.slot, consumed: -1) == (known[index].expected ?? offset) ? nil : "position"
  }

  private mutating func suspend(_ index: Int) {
    guard known[index].isAssigned, let slot = known[index].slot else { return }
    number += 1
    let consumed = Int64.random(in: 50..<90, using: &random)
    let wasRead = assignment.suspend(
      Self.partitions[index], slot: slot, consumed: consumed, since: number, isOutside: random.chance(oneIn: 2))
    #expect(wasRead == known[index].isRead)
    guard known[index].isRead else { return }
    known[index].pending = Pending(since: number, position: known[index].expected ?? consumed)
    #expect(assignment.takeSuspended() == [Self.partitions[index]])
  }

  private mutating func endLife(_ index: Int) {
    guard let slot = known[index].slot, known[index].pending?.position != nil else { return }
    let next = assignment.endLife(of: Self.partitions[index], slot: slot, isAnew: true)
    #expect(next == owners.count)
    add(next, index)
    known[index].life = nil
    known[index].pending = Pending(since: 0, position: nil)
    (known[index].included, known[index].expected) = ([], nil)
    seen.insert("a life ends")
  }

  private mutating func include(_ index: Int) -> String? {
    guard known[index].isRead, let slot = known[index].slot else { return nil }
    let expected = known[index].expected
    let offset = random.chance(oneIn: 4) ? 7 : expected ?? (known[index].included.last ?? 90) + 1
    let missed = assignment.include(slot: slot, offset: offset)
    guard missed == (expected == nil || expected == offset ? nil : expected) else { return "another row was expected" }
    guard missed == nil else { return nil }
    known[index].expected = nil
    known[index].included.append(offset)
    return nil
  }

  private mutating func commit() {
    assignment.committed()
    for index in known.indices { known[index].included = [] }
  }

  private mutating func goBack() -> String? {
    let (slots, positions) = assignment.goBack()
    let back = known.indices.filter { known[$0].isAssigned && !known[$0].included.isEmpty }
    guard Set(slots) == Set(back.compactMap { known[$0].slot }) else { return "who goes back" }
    for index in back {
      let first = known[index].included[0]
      let position = positions.first { $0.partition == Self.partitions[index] }?.offset
      guard position == (known[index].isRead ? first : nil) else { return "to where it goes back" }
      known[index].expected = first
      if !known[index].isRead {
        known[index].pending?.position = first
        seen.insert("back while suspended")
      }
    }
    for index in known.indices { known[index].included = [] }
    return positions.count == back.count { known[$0].isRead } ? nil : "a partition that is not read goes back"
  }

  private mutating func pause() {
    let some = known.indices.filter { known[$0].isRead }
    assignment.pause(some.map { Self.partitions[$0] })
    for index in some { known[index].isPaused = true }
  }

  private mutating func resume(_ index: Int) -> String? {
    guard assignment.keepPaused(Self.partitions[index]) == known[index].isPaused else { return "whether it is paused" }
    known[index].isPaused = false
    guard random.chance(oneIn: 2) else { return nil }
    let expected = Set(known.indices.filter { known[$0].isPaused }.map { Self.partitions[$0] })
    for index in known.indices { known[index].isPaused = false }
    return Set(assignment.takePaused()) == expected ? nil : "what continues"
  }

  private mutating func refuse(_ index: Int) {
    if random.chance(oneIn: 2) {
      assignment.refuse(Self.partitions[index])
      known[index].isRefused = known[index].isAssigned
    } else {
      assignment.accept(Self.partitions[index])
      known[index].isRefused = false
    }
  }

  private func fault(_ index: Int) -> String? {
    let (partition, known) = (Self.partitions[index], known[index])
    guard assignment.slot(of: partition) == known.slot else { return "the slot of \(partition)" }
    // The one thing on which it rests that no row is taken twice, or for another partition.
    guard assignment.slot(input(index), partition.partition) == (known.isRead ? known.slot : -1) else {
      return "whether rows of \(partition) are taken"
    }
    guard assignment.isRead(partition) == known.isRead else { return "whether \(partition) is read" }
    let wait = assignment.pending[partition]
    guard wait?.since == known.pending?.since, wait?.position == known.pending?.position else { return "\(partition)" }
    guard let slot = known.slot else { return nil }
    guard assignment.slots[slot].partition == partition, owners[slot] == index else { return "whose slot \(slot) is" }
    guard assignment.slots[slot].first == known.included.first ?? -1 else { return "the first row of \(partition)" }
    return assignment.slots[slot].expected == known.expected ?? -1 ? nil : "the row that comes next in \(partition)"
  }

  /// The same of all partitions, and of what is said about them together.
  func finish() -> String? {
    for index in known.indices { if let fault = fault(index) { return fault } }
    func all(_ isMeant: (Partition) -> Bool) -> Set<TopicPartition> {
      Set(known.indices.filter { isMeant(known[$0]) }.map { Self.partitions[$0] })
    }
    guard assignment.assigned == all(\.isAssigned), assignment.read == all(\.isRead) else { return "what is read" }
    guard assignment.isReading == known.contains(where: \.isRead) else { return "whether anything is read" }
    guard assignment.refused == all(\.isRefused), assignment.paused == all(\.isPaused) else { return "paused, refused" }
    let hasDoubt = known.contains { $0.pending?.position != nil && !$0.included.isEmpty }
    guard assignment.hasDoubtInTransaction == hasDoubt else { return "doubt in the transaction" }
    return assignment.slots.count == owners.count ? nil : "a slot too many"
  }
}
