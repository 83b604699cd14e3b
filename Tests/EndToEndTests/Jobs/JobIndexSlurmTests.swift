import Foundation
import Kafka
import MetricRouter
import Replay
import TestSupport
import Testing

/// What Slurm says of jobs, by messages of its own and by rows of LDMS's Slurm sampler.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexSlurmTests {
  /// A message as `jobcomp/kafka` writes it: a start without a state, or an end with one.
  private static func message(
    _ job: Int, _ user: String, nodes: String, start: Date?, end: Date? = nil, state: String = "COMPLETED"
  ) -> (key: String?, value: String?) {
    func text(_ date: Date) -> String { String(date.ISO8601Format().dropLast()) }
    var members = [
      "\"jobid\":\(job)", "\"username\":\"\(user)\"", "\"nodes\":\"\(nodes)\"",
      "\"job_name\":\"train\"", "\"account\":\"physics\"", "\"partition\":\"batch\"",
    ]
    if let start { members.append("\"@start\":\"\(text(start))\"") }
    if let end {
      members += ["\"@end\":\"\(text(end))\"", "\"elapsed\":3", "\"exit_code\":\"0:0\"", "\"state\":\"\(state)\""]
    } else {
      members.append("\"state\":null")
    }
    return (nil, "{\(members.joined(separator: ","))}")
  }

  private static let nonsense: [(key: String?, value: String?)] = [
    "", "{", "null", "[]", "7", "\"job\"", "{}", "{\"jobid\":0,\"username\":\"userA\"}",
    "{\"jobid\":-1,\"username\":\"userA\"}", "{\"jobid\":701}", "{\"jobid\":701,\"username\":\"\"}",
    "{\"jobid\":701,\"username\":\"userA\",\"@start\":\"soon\"}", "{\"jobid\":1e99,\"username\":\"userA\"}",
    "{\"jobid\":701,\"username\":\"userA\",\"state\":[]}",
  ].map { (nil, $0) }

  @Test func messagesBeginAndEndJobsAtOnce() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    // As Slurm has them by default: the cluster's name, and another topic for starts.
    let (slurm, starts) = ("slurm\(stage.tag)", "slurm\(stage.tag)-job-start")
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    try stage.makeTopics([slurm: 1, starts: 1])
    try stage.send(Self.nonsense, to: slurm)
    // Nothing ends for want of rows here.
    let router = try await IndexedRouter(
      try RouterFile(stage), jobs: ["events": "\(slurm),\(starts)", "silent-after": "30s", "ended-after": "60s"])
    let events = try await JobEventReader(router)
    let start = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded() - 2)
    try stage.send([Self.message(701, "userA", nodes: "c[1-2]", start: start)], to: starts)
    try await router.wait("job 701, of which no row has come") { $0.totals.active == 1 }
    let begun = try #require(try await router.job("701", user: "userA"))
    #expect(begun.states == ["active slurm-message"])
    #expect(begun.slurm?.name == "train" && begun.slurm?.account == "physics" && begun.slurm?.nodeList == "c[1-2]")
    #expect(ShownJob.milliseconds(begun.started) == Int64(start.timeIntervalSince1970 * 1000))

    let live = try LiveRows(stage, ["userA:701:c1", "userA:701:c2", "userB:702:c3"], partitions: 1)
    try await router.wait("rows of both") { $0.jobs.count == 2 && $0.jobs.allSatisfy { $0.rows > 3 } }
    live.set([])
    // Slurm's times are whole seconds, and the end is to be after the last row.
    let end = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded(.up))
    let ends = [
      Self.message(701, "userA", nodes: "c[1-2]", start: start, end: end),
      Self.message(702, "userB", nodes: "c3", start: start, end: end, state: "CANCELLED"),
    ]
    let sent = ContinuousClock.now
    try stage.send(ends, to: slurm)
    try await router.wait("the ends") { $0.totals.ended == 2 }
    #expect(ContinuousClock.now - sent < .seconds(10), "at once, and not for want of rows")
    // Slurm repeats itself, others talk nonsense, and job 799 was cancelled before it ran. Job 703, which comes after all of
    // that, shows when it has been read.
    try stage.send(
      ends + Self.nonsense + ends + [
        Self.message(799, "userC", nodes: "c9", start: nil, end: end),
        Self.message(703, "userC", nodes: "c4", start: end),
      ], to: slurm)
    try await router.wait("job 703") { $0.totals.active == 1 }
    for (name, states) in [
      ("701", ["active slurm-message", "ended slurm-message"]), ("702", ["active rows", "ended slurm-message"]),
    ] {
      let job = try #require(try await router.jobs().jobs.first { $0.job == name })
      let detail = try #require(try await router.job(name, user: job.user))
      #expect(detail.states == states)
      #expect(ShownJob.milliseconds(detail.ended) == Int64(end.timeIntervalSince1970 * 1000))
      #expect(ShownJob.milliseconds(detail.started) == Int64(start.timeIntervalSince1970 * 1000))
    }

    // It was requeued: the same id again.
    let again = end.addingTimeInterval(2)
    try stage.send([Self.message(701, "userA", nodes: "c1", start: again)], to: starts)
    live.set(["userA:701:c1"])
    try await router.wait("job 701 again") { $0.totals.active == 2 }
    let requeued = try #require(try await router.job("701", user: "userA"))
    #expect(requeued.states == ["active slurm-message", "ended slurm-message", "active rows-again"])
    #expect(requeued.ended == nil)
    #expect(ShownJob.milliseconds(requeued.started) == Int64(again.timeIntervalSince1970 * 1000))
    try await events.wait(for: 6)
    #expect(
      events.sequence() == [
        "started userA/701", "started userB/702", "ended userA/701", "ended userB/702", "started userC/703",
        "active userA/701",
      ])
    #expect(try await router.jobs().total == 3)
    #expect(router.log.matches(of: /skipping an unreadable message about jobs/).count == 1)
    try await live.stop()

    // All that was published is known again after a restart, to which the messages come once more.
    try await eventually("that it is published", within: .seconds(10)) {
      try stage.indexMessages()["job/userA/701/one"]?.contains("\"rows-again\"") == true
    }
    try await router.kill()
    let restarted = try await IndexedRouter(
      try RouterFile(stage), jobs: ["events": "\(slurm),\(starts)", "silent-after": "30s", "ended-after": "60s"])
    let later = try await JobEventReader(restarted)
    try await restarted.wait("what was known") { $0.totals.complete && $0.jobs.count == 3 }
    try stage.send([Self.message(703, "userC", nodes: "c4", start: end, end: again)], to: slurm)
    try await later.wait(for: 1)
    #expect(try await restarted.job("701", user: "userA")?.states == requeued.states)
    #expect(try await restarted.job("702", user: "userB")?.states == ["active rows", "ended slurm-message"])
    #expect(later.sequence() == ["ended userC/703"], "nothing of what was read again is news")
    try await restarted.stop()
  }

  /// Ends and starts stand in two topics, and nothing says which is read first.
  @Test func anEndThatIsReadBeforeItsStartLeavesNoGhost() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let (ends, starts) = ("slurm\(stage.tag)", "slurm\(stage.tag)-job-start")
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    try stage.makeTopics([ends: 1, starts: 1])
    func time(_ ago: Double) -> Date { Date(timeIntervalSince1970: (Date.now.timeIntervalSince1970 - ago).rounded()) }
    // Before the router: job 811 has ended, 812 runs.
    let (first, second) = (time(20), time(10))
    try stage.send(
      [811, 812].map { Self.message($0, "userC", nodes: "c9", start: first) }, to: starts)
    try stage.send([Self.message(811, "userC", nodes: "c9", start: first, end: second)], to: ends)
    let live = try LiveRows(stage, ["userB:802:c3"], partitions: 1)
    let jobs = ["events": "\(ends),\(starts)", "silent-after": "60s", "ended-after": "90s"]
    let router = try await IndexedRouter(try RouterFile(stage), jobs: jobs)
    let events = try await JobEventReader(router)
    try await router.wait("what was there") { $0.jobs.count == 3 && $0.totals.active == 2 && $0.totals.ended == 1 }
    #expect(try await router.job("811", user: "userC")?.states == ["active slurm-message", "ended slurm-message"])

    try stage.send([Self.message(801, "userA", nodes: "c1", start: first, end: second)], to: ends)
    try await router.wait("the end of a job that nobody knew") { shown in
      shown.jobs.contains { $0.job == "801" && $0.state == "ended" }
    }
    try stage.send(
      [Self.message(801, "userA", nodes: "c1", start: first), Self.message(803, "userA", nodes: "c2", start: second)],
      to: starts)
    try await router.wait("the next job") { shown in shown.jobs.contains { $0.job == "803" && $0.state == "active" } }
    // And each message again, the other way round.
    try stage.send([Self.message(801, "userA", nodes: "c1", start: first, end: second)], to: ends)
    try stage.send(
      [801, 811].map { Self.message($0, $0 == 801 ? "userA" : "userC", nodes: "c1", start: first) }
        + [Self.message(804, "userA", nodes: "c2", start: second)], to: starts)
    try await router.wait("all of them") { shown in shown.jobs.contains { $0.job == "804" } }
    let states = try await router.states()
    #expect(
      states == [
        "userA/801 ended", "userA/803 active", "userA/804 active", "userB/802 active", "userC/811 ended",
        "userC/812 active",
      ])
    let ended = try #require(try await router.job("801", user: "userA"))
    #expect(ended.states == ["active slurm-message", "ended slurm-message"])
    #expect(ShownJob.milliseconds(ended.started) == Int64(first.timeIntervalSince1970 * 1000))
    #expect(ShownJob.milliseconds(ended.ended) == Int64(second.timeIntervalSince1970 * 1000))
    #expect(events.sequence(of: "userA/801") == ["started userA/801", "ended userA/801"])
    try await live.stop()
    try await router.stop()
  }

  /// The captured rows of `mt-slurm2` with the rows of the job they tell of, made of the recording's; the same on a
  /// second node, where it ends four seconds later.
  @Test func rowsOfLDMSEndAJobWhenItHasEndedOnAllItsNodes() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let topic = "mt-slurm2_\(UUID().uuidString.prefix(7).lowercased())"
    let inputs = LiveRows.schemas.map { $0 + stage.tag } + [topic]
    let maker = try RowMaker(stage)
    let begin: Int64 = 1_795_496_186_000
    var rows: [InputRow] = []
    for second in 0...40 as ClosedRange<Int64> {
      for (producer, component, last) in [("userA:301:c2", 2, 18), ("userA:301:c3", 3, 22), ("userB:302:c4", 4, 40)]
      where second <= last {
        for schema in LiveRows.schemas {
          rows.append(try maker.row(schema, producer, component: component, at: begin + second * 1000))
        }
      }
    }
    for row in try Capture.slurmAsIs.read().rows where row.topic.hasPrefix("mt-slurm2_") {
      let text = String(decoding: row.payload, as: UTF8.self)
      let time = try #require(
        text.firstMatch(of: /"timestamp":(\d+)\.(\d{3})/).flatMap { Int64($0.output.1 + $0.output.2) })
      rows.append(InputRow(topic: topic, partition: 0, offset: 0, timestamp: time, payload: row.payload))
      let other = text.replacing("\"component_id\":2", with: "\"component_id\":3")
        .replacing("\"timestamp\":\(time / 1000).", with: "\"timestamp\":\(time / 1000 + 4).")
        .replacing("\"job_list.job_end\":1795496204", with: "\"job_list.job_end\":1795496208")
      rows.append(InputRow(topic: topic, partition: 0, offset: 0, timestamp: time + 4000, payload: Array(other.utf8)))
    }
    rows.sort { $0.timestamp < $1.timestamp }
    try stage.makeInputs(rows)
    let decompositions = [stage.decompositions[0], Capture.slurmAsIs.path("decomp.json")]
    let file = try RouterFile(stage)
    let router = try await IndexedRouter(
      file,
      environment: [
        "ROUTER_DECOMPOSITION": decompositions.joined(separator: ","), "ROUTER_INPUTS": inputs.joined(separator: ","),
      ])
    let events = try await JobEventReader(router)
    let player = RowPlayer(stage, rows, speed: 4)
    try await router.wait("the end on one node") { shown in
      shown.jobs.contains { $0.job == "301" && $0.silentNodes == 1 && $0.state == "active" }
    }
    try await router.wait("the end") { $0.totals.ended == 1 }
    let ended = try #require(try await router.job("301", user: "userA"))
    #expect(ended.states == ["active rows", "ended slurm-row"])
    #expect(ShownJob.milliseconds(ended.ended) == 1_795_496_208_000)
    #expect(ShownJob.milliseconds(ended.started) == 1_795_496_188_000)
    #expect(ended.slurm?.name?.hasPrefix("my") == true)
    try await player.finish()
    // The same rows again, as each change of another job on the node brings them. The row of job 303, which comes when
    // they have been routed, shows when the index has them.
    let again = rows.filter { $0.topic == topic }.map { row in
      var row = row
      row.timestamp = 0
      return row
    }
    try stage.feed(again)
    try await file.waitForCommit(InputRow.numbered(rows + again), by: [router.process])
    try stage.feed([try maker.row("loadavg", "userB:303:c5", component: 5, at: begin + 41_000)])
    try await router.wait("job 303") { shown in shown.jobs.contains { $0.job == "303" } }
    #expect(
      try await router.states() == ["userA/301 ended", "userB/302 active", "userB/303 active"],
      "no job 0, and none twice")
    try await events.wait(for: 4)
    #expect(
      events.sequence() == ["started userA/301", "started userB/302", "ended userA/301", "started userB/303"])
    try await router.stop()
  }
}
