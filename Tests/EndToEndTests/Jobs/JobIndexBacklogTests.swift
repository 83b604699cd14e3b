import Foundation
import MetricRouter
import TestSupport
import Testing

/// What the index says while a router reads what has gathered in an hour.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexBacklogTests {
  private static let running = ["userA:301:c1", "userB:302:c2", "userC:303:c3"]
  private static let partitions: Int32 = 2
  private static let hour: Int64 = 3_600_000

  /// An hour of rows of three jobs, and of one that ran for the first half of it; only that one has rows of `dstat`.
  private static func backlog(_ maker: RowMaker, endingAt end: Int64) throws -> (rows: [InputRow], last: Int64) {
    var rows: [InputRow] = []
    var last: Int64 = 0
    var number: Int32 = 0
    func add(_ schema: String, _ producer: String, _ component: Int, _ time: Int64) throws {
      number += 1
      let partition = number % partitions
      rows.append(try maker.row(schema, producer, component: component, at: time, partition: partition))
    }
    for step in 0..<1200 as Range<Int64> {
      let time = end - hour + step * 3000
      for (index, producer) in running.enumerated() {
        for schema in LiveRows.schemas { try add(schema, producer, index + 1, time + Int64(index)) }
      }
      guard step < 600 else { continue }
      for schema in LiveRows.schemas + ["dstat"] { try add(schema, "userA:304:c4", 4, time + 9) }
      last = time + 9
    }
    return (rows, last)
  }

  @Test func aBacklogEndsNoJobThatRuns() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let (rows, last) = try Self.backlog(
      try RowMaker(stage), endingAt: Int64(Date.now.timeIntervalSince1970 * 1000))
    try stage.makeInputs(rows)
    // Their times are in the payload; as messages they are new.
    try stage.feed(
      rows.map { row in
        var row = row
        row.timestamp = 0
        return row
      })
    let live = try LiveRows(stage, Self.running, partitions: Self.partitions)
    // The broker answers with a few rows at a time, with a pause before each, so that the reading takes seconds on any machine.
    let slowly = ["fetch.message.max.bytes: 10000", "fetch.min.bytes: 100000000", "fetch.wait.max.ms: 600"]
    let router = try await IndexedRouter(try RouterFile(stage, consumer: ["session.timeout.ms: 6000"] + slowly))
    let events = try await JobEventReader(router)
    var wasBehind = false
    try await router.wait("the end of the backlog", within: .seconds(40)) { shown in
      wasBehind = wasBehind || shown.totals.behind
      return wasBehind && !shown.totals.behind && shown.totals.ended == 1
    }
    // And no clock of rows catches up with somebody later: new rows of each job come and are counted.
    let atEnd = Dictionary(uniqueKeysWithValues: try await router.jobs().jobs.map { ($0.job, $0.rows) })
    try await router.wait("rows after the backlog") { shown in
      shown.jobs.allSatisfy { $0.job == "304" || $0.rows >= atEnd[$0.job, default: 0] + 4 }
    }
    let details = try await router.details()
    for job in details where job.job != "304" {
      #expect(job.states == ["active rows"], "\(job)")
      #expect(job.rows >= 2400, "\(job.name)")
    }
    let ended = try #require(details.first { $0.job == "304" })
    #expect(ended.states == ["active rows", "silent no-rows", "ended no-rows"])
    #expect(ShownJob.milliseconds(ended.ended) == last)
    #expect(ended.rows == 1800)
    let times = (ended.history ?? []).map { ShownJob.milliseconds($0.time) ?? 0 }
    #expect(times == [last - 1_797_000, last + 15_000, last + 60_000])
    #expect(details.map(\.name) == ["userA/301", "userA/304", "userB/302", "userC/303"])
    try await events.wait(for: 6)
    let running = events.sequence().filter { !$0.hasSuffix("304") }
    #expect(Set(running) == ["started userA/301", "started userB/302", "started userC/303"])
    #expect(running.count == 3)
    #expect(events.sequence(of: "userA/304") == ["started", "silent", "ended"].map { "\($0) userA/304" })
    let totals = try await router.totals()
    #expect(totals.active == 3 && totals.silent == 0 && totals.ended == 1 && !totals.behind && totals.complete)
    try await live.stop()
    try await router.stop()
  }
}
