import Testing

@testable import MetricRouter

@Suite struct RoutingProducerPoolTests {
  @Test(.timeLimit(.minutes(1))) func producersAreOpenedAsTopicsComeAndClosedAsTheyGo() {
    let seen = RoutingProducerPoolModel.walk(steps: 24)
    #expect(seen == ["opened", "replaced"])
  }

  @Test func someHundredsOfTopicsNeedOneProducerAndTenThousandSome() {
    var pool = ProducerPool(.automatic, partitionsLimit: 256, linger: .automatic)
    for _ in 0..<256 {
      #expect(pool.assign(partitions: 1, expected: 0, isCatchingUp: false) == 0)
    }
    #expect(pool.assign(partitions: 1, expected: 0, isCatchingUp: false) == 1)
    for _ in 0..<10_000 { _ = pool.assign(partitions: 1, expected: 0, isCatchingUp: false) }
    #expect(pool.count == 41)
    for _ in 0..<20_000 { _ = pool.assign(partitions: 1, expected: 0, isCatchingUp: false) }
    #expect(pool.count == ProducerPool.producersLimit, "beyond the limit, all share what comes")
  }

  @Test func aFixedNumberSharesTheTopicsEvenly() {
    var pool = ProducerPool(.fixed(4), partitionsLimit: 256, linger: .configured)
    let producers = (0..<100).map { _ in pool.assign(partitions: 3, expected: 0, isCatchingUp: true) }
    for number in Int32(0)..<4 { #expect(producers.count { $0 == number } == 25) }
    #expect(pool.lingerMilliseconds(of: 3) == nil, "linger.ms is configured")
    #expect(pool.tooSlow(partitionsInUse: 0) == [])
  }

  @Test func producersThatWereOpenedToCatchUpAreTooSlowAfterwards() {
    var pool = ProducerPool(.automatic, partitionsLimit: 256, linger: .automatic)
    for _ in 0..<600 { _ = pool.assign(partitions: 1, expected: 10_000, isCatchingUp: true) }
    #expect((0..<3).map { pool.lingerMilliseconds(of: $0) } == [50, 1000, 1000], "the first one was open already")
    #expect(pool.tooSlow(partitionsInUse: 10_000) == [1, 2])
    pool.replace([1, 2])
    #expect(pool.partitions == 256)
    _ = pool.assign(partitions: 1, expected: 10_000, isCatchingUp: false)
    #expect(pool.lingerMilliseconds(of: 1) == 50)
    #expect(pool.tooSlow(partitionsInUse: 300) == [])
  }

  @Test(arguments: [
    (10, false, 50), (10, true, 50), (1300, false, 50), (1300, true, 250), (13_000, false, 200), (13_000, true, 1000),
  ])
  func rowsWaitLongerTheMoreTopicsThereAreAndWhileCatchingUp(partitions: Int, isCatchingUp: Bool, expected: Int) {
    let milliseconds = LingerPolicy.automatic.milliseconds(partitions: partitions, isCatchingUp: isCatchingUp)
    #expect(milliseconds == expected)
    #expect(LingerPolicy.configured.milliseconds(partitions: partitions, isCatchingUp: isCatchingUp) == nil)
  }

  @Test(arguments: [
    (0, 10, false), (20_000, 10, false), (20_001, 10, true), (200_000, 10_000, false), (200_001, 10_000, true),
  ])
  func theRouterCatchesUpWhereMoreRowsWaitThanABurstBrings(rows: Int64, partitions: Int, expected: Bool) {
    #expect(Backlog.isLarge(rows: rows, partitions: partitions) == expected)
  }
}
