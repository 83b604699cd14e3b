import MetricRouter
import Replay
import TestSupport
import Testing

/// The states of jobs while rows come as an aggregator stores them, faster than they were recorded.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexTimelineTests {
  /// Rows of a second of the recording come in a tenth of one.
  private static let speed = 10.0

  @Test func theRecordingGivesTheStatesOfItsTimeline() async throws {
    let recording = try Capture.recording.read()
    let stage = try Stage(try await KafkaCluster.shared(.one))
    // Two partitions for each topic: rows of all jobs stand in both.
    let rows = recording.rows.map {
      InputRow(
        topic: $0.topic + stage.tag, partition: $0.partition % 2, offset: 0, timestamp: $0.timestamp,
        payload: $0.payload)
    }
    try stage.makeInputs(rows)
    let router = try await IndexedRouter(
      try RouterFile(stage), jobs: ["silent-after": "5s", "ended-after": "15s"])
    let events = try await JobEventReader(router)
    let player = RowPlayer(stage, rows, speed: Self.speed)
    var shared: Set<String> = []
    try await eventually("jobs 103 and 104 on c1", within: .seconds(40)) {
      for known in try await router.jobs("&state=active").jobs where known.sharedNodes == ["c1"] {
        shared.insert(known.name)
      }
      return shared.count >= 2
    }
    let job104 = try #require(try await router.job("104", user: "userA"))
    let sharing = try #require(job104.nodeDetails)
    #expect(sharing.map(\.node) == ["c1", "c2"])
    #expect(sharing.map(\.sharedWith) == [[ShownJob.Key(user: "userC", job: "103")], []])
    try await player.finish()
    let all = ["userA/101", "userA/104", "userB/102", "userB/105", "userC/103"]
    let ends = Self.lastRows(rows)
    // At ten times its speed, on a machine that is busy, a partition's last row may come when its job has ended
    // already.
    try await router.wait("the end of all jobs, and all of their rows", within: .seconds(45)) { shown in
      shown.jobs.map(\.name) == all && shown.totals.ended == all.count
        && shown.jobs.allSatisfy { $0.rows == ends[$0.name]?.count }
    }

    for job in try await router.details() {
      #expect(job.states == ["active rows", "silent no-rows", "ended no-rows"], "\(job)")
      let last = try #require(ends[job.name])
      #expect(ShownJob.milliseconds(job.ended) == last.time, "\(job.name) ended with its last row")
      let times = (job.history ?? []).map { ShownJob.milliseconds($0.time) ?? 0 }
      #expect(ShownJob.milliseconds(job.firstRow) == times[0])
      // By the clock of rows, which a last row can be a little behind.
      #expect((0...3000).contains(times[1] - last.time - 5000), "\(job.name) silent at \(times[1]), \(last)")
      #expect((0...3000).contains(times[2] - last.time - 15000), "\(job.name) ended at \(times[2]), \(last)")
      #expect(job.rows == last.count, "\(job.name)")
      #expect(job.sharedNodes == [])
    }
    try await events.wait(for: 3 * all.count)
    for name in all {
      #expect(events.sequence(of: name) == ["started", "silent", "ended"].map { "\($0) \(name)" })
    }
    #expect(events.told.count == 3 * all.count, "\(events.sequence())")
    // In the order of the timeline.
    #expect(
      events.sequence().filter { $0.hasPrefix("started") && !$0.hasSuffix("101") && !$0.hasSuffix("102") }
        == ["started userC/103", "started userA/104", "started userB/105"])
    #expect(events.sequence().filter { $0.hasPrefix("ended") }.prefix(2) == ["ended userA/101", "ended userB/102"])
    try await router.stop()
  }

  /// The time of the last row of each job as its node's clock had it, and how many there are.
  private static func lastRows(_ rows: [InputRow]) -> [String: (time: Int64, count: Int)] {
    var last: [String: (time: Int64, count: Int)] = [:]
    for row in rows {
      guard let owner = ExpectedOwner(row: row.payload) else { continue }
      let text = String(decoding: row.payload.prefix(40), as: UTF8.self)
      let time =
        text.firstMatch(of: /"timestamp":(\d+)\.(\d{3})/).flatMap { Int64("\($0.output.1)\($0.output.2)") } ?? 0
      let name = "\(owner.user)/\(owner.job)"
      last[name] = (max(last[name]?.time ?? time, time), (last[name]?.count ?? 0) + 1)
    }
    return last
  }

  /// What `job_lifecycle` was seen to do (a sampler that is ended or killed, a hang, a restart of the aggregator), made
  /// of rows of the recording: its second, its producer, instance and component_id are other ones.
  ///
  /// | seconds | what |
  /// | --- | --- |
  /// | 0 to 30 | userA's job 201 on c1, ended cleanly: its rows stop |
  /// | 33 to 150 | userB's job 202 on the same node |
  /// | 0 to 40 | userC's job 203 on c2, its sampler killed: its rows stop in the middle of a second |
  /// | 0 to 50, 61 to 150 | userA's job 204 on c3, halted for 10 s |
  /// | 75 to 85 | the aggregator is restarted: no rows of anybody |
  /// | 0 to 150 | userD's job 205 on c4 |
  @Test func samplersThatEndHangAndComeBack() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let maker = try RowMaker(stage)
    let start: Int64 = 1_795_600_000_000
    var rows: [InputRow] = []
    func isRunning(_ job: Int, _ second: Int64) -> Bool {
      guard !(76..<85).contains(second) else { return false }
      return switch job {
      case 201: second <= 30
      case 202: second >= 33
      case 203: second <= 40
      case 204: !(51..<61).contains(second)
      default: true
      }
    }
    let jobs = [(201, "userA", 1), (202, "userB", 1), (203, "userC", 2), (204, "userA", 3), (205, "userD", 4)]
    for second in 0...150 as ClosedRange<Int64> {
      for (job, user, node) in jobs where isRunning(job, second) {
        for schema in ["loadavg", "meminfo"] {
          // The kill came between two sets of a second.
          if job == 203, second == 40, schema == "meminfo" { continue }
          rows.append(
            try maker.row(
              schema, "\(user):\(job):c\(node)", component: node, at: start + second * 1000 + Int64(node) * 2))
        }
      }
    }
    try stage.makeInputs(rows)
    let router = try await IndexedRouter(try RouterFile(stage))
    let events = try await JobEventReader(router)
    let player = RowPlayer(stage, rows, speed: Self.speed)
    try await player.finish()
    try await router.wait("the end of job 203") { $0.jobs.contains { $0.job == "203" && $0.state == "ended" } }

    let gone = ["active rows", "silent no-rows", "ended no-rows"]
    for (job, user, states) in [
      ("201", "userA", gone), ("202", "userB", ["active rows"]), ("203", "userC", gone),
      ("204", "userA", ["active rows"]), ("205", "userD", ["active rows"]),
    ] {
      let shown = try #require(try await router.job(job, user: user))
      #expect(shown.states == states, "\(shown)")
      #expect(shown.sharedNodes == [], "one job after the other is no sharing")
    }
    let clean = try #require(try await router.job("201", user: "userA"))
    #expect(ShownJob.milliseconds(clean.ended) == start + 30_002)
    #expect(clean.history?.map { ShownJob.milliseconds($0.time) } == [2, 45_002, 90_002].map { start + $0 })
    let killed = try #require(try await router.job("203", user: "userC"))
    #expect(ShownJob.milliseconds(killed.ended) == start + 40_004)
    #expect(killed.schemas?.map(\.rows) == [41, 40])
    try await events.wait(for: 9)
    #expect(events.told.count == 9, "\(events.sequence())")
    try await router.stop()
  }
}
