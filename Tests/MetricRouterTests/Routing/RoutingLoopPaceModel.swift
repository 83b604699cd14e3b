import TestSupport

@testable import MetricRouter

/// A loop whose batches take any time, beside a model that keeps every moment and computes anew what is due.
struct RoutingLoopPaceModel: RandomModel {
  var random: SeededGenerator
  var pace: LoopPace
  var now: Int64
  /// When the consumer was last polled for the sake of its membership, or by a batch.
  var polls: [Int64]
  var looks: [Int64] = [0]
  var publications: [Int64] = [0]
  var lastRows: Int?
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    now = Int64.random(in: 0...20_000, using: &random)
    pace = LoopPace(now: now)
    polls = [now]
  }

  mutating func step() -> String? {
    // Mostly a short batch; now and then brokers are slow, and the loop waits.
    now +=
      random.chance(oneIn: 8) ? Int64.random(in: 0...12_000, using: &random) : Int64.random(in: 0...60, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let rows = random.chance(oneIn: 2) ? 0 : Int.random(in: 1...500, using: &random)
      pace.endBatch(rows: rows, now: now)
      lastRows = rows
      polls.append(now)
    case 1:
      if pace.isMembershipDue(now: now) {
        pace.keepMembership(now: now)
        polls.append(now)
        seen.insert("polled")
      }
    case 2:
      let may = now - looks[looks.count - 1] >= 50
      guard pace.mayLookAtBacklog(now: now) == may else { return "whether the backlog may be looked at" }
      if may { looks.append(now) }
      seen.insert(may ? "looked" : "looked just before")
    default:
      let may = now - publications[publications.count - 1] >= 100
      guard pace.mayPublish(now: now) == may else { return "whether a snapshot may be published" }
      if may { publications.append(now) }
      seen.insert(may ? "published" : "published just before")
    }
    guard pace.isMembershipDue(now: now) == (now - polls[polls.count - 1] >= 5000) else {
      return "whether the membership is due"
    }
    return pace.firstRowMilliseconds == (lastRows == 0 ? 20 : 5) ? nil : "how long a batch waits for its first row"
  }
}
