import TestSupport

@testable import MetricRouter

/// Transactions whose copies arrive or not, beside a model that keeps since when the same copies are waited for.
struct RoutingStallWatchModel: RandomModel {
  var random: SeededGenerator
  var watch = StallWatch()
  var now: Int64 = 0
  /// Since when the loop has waited for copies and none has arrived; `nil` if it has not looked since.
  var waitingSince: Int64?
  var unanswered = 0
  /// Topics that were asked for and not answered.
  var asked: Set<String> = []
  var hasStalled = false
  var seen: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func step() -> String? {
    now += Int64.random(in: 0...400, using: &random)
    switch Int.random(in: 0..<16, using: &random) {
    case 0:
      watch.begin()
      waitingSince = nil
      hasStalled = false
    case 1, 2: unanswered += Int.random(in: 1...5, using: &random)
    case 3:
      guard unanswered > 0 else { return nil }
      let copies = Int.random(in: 1...unanswered, using: &random)
      watch.arrived(Int32(copies))
      unanswered -= copies
      waitingSince = nil
    case 4, 5:
      guard let topic = asked.sorted().randomElement(using: &random) else { return nil }
      watch.answered(topic)
      asked.remove(topic)
    default: return look()
    }
    return nil
  }

  private mutating func look() -> String? {
    let isStalled: Bool
    if let since = waitingSince, unanswered > 0 {
      isStalled = asked.isEmpty && now - since >= 1000
      if !asked.isEmpty, now - since >= 1000 { seen.insert("not asked while answers are missing") }
    } else {
      isStalled = false
      waitingSince = now
    }
    guard watch.isStalled(unanswered: unanswered, now: now) == isStalled else { return "whether it is stalled" }
    guard isStalled else { return nil }
    seen.insert(hasStalled ? "asked again" : "stalled")
    hasStalled = true
    waitingSince = nil
    asked = Set((0..<Int.random(in: 0...3, using: &random)).map { "topic-\($0)" })
    watch.ask(asked)
    return nil
  }
}
