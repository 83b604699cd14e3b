import Testing

@testable import MetricRouter

@Suite struct RoutingUnroutedTests {
  @Test(.timeLimit(.minutes(1))) func theRowsOfAPartitionKeepTheirOrderWhateverTheyWaitFor() {
    #expect(RoutingUnroutedModel.walk(steps: 24) == ["stashed while routing", "released", "all comes again"])
  }
}
