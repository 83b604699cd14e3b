import Testing

@testable import MetricRouter

@Suite struct RoutingCommitPaceTests {
  @Test func theTimeFollowsTheCost() {
    var pace = CommitPace(shortest: 200, ageLimit: 30000)
    #expect(pace.interval == 200)
    pace.committed(within: 50)
    #expect(pace.interval == 200)
    pace.committed(within: 500)
    #expect(pace.interval == 1000)
    pace.committed(within: 5)
    #expect(pace.interval == 200)
  }

  @Test(arguments: [1, 4, 500, 2000, 30000] as [Int64])
  func noCommitMakesTheNextTransactionTooOld(ageLimit: Int64) {
    var pace = CommitPace(shortest: 200, ageLimit: ageLimit)
    for cost in [0, 200, ageLimit / 2, ageLimit, ageLimit * 10] {
      pace.committed(within: cost)
      #expect(pace.interval <= max(1, ageLimit / 4))
      #expect(pace.interval > 0)
    }
  }
}
