import TestSupport
import Testing

/// What the index makes of rows that are stored again: they are counted, and they are old.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexReplayTests {
  @Test func aRecordingThatIsPlayedTwiceBringsNoJobBack() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = try stage.rows(of: .recording)
    try stage.makeInputs(rows)
    let router = try await IndexedRouter(
      try RouterFile(stage), jobs: ["silent-after": "2s", "ended-after": "5s"])
    let events = try await JobEventReader(router)
    try stage.feed(rows)
    var shown: [String: Int] = [:]
    try await router.wait("the end of all jobs") { all in
      shown = Dictionary(uniqueKeysWithValues: all.jobs.map { ($0.name, $0.rows) })
      return all.totals.ended == 5 && shown.values.reduce(0, +) == rows.count
    }
    let before = try await router.details()
    let told = before.reduce(0) { $0 + ($1.history?.count ?? 0) }
    try await events.wait(for: told)
    let time = try #require(try await router.totals().time)

    try stage.feed(rows)
    try await router.wait("the rows again") { all in all.jobs.allSatisfy { $0.rows == 2 * (shown[$0.name] ?? 0) } }
    // Longer than the index takes to believe that the time has gone back.
    let began = ContinuousClock.now
    while ContinuousClock.now - began < .seconds(5) {
      let states = try await router.states()
      #expect(states.allSatisfy { $0.hasSuffix(" ended") }, "\(states)")
      try await Task.sleep(for: .milliseconds(100))
    }
    for (job, known) in zip(try await router.details(), before) {
      #expect(job.name == known.name && job.rows == 2 * known.rows)
      #expect(job.history == known.history, "\(job.name)")
      #expect(job.started == known.started && job.ended == known.ended, "\(job.name)")
      #expect(job.firstRow == known.firstRow && job.lastRow == known.lastRow, "\(job.name)")
    }
    #expect(try await router.totals().time ?? "" >= time)
    #expect(events.told.count == told, "\(events.sequence())")
    try await router.stop()
  }
}
