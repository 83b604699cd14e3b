import Kafka
import TestSupport
import Testing

@testable import MetricRouter

/// Rows and copies that wait for topics which come into being in any order, or do not, by chance.
///
/// The model is a list of numbers for each topic; each has to come out once, behind those that came before it.
struct RoutingParkedModel: RandomModel {
  static let rowsLimit = 8
  static let bytesLimit = 40

  var random: SeededGenerator
  /// For how many topics something may wait; limited in transactions alone.
  let topicsLimit: Int?
  var parked: ParkedRows
  /// By topic: the numbers of the copies and rows that wait for it, and their bytes.
  var copies: [[(number: Int64, bytes: Int)]] = [[], [], []]
  var rows: [[(number: Int64, bytes: Int)]] = [[], [], []]
  var decided: [Int32] = []
  var failed: [Int64] = []
  var next: Int64 = 0
  var now: Int64 = 0
  /// Since when so many wait while topics come into being.
  var fullSince: Int64?
  var isOverflowing = false
  /// By topic: when it was missing first and last, in a row.
  var missing: [Int32: (first: Int64, last: Int64)] = [:]
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    topicsLimit = seed % 4 == 0 ? 2 : nil
    parked = ParkedRows(
      rowsLimit: Self.rowsLimit, bytesLimit: Self.bytesLimit,
      whenFull: topicsLimit.map { .wait(topicsLimit: $0) } ?? .overflow)
  }

  /// - Returns: what is wrong, if anything.
  mutating func step() -> String? {
    now += Int64.random(in: 0...1500, using: &random)
    let output = Int32.random(in: 0..<3, using: &random)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<7: add(output)
    case 7..<9:
      parked.decide(output)
      decided.append(output)
    case 9..<11: if let fault = release() { return fault }
    case 11..<13: fail()
    case 13: if let fault = takeFailed() { return fault }
    case 14..<16: if let fault = lose(output) { return fault }
    case 16: if random.chance(oneIn: 4) { forget() }
    default: if let fault = pause(isMaking: !random.chance(oneIn: 6)) { return fault }
    }
    return fault()
  }

  private func copy(_ number: Int64, bytes: Int) -> FailedCopy {
    FailedCopy(
      tag: DeliveryTracker.Tag(batch: 0, row: 0, copy: .user), code: .timedOut, topic: "t", partition: 0,
      payload: [UInt8](repeating: 0, count: bytes), key: [], timestamp: number, wasSent: true)
  }

  private mutating func add(_ output: Int32) {
    next += 1
    let bytes = Int.random(in: 1...9, using: &random)
    if random.chance(oneIn: 3) {
      parked.add(copy(next, bytes: bytes), for: output)
      copies[Int(output)].append((next, bytes))
    } else {
      let row = WaitingRow(
        payload: [UInt8](repeating: 0, count: bytes), offset: next, timestamp: nil, slot: 0,
        tag: DeliveryTracker.Tag(batch: 0, row: 0, copy: .user), route: 0)
      parked.add(row, for: output)
      rows[Int(output)].append((next, bytes))
    }
  }

  /// Releases what is decided. It may be interrupted, and a row may have to wait for its other topic.
  private mutating func release() -> String? {
    guard parked.beginReleasing() else { return decided.isEmpty ? nil : "what is decided is not released" }
    guard !decided.isEmpty, !parked.beginReleasing() else { return "rows are released that would overtake others" }
    while !random.chance(oneIn: 5), let released = parked.takeReleased() {
      guard !decided.isEmpty else { return "what was not decided is released" }
      let output = Int(decided.removeFirst())
      guard released.copies.map(\.timestamp) == copies[output].map(\.number),
        released.rows.map(\.offset) == rows[output].map(\.number)
      else { return "the order of what waited for topic \(output)" }
      (copies[output], rows[output]) = ([], [])
      if random.chance(oneIn: 3) {
        parked.decide(1)
        decided.append(1)
        add(1)
        seen.insert("decided while releasing")
      }
    }
    parked.endReleasing()
    return nil
  }

  private mutating func fail() {
    next += 1
    parked.fail(copy(next, bytes: 3))
    failed.append(next)
  }

  private mutating func takeFailed() -> String? {
    defer { failed = [] }
    return parked.takeFailed().map(\.timestamp) == failed && !parked.hasFailed ? nil : "copies that did not arrive"
  }

  private mutating func lose(_ output: Int32) -> String? {
    if random.chance(oneIn: 3) { now += 16_000 }
    let before = missing[output]
    let first = before.map { now - $0.last > 30_000 ? now : $0.first } ?? now
    missing[output] = (first, now)
    let mayWait = now - first < 30_000
    if !mayWait { seen.insert("given up") }
    return parked.mayWait(forMissing: output, now: now) == mayWait ? nil : "how long a missing topic is waited for"
  }

  private mutating func forget() {
    parked.forgetRows()
    (copies, rows, decided, failed) = ([[], [], []], [[], [], []], [], [])
    if random.chance(oneIn: 2) {
      parked.forgetOutputs()
      missing = [:]
    }
  }

  private var count: Int { (copies + rows).reduce(0) { $0 + $1.count } }

  private var bytes: Int { (copies + rows).joined().reduce(0) { $0 + $1.bytes } }

  private var isFull: Bool {
    let topics = (0..<3).count { !copies[$0].isEmpty || !rows[$0].isEmpty }
    return count >= Self.rowsLimit || bytes >= Self.bytesLimit || topics >= topicsLimit ?? .max
  }

  private mutating func pause(isMaking: Bool) -> String? {
    if topicsLimit != nil {
      if isFull, count < Self.rowsLimit, bytes < Self.bytesLimit { seen.insert("too many topics in a transaction") }
      return parked.mustPause(now: now, isMaking: isMaking) == isFull ? nil : "whether everybody waits in a transaction"
    }
    fullSince = !isFull ? nil : isMaking ? fullSince ?? now : now
    if isOverflowing {
      isOverflowing = isMaking && (count * 2 > Self.rowsLimit || bytes * 2 > Self.bytesLimit)
      if !isOverflowing { seen.insert("recovered") }
    } else if let fullSince, now - fullSince >= ParkedRows.patienceMilliseconds {
      isOverflowing = true
      seen.insert("overflows")
    }
    let mustPause = parked.mustPause(now: now, isMaking: isMaking)
    return mustPause == (isFull && !isOverflowing) ? nil : "whether everybody waits"
  }

  private func fault() -> String? {
    guard parked.count == count, parked.bytes == bytes else { return "how much waits" }
    guard parked.isOverflowing == isOverflowing else { return "whether rows are turned away" }
    guard parked.hasRoom == (isOverflowing || !isFull) else { return "whether there is room" }
    return parked.hasFailed == !failed.isEmpty ? nil : "whether a copy failed"
  }
}
