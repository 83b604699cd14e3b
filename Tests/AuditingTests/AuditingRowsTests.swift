import Kafka
import Naming
import PlanSupport
import Replay
import TestSupport
import Testing

@testable import Auditing
@testable import Checking
@testable import Jobs
@testable import MetricRouter

/// What is kept of rows: their offsets, hashes, times and fates.
@Suite struct AuditingRowsTests {
  @Test func offsetsAreNumberedAcrossGaps() {
    var runs = OffsetRuns()
    let offsets: [Int64] = [5, 6, 7, 10, 12, 13, 1000, Int64.max - 1]
    for offset in offsets {
      let isAdded = runs.append(offset)
      #expect(isAdded)
    }
    #expect(runs.count == offsets.count)
    for (index, offset) in offsets.enumerated() {
      #expect(runs.index(of: offset) == index)
      #expect(runs.offset(at: index) == offset)
    }
    for gap: Int64 in [0, 4, 8, 9, 11, 14, 999, 1001, Int64.max] { #expect(runs.index(of: gap) == -1) }
  }

  @Test func offsetsOnlyGrow() {
    var runs = OffsetRuns()
    #expect(runs.index(of: 0) == -1)
    let areAdded = [3, 3, 2, 4].map { runs.append($0) }
    #expect(areAdded == [true, false, false, true])
    #expect(runs.count == 2)
  }

  @Test func aHashDependsOnEveryByteAndOnTheSeed() {
    let hash = PayloadHash(seed: 1)
    var seen: Set<UInt64> = []
    var changed = 0
    for count in 0...70 {
      var bytes = [UInt8](repeating: 0, count: count)
      seen.insert(bytes.withUnsafeBytes { hash($0) })
      for index in bytes.indices {
        for bit: UInt8 in [1, 0x80] {
          bytes[index] ^= bit
          seen.insert(bytes.withUnsafeBytes { hash($0) })
          bytes[index] ^= bit
          changed += 1
        }
      }
    }
    #expect(seen.count == 71 + changed)
    let bytes: [UInt8] = Array("{\"a\":1}".utf8)
    #expect(bytes.withUnsafeBytes { hash($0) } == bytes.withUnsafeBytes { PayloadHash(seed: 1)($0) })
    #expect(bytes.withUnsafeBytes { hash($0) } != bytes.withUnsafeBytes { PayloadHash(seed: 2)($0) })
    #expect([UInt8]().withUnsafeBytes { hash($0) } == hash(UnsafeRawBufferPointer(start: nil, count: 0)))
  }

  @Test func rowsAndTheirTimesAreFoundByNumber() {
    var rows = AuditedRows()
    let count = 70_000
    for index in 0..<count {
      let time: Int64? = index == 300 ? nil : Int64(1000 + index)
      rows.append(
        AuditedRows.Row(hash: UInt64(index), fate: Int32(index % 7)), offset: Int64(index * 2), timestamp: time)
    }
    rows.append(AuditedRows.Row(hash: 1, fate: 1), offset: 4, timestamp: 1)
    #expect(rows.count == count)
    rows[66_000].marks.insert(.user)
    for index in [0, 1, 65_535, 65_536, 66_000, count - 1] {
      #expect(rows[index].hash == UInt64(index) && rows[index].fate == Int32(index % 7))
      #expect(rows[index].marks == (index == 66_000 ? .user : []))
      // That of the first row of its block: no later than its own.
      #expect(rows.time(of: index) == Int64(1000 + index / 256 * 256))
    }
    #expect(rows.time(of: 301) == nil)
    #expect(rows.earliestTime == nil)
    #expect(MemoryLayout<AuditedRows.Row>.stride == 16)
  }

  /// Each row of each capture belongs where `router check --row` says that it goes.
  @Test(arguments: Capture.allCases) func fatesAreThoseOfTheRouter(_ capture: Capture) throws {
    let pattern = capture == .avroKafkaJSON ? "ldms.json.{producer}.{schema}.{any}" : ""
    let plan = try TestPlan.of(capture, topicPattern: pattern)
    var fates = RowFates(plan: plan)
    var topics = AuditedTopics()
    var routed = 0
    for row in try capture.read().rows {
      let input = plan.input(topic: row.topic)
      let position = row.payload.withUnsafeBytes { fates.decide($0, from: input, &topics) }
      let fate = fates.fates[Int(position)]
      switch RowCheck(row.payload, topic: row.topic, plan: plan).verdict {
      case .routed(let destination):
        routed += 1
        try #require(fate.reason == nil)
        #expect(topics[fate.userTopic].name == destination.userTopic)
        #expect(topics[fate.jobTopic].name == destination.jobTopic)
      case .deadLettered(let refusal): #expect(fate.reason == refusal.reason)
      case .dependsOnJob(let number, _): #expect(fate.number == number)
      case .dependsOnHost, .unassigned: #expect(fate.aside == .unassigned)
      case .withheld: #expect(fate.aside == .withheld)
      case .undecided(let why): Issue.record("\(why)")
      }
    }
    if capture == .recording { #expect(routed == 4671) }
  }

  /// Rows of hosts, with the owners of jobs, belong where the router decides.
  @Test func fatesByNumberFollowFromOwners() throws {
    let plan = try TestPlan.of(columns: ["timestamp", "producer", "job_id"], nodes: "c[1-9]")
    var owners = JobOwners()
    for (job, user, node) in [(701, "alice", "c1"), (702, "bob", "c2"), (703, "carol", "c2")]
      as [(UInt64, String, String)]
    {
      owners.set(job, of: Name(user), to: [JobClaim(.slurm, from: 0, to: nil, nodes: [Name(node)])])
    }
    var asked = 0
    var fates = RowFates(plan: plan) {
      asked += 1
      return owners
    }
    var topics = AuditedTopics()
    func fate(_ producer: String, _ job: Int) -> RowFates.Fate {
      let row = #"{"timestamp":9.000000,"producer":"\#(producer)","job_id":\#(job)}"#
      let position = Array(row.utf8).withUnsafeBytes { fates.decide($0, from: plan.input(topic: "x"), &topics) }
      return fates.fates[Int(position)]
    }
    #expect(fate("alice:701:c1", 701).isByNumber == false && asked == 0)
    let known = fate("c1", 701)
    #expect(known.isByNumber && known.reason == nil && topics[known.userTopic].name == "ldms.user.alice.rows")
    let shared = fate("c2", 702)
    #expect(shared.aside == .withheld && topics[shared.userTopic].name == "ldms.user.bob.rows")
    #expect(topics[shared.jobTopic].name == "ldms.user.bob.job.702")
    // Of another node's job, nobody knows.
    let unknown = fate("c3", 701)
    #expect(unknown.reason == .unknownJob && unknown.number == 701 && unknown.userTopic < 0)
    let idle = fate("c4", 0)
    #expect(idle.aside == .unassigned && idle.isByNumber && idle.userTopic < 0)
    #expect(asked == 1)
  }

  /// Others choose the names of producers; what is remembered of those that are refused is bounded.
  @Test func refusedProducersDoNotFillMemory() throws {
    let plan = try TestPlan.of(columns: ["producer"])
    var fates = RowFates(plan: plan)
    var topics = AuditedTopics()
    let input = plan.input(topic: "x")
    for number in 0..<10_100 {
      // A key of more than 1024 bytes can be kept nowhere.
      let name = String(repeating: "x", count: number % 1000 == 0 ? 1100 : 1) + "\(number)"
      let fate = Array("{\"producer\":\"\(name)\"}".utf8).withUnsafeBytes { fates.decide($0, from: input, &topics) }
      #expect(fates.fates[Int(fate)].reason == .badProducer)
    }
    #expect(fates.fates.count == DeadLetterReason.allCases.count + RowFates.Aside.allCases.count)
    #expect(topics.topics.isEmpty)
  }
}
