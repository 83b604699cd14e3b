import Testing

@testable import MetricRouter

@Suite struct RoutingUnroutedTests {
  @Test(.timeLimit(.minutes(1))) func theRowsOfAPartitionKeepTheirOrderWhateverTheyWaitFor() {
    var seen: Set<String> = []
    for seed in 0..<10_000 as Range<UInt64> {
      var model = RoutingUnroutedModel(seed: seed)
      for number in 0..<24 {
        if let fault = model.step() {
          Issue.record("seed \(seed), step \(number): \(fault)")
          return
        }
      }
      if let fault = model.finish() {
        Issue.record("seed \(seed): \(fault)")
        return
      }
      seen.formUnion(model.seen)
    }
    #expect(seen == ["stashed while routing", "released", "all comes again"])
  }
}
