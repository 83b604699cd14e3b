import Testing

@testable import MetricRouter

@Suite struct RoutingRoutesTests {
  @Test(.timeLimit(.minutes(1))) func eachRowGoesAlongTheRouteOfItsKeyAndCountsForItsJob() {
    var seen: Set<String> = []
    for seed in 0..<10_000 as Range<UInt64> {
      var model = RoutingRoutesModel(seed: seed)
      for number in 0..<16 {
        if let fault = model.step() {
          Issue.record("seed \(seed), step \(number): \(fault)")
          return
        }
      }
      if let fault = model.fault() {
        Issue.record("seed \(seed): \(fault)")
        return
      }
      seen.formUnion(model.seen)
    }
    #expect(seen == ["a topic after all", "earlier jobs"])
  }
}
