import Testing

@testable import MetricRouter

@Suite struct RoutingParkedTests {
  @Test(.timeLimit(.minutes(1))) func whatWaitsForATopicComesOutOnceAndInItsOrder() {
    var seen: Set<String> = []
    for seed in 0..<10_000 as Range<UInt64> {
      var model = RoutingParkedModel(seed: seed)
      for number in 0..<30 {
        if let fault = model.step() {
          Issue.record("seed \(seed), step \(number): \(fault)")
          return
        }
      }
      seen.formUnion(model.seen)
    }
    #expect(seen == ["decided while releasing", "given up", "overflows", "recovered"])
  }
}
