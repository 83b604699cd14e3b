import Naming
import Testing

@testable import Jobs
@testable import MetricRouter

/// What the routing thread counts, on its way into the index.
@Suite struct CounterMergerTests {
  private static let start: Int64 = 1_795_497_251_000
  private let index: JobIndex
  private var counts = JobCounts(valueCount: 2)
  private var tally = CounterMerger(columns: [
    JobColumn(isRate: false, schema: "loadavg", column: "load1min"),
    JobColumn(isRate: true, schema: "procstat2", column: "user"),
  ])
  private var identities: [Identity] = []
  private var handedOver = 0

  init() throws {
    index = JobIndex(rules: JobRules(), instance: "r1", valueNames: ["a", "b"], names: try TopicNames())
    for schema in ["loadavg", "procstat2"] { _ = counts.tallies.schema(named: schema) }
    counts.addPartition()
  }

  private mutating func addRoute(_ node: String) {
    let reading = ProducerReading(user: Name("userA"), job: Name("101"), node: Name(node))
    identities.append(Identity(reading, producer: Name(node), jobID: nil))
    counts.tallies.addRoute(component: UInt64(identities.count))
  }

  private mutating func count(_ route: Int32, _ schema: Int, second: Int64) {
    counts.now = second * 1000
    counts.count(
      route: route, schema: schema, slot: 0, bytes: 100, time: Self.start + second * 1000, delay: second)
  }

  private mutating func handOver() throws -> Job {
    tally.add(
      JobFeed.Handover(
        generation: counts.generation, tallies: counts.tallies, newRoutes: Array(identities[handedOver...]),
        time: nil, isBehind: false, partitions: [], assigned: 0), to: index)
    handedOver = identities.count
    return try #require(index.jobs(Name("101")).jobs.first)
  }

  @Test mutating func rowsComeToTheirNodeAndSchemaOnce() throws {
    addRoute("c2")
    count(0, 1, second: 0)
    count(0, 0, second: 1)
    let first = try handOver()
    #expect(first.schemas.map { "\($0.name) \($0.rows) \($0.bytes)" } == ["loadavg 1 100", "procstat2 1 100"])
    #expect(first.nodes.map(\.node) == [Name("c2")] && first.inputDelay == 1)
    // A node that comes before the other one moves it.
    addRoute("c1")
    count(1, 0, second: 5)
    count(0, 0, second: 3)
    let second = try handOver()
    #expect(second.schemas.map { "\($0.name) \($0.rows) \($0.bytes)" } == ["loadavg 3 300", "procstat2 1 100"])
    #expect(second.nodes.map { "\($0.node.text) \(($0.firstRow - Self.start) / 1000)" } == ["c1 5", "c2 0"])
    #expect(second.nodes.map { ($0.lastRow - Self.start) / 1000 } == [5, 3])
    count(0, 1, second: 4)
    let third = try handOver()
    #expect(third.nodes.map { ($0.lastRow - Self.start) / 1000 } == [5, 4])
    let fourth = try handOver()
    #expect(fourth == third, "nothing new was counted")
  }

  @Test mutating func valuesAreKeptAndRatesTaken() throws {
    addRoute("c1")
    for second in 0...1 as ClosedRange<Int64> {
      count(0, 1, second: second)
      counts.tallies.keep(route: 0, value: 0, 0.5 + Double(second), time: Self.start + second * 1000)
      counts.tallies.keep(route: 0, value: 1, 1000 + 90 * Double(second), time: Self.start + second * 1000)
      _ = try handOver()
    }
    let job = try handOver()
    #expect(job.values == [1.5, 90])
  }

  /// Rows that are stored again are counted; but the job is not seen by them, where its partition's clock is right.
  @Test mutating func rowsThatAreStoredAgainAreOldRows() throws {
    addRoute("c1")
    addRoute("other")
    for second in 0...20 as ClosedRange<Int64> { count(0, 0, second: second) }
    counts.tallies.keep(route: 0, value: 0, 7, time: Self.start + 20000)
    // Another job's rows go on for an hour.
    for second in 21...3600 as ClosedRange<Int64> { count(1, 0, second: second) }
    let before = try handOver()
    func seen() throws -> Int64 {
      try #require(
        index.edit { ledger in ledger.place(of: before.key).flatMap { ledger[$0]?.shares[0].nodes.first?.seen } })
    }
    let last = try seen()
    for second in 0...20 as ClosedRange<Int64> {
      counts.count(route: 0, schema: 0, slot: 0, bytes: 100, time: Self.start + second * 1000, delay: 3_600_000)
    }
    let after = try handOver()
    #expect(after.rows == before.rows + 21)
    #expect(try seen() == last)
    #expect(after.nodes[0].lastRow == Self.start + 20000 && after.inputDelay == before.inputDelay)
    // And after a restart, which knows the job from the index alone.
    counts = JobCounts(valueCount: 2)
    for schema in ["loadavg", "procstat2"] { _ = counts.tallies.schema(named: schema) }
    counts.addPartition()
    handedOver = 0
    for component in 1...2 as ClosedRange<UInt64> { counts.tallies.addRoute(component: component) }
    for second in 3601...3620 as ClosedRange<Int64> { count(1, 0, second: second) }
    for second in 0...15 as ClosedRange<Int64> {
      counts.count(route: 0, schema: 0, slot: 0, bytes: 100, time: Self.start + second * 1000, delay: 3_600_000)
      counts.tallies.keep(route: 0, value: 0, 1, time: Self.start + second * 1000)
    }
    let restarted = try handOver()
    #expect(restarted.rows == before.rows + 21 + 20 + 16 && restarted.nodes[0].lastRow == Self.start + 20000)
    #expect(try seen() == last)
    #expect(restarted.values[0] == 7, "not the value of an old row")
  }

  /// A node whose clock is an hour behind is alive all the same; and so is one whose clock was ahead.
  @Test(arguments: [-3_600_000, 3_600_000] as [Int64])
  mutating func aNodeWithAWrongClockIsSeen(difference: Int64) throws {
    addRoute("c1")
    addRoute("c2")
    for second in 0...40 as ClosedRange<Int64> {
      count(0, 0, second: second)
      for _ in 0..<3 { count(0, 1, second: second) }
      // It is put right at last.
      let time = Self.start + second * 1000 + (second < 30 ? difference : 0)
      counts.count(route: 1, schema: 0, slot: 0, bytes: 100, time: time, delay: 0)
    }
    let job = try handOver()
    let nodes = index.edit { ledger in ledger.place(of: job.key).flatMap { ledger[$0]?.shares[0].nodes } } ?? []
    #expect(nodes.count == 2)
    for node in nodes { #expect(node.seen >= Self.start + 40000, "\(node.name)") }
  }

  @Test mutating func whatWasTakenBackDoesNotCount() throws {
    addRoute("c1")
    count(0, 0, second: 0)
    counts.keepCommitted()
    count(0, 0, second: 9)
    addRoute("c2")
    count(1, 1, second: 9)
    counts.goBack()
    let job = try handOver()
    #expect(job.rows == 1 && job.lastRow == Self.start)
    #expect(job.nodes.map(\.node) == [Name("c1")])
    count(1, 1, second: 9)
    let again = try handOver()
    #expect(again.nodes.map(\.firstRow) == [Self.start, Self.start + 9000])
  }

  /// What the index is told of rows ends with the last commit, and so does the time that it is told.
  @Test mutating func theTimeWaitsForTheCommit() {
    counts.assign(0)
    addRoute("c1")
    func told(isTransactionOpen: Bool) -> Int64? {
      let reached = counts.reached([0], wallClock: 0, difference: nil, now: counts.now).time
      return counts.told(reached, isTransactionOpen: isTransactionOpen)
    }
    func commit() {
      counts.keepCommitted(reached: counts.reached([0], wallClock: 0, difference: nil, now: counts.now).time)
    }
    count(0, 0, second: 0)
    #expect(told(isTransactionOpen: true) == nil, "none of the rows was committed")
    commit()
    #expect(told(isTransactionOpen: false) == Self.start)
    // The next ones are in a transaction that takes its time.
    count(0, 0, second: 9)
    #expect(told(isTransactionOpen: true) == Self.start)
    // It is aborted, and they come again.
    counts.goBack()
    #expect(told(isTransactionOpen: false) == Self.start)
    count(0, 0, second: 9)
    commit()
    #expect(told(isTransactionOpen: false) == Self.start + 9000)
    // What others do with a partition that was ours is not known.
    counts.goBack()
    counts.assign(0)
    #expect(told(isTransactionOpen: false) == nil && told(isTransactionOpen: true) == nil)
    counts.reachedEnd(0)
    #expect(told(isTransactionOpen: false) == nil)
  }
}
