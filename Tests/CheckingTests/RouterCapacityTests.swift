import Testing

@testable import Checking

@Suite struct RouterCapacityTests {
  @Test(
    arguments: [
      ([1, 1, 1, 1, 1, 1, 1], "roundrobin,range", 7, 7, false),
      ([1, 1, 1], "range", 1, 3, true), ([4, 1], "range,roundrobin", 4, 5, true),
      ([4, 1], " roundrobin , range", 5, 5, false), ([2, 2], "cooperative-sticky", 4, 4, false),
      ([], "roundrobin,range", 0, 0, false), ([], "range", 0, 0, true), ([3], "", 3, 3, false),
    ] as [([Int32], String, Int, Int, Bool)])
  func routersThatFindWork(
    _ counts: [Int32], _ strategy: String, _ routers: Int, _ partitions: Int, _ isByTopic: Bool
  ) {
    let capacity = RouterCapacity(partitionCounts: counts, strategy: strategy)
    #expect(capacity.routers == routers)
    #expect(capacity.partitions == partitions)
    #expect(capacity.isByTopic == isByTopic)
  }
}
