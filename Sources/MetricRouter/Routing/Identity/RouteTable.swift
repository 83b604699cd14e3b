internal import Glibc

/// Finds the route of a row by what the row itself carries: the producer's bytes and the job's number.
///
/// An open hash table over bytes: no `String` is made, nothing is allocated and nothing is counted on the way to a hit.
/// Routes are added, never removed. The hash is seeded for each table, because producers are chosen by others.
package struct RouteTable {
  /// The origin of the bytes of a key. The same bytes of another kind are another key: the content of a row can never match a
  /// route that comes from the name of a topic.
  package enum KeyKind: UInt8 {
    case producerColumn
    case instanceColumn
    case topicName
    /// The `component_id` and the job's number, by which the index knew whose the row is.
    case jobNumber
  }

  /// Takes the place of a route: the row goes to the dead-letter topic, with the reason in `RouterSession.remark`.
  static let refused: Int32 = -1
  /// Takes the place of a route: the row is held back until the job index has been read, or knows more.
  static let waits: Int32 = -2
  /// Takes the place of a route: the row belongs to no job.
  static let unassigned: Int32 = -3
  /// Takes the place of a route: nobody gets the row, because jobs of several users ran on its host.
  static let withheld: Int32 = -4
  /// Takes the place of a route: the row is stored until the owner of its job is known.
  static let postponed: Int32 = -5

  private struct Slot {
    var hash: UInt64 = 0
    /// -1: free.
    var route: Int32 = -1
    var keyStart: UInt32 = 0
    var keyCount: UInt16 = 0
    var kind: UInt8 = 0
    var job: UInt64 = 0
  }

  private var slots: [Slot]
  private var keys: [UInt8] = []
  private var count = 0
  private let seed: UInt64

  /// Longer keys are nobody's: no producer that long is accepted.
  package static let maximumKeyCount = 1024

  /// - Parameter slots: how many keys there are at first; a power of two.
  package init(seed: UInt64 = UInt64.random(in: .min ... .max), slots: Int = 1024) {
    self.seed = seed
    self.slots = Array(repeating: Slot(), count: slots)
  }

  /// The route of this key, or -1.
  @inline(__always)
  package func find(_ key: UnsafeRawBufferPointer, kind: KeyKind, job: UInt64) -> Int32 {
    let hash = Self.hash(key, kind: kind, job: job, seed: seed)
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].route >= 0 {
      if slots[index].hash == hash, matches(slots[index], key, kind, job) { return slots[index].route }
      index = (index + 1) & mask
    }
    return -1
  }

  /// Adds a key that does not exist.
  package mutating func insert(_ key: UnsafeRawBufferPointer, kind: KeyKind, job: UInt64, route: Int32) {
    precondition(key.count <= Self.maximumKeyCount, "a route's key was checked for its length")
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let slot = Slot(
      hash: Self.hash(key, kind: kind, job: job, seed: seed), route: route, keyStart: UInt32(keys.count),
      keyCount: UInt16(key.count), kind: kind.rawValue, job: job)
    keys.append(contentsOf: key)
    place(slot)
    count += 1
  }

  private func matches(_ slot: Slot, _ key: UnsafeRawBufferPointer, _ kind: KeyKind, _ job: UInt64) -> Bool {
    guard slot.kind == kind.rawValue, slot.job == job, Int(slot.keyCount) == key.count else { return false }
    guard let wanted = key.baseAddress else { return true }
    return keys.withUnsafeBytes { bytes in
      guard let stored = bytes.baseAddress else { return false }
      return memcmp(stored + Int(slot.keyStart), wanted, key.count) == 0
    }
  }

  private mutating func place(_ slot: Slot) {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: slot.hash) & mask
    while slots[index].route >= 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for slot in old where slot.route >= 0 { place(slot) }
  }

  /// Mixes 8 bytes at a time by a wide multiplication, as wyhash does.
  @inline(__always)
  private static func hash(_ key: UnsafeRawBufferPointer, kind: KeyKind, job: UInt64, seed: UInt64) -> UInt64 {
    var state = seed ^ (UInt64(key.count) &+ UInt64(kind.rawValue) << 32)
    var index = 0
    while index + 8 <= key.count {
      state = mix(state ^ key.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0x9e37_79b9_7f4a_7c15)
      index += 8
    }
    var rest: UInt64 = 0
    while index < key.count {
      rest = rest << 8 | UInt64(key[index])
      index += 1
    }
    state = mix(state ^ rest, 0xa076_1d64_78bd_642f)
    return mix(state ^ job, 0xe703_7ed1_a0b4_28db)
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
