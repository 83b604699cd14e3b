import TestSupport
import Testing

@testable import MetricRouter

/// Topics that come, fall idle and go, by chance, and producers that are replaced when it is proposed.
struct RoutingProducerPoolModel: RandomModel {
  private struct Topic {
    var partitions: Int32
    var producer: Int32
    var isInUse = true
  }

  var random: SeededGenerator
  private var pool = ProducerPool(.automatic, partitionsLimit: Self.partitionsLimit, linger: .automatic)
  private var topics: [Topic] = []
  /// By producer: partitions that were given to it since it was opened.
  private var known: [Int32: Int] = [:]
  private static let leastIdle = 20
  private static let partitionsLimit = 256
  var seen: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func step() -> String? {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      for _ in 0..<Int.random(in: 1...8, using: &random) { if let fault = add() { return fault } }
    case 5..<8:
      // Those that came together go together, more or less.
      guard !topics.isEmpty else { return nil }
      let start = Int.random(in: 0..<topics.count, using: &random)
      for index in start..<min(start + 12, topics.count) where !random.chance(oneIn: 5) {
        topics[index].isInUse = false
      }
    default:
      return replace()
    }
    return nil
  }

  private mutating func add() -> String? {
    let partitions = Int32.random(in: 1...60, using: &random)
    let open = Set(known.keys)
    let producer = pool.assign(
      partitions: partitions, expected: 0, isCatchingUp: random.chance(oneIn: 2))
    known[producer, default: 0] += Int(partitions)
    topics.append(Topic(partitions: partitions, producer: producer))
    guard producer < pool.count, pool.count <= ProducerPool.producersLimit else { return "too many producers" }
    let isFull = (known[producer] ?? 0) > Self.partitionsLimit
    if isFull, open.count < ProducerPool.producersLimit { return "a producer knows more than is cheap" }
    if !open.contains(producer), producer > 0 {
      seen.insert("opened")
      let hadRoom = open.contains { (known[$0] ?? 0) + Int(partitions) <= Self.partitionsLimit }
      if hadRoom { return "a producer is opened while another has room" }
    }
    guard pool.partitions == known.values.reduce(0, +) else { return "how many partitions are known" }
    return nil
  }

  private mutating func replace() -> String? {
    var inUse = [Int](repeating: 0, count: pool.count)
    for topic in topics where topic.isInUse { inUse[Int(topic.producer)] += Int(topic.partitions) }
    let proposed = pool.mostlyIdle(inUse: inUse, leastIdle: Self.leastIdle)
    for (number, partitions) in known {
      let idle = partitions - inUse[Int(number)]
      if inUse[Int(number)] == 0, idle > 0, !proposed.contains(number) { return "a producer stays for nothing" }
      if idle > max(Self.leastIdle, inUse[Int(number)]), !proposed.contains(number) { return "idle topics stay" }
    }
    for number in proposed where inUse[Int(number)] >= known[number] ?? 0 { return "a producer in use is replaced" }
    guard !proposed.isEmpty else { return nil }
    seen.insert("replaced")
    pool.replace(proposed)
    let moved = topics.filter { proposed.contains($0.producer) && $0.isInUse }
    topics.removeAll { proposed.contains($0.producer) }
    for number in proposed { known[number] = nil }
    // Those that are in use come back with their next rows.
    for topic in moved {
      let producer = pool.assign(partitions: topic.partitions, expected: 0, isCatchingUp: false)
      known[producer, default: 0] += Int(topic.partitions)
      topics.append(Topic(partitions: topic.partitions, producer: producer))
    }
    let rest = pool.mostlyIdle(inUse: [Int](repeating: .max / 2, count: pool.count), leastIdle: Self.leastIdle)
    return rest.isEmpty ? nil : "what is in use is idle"
  }

  mutating func finish() -> String? {
    for index in topics.indices { topics[index].isInUse = false }
    if let fault = replace() { return fault }
    return pool.partitions == 0 ? nil : "producers stay open although nothing is written"
  }
}
