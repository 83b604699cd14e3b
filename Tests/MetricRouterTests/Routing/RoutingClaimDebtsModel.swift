import TestSupport

@testable import MetricRouter

/// Batches with rows of authorities and acknowledgements by chance, beside a model that keeps every row.
struct RoutingClaimDebtsModel: RandomModel {
  private struct Row {
    var number: UInt64
    var batch: UInt32
    var time: Int64
  }

  var random: SeededGenerator
  var debts: ClaimDebts
  private var rows: [Row] = []
  var last: UInt64
  /// All rows up to this one are stored.
  var stored: UInt64
  var batch: UInt32
  var now: Int64 = 0
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    last = random.chance(oneIn: 2) ? 0 : UInt64.random(in: 0...1000, using: &random)
    stored = last
    batch = UInt32.random(in: 0...5, using: &random)
    debts = ClaimDebts(rows: last)
  }

  mutating func step() -> String? {
    now +=
      random.chance(oneIn: 10) ? Int64.random(in: 0...15_000, using: &random) : Int64.random(in: 0...50, using: &random)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<10: if let fault = add() { return fault }
    case 10..<14: batch += UInt32.random(in: 1...3, using: &random)
    case 14..<19: if let fault = settle() { return fault }
    default:
      debts.forget()
      if !rows.isEmpty { seen.insert("forgotten") }
      rows = []
    }
    guard debts.rows == last else { return "the number of the last row" }
    guard debts.isEmpty == rows.isEmpty else { return "whether a claim is waited for" }
    // A batch waits since its first row.
    let isOverdue = rows.first.map { now - $0.time >= 10_000 } ?? false
    if isOverdue { seen.insert("overdue") }
    return debts.isOverdue(now: now) == isOverdue ? nil : "whether a claim is overdue"
  }

  private mutating func add() -> String? {
    let isFirst = rows.last?.batch != batch
    last += 1
    // A batch settles as a whole: its rows count from its first.
    let time = isFirst ? now : rows[rows.count - 1].time
    rows.append(Row(number: last, batch: batch, time: time))
    return debts.add(batch: batch, now: now) == isFirst ? nil : "whether a row is the first of its batch"
  }

  private mutating func settle() -> String? {
    // Answers may come again, and for rows that were forgotten.
    stored = random.chance(oneIn: 6) ? stored : UInt64.random(in: stored...max(stored, last), using: &random)
    let open = Dictionary(grouping: rows, by: \.batch)
    let settled = open.filter { $0.value.allSatisfy { $0.number <= stored } }.keys.sorted()
    rows.removeAll { settled.contains($0.batch) }
    if settled.count > 1 { seen.insert("several batches at once") }
    if let first = rows.first, first.number <= stored { seen.insert("part of a batch") }
    return debts.settle(upTo: stored) == settled ? nil : "the batches that are settled"
  }
}
