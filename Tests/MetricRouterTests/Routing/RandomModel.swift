import Testing

/// A value under test beside a simple model of it, and random steps that both take.
protocol RandomModel {
  /// What a sequence may meet: mostly some words.
  associatedtype Sight: Hashable = String

  init(seed: UInt64)

  /// What was met that a test has to meet, so that no sequence is too tame.
  var seen: Set<Sight> { get }

  /// Takes one step.
  ///
  /// - Returns: what is wrong, if anything.
  mutating func step() -> String?

  /// What is wrong at the end, if anything.
  mutating func finish() -> String?
}

extension RandomModel {
  mutating func finish() -> String? { nil }

  /// Takes so many steps from each of 10,000 seeds, and records the first fault with its seed.
  ///
  /// - Parameters:
  ///   - sequences: the number of seeds; fewer if 10,000 would take more than a second or two.
  ///   - each: is given each model after its last step.
  /// - Returns: what was met, or `nil` after a fault.
  static func walk(steps: Int, sequences: UInt64 = 10_000, each: (Self) -> Void = { _ in }) -> Set<Sight>? {
    var seen: Set<Sight> = []
    for seed in 0..<sequences {
      var model = Self(seed: seed)
      for number in 0..<steps {
        if let fault = model.step() {
          Issue.record("seed \(seed), step \(number): \(fault)")
          return nil
        }
      }
      if let fault = model.finish() {
        Issue.record("seed \(seed): \(fault)")
        return nil
      }
      seen.formUnion(model.seen)
      each(model)
    }
    return seen
  }
}
