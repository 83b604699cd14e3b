import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// The topic of the index itself: what becomes of jobs that ended long ago, and of messages that nobody can read.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexTopicTests {
  private static let rules = ["silent-after": "2s", "ended-after": "4s"]

  @Test func endedJobsAreForgottenAndBuried() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    let file = try RouterFile(stage)
    let rules = Self.rules.merging(["keep-ended": "2s"]) { $1 }
    let live = try LiveRows(stage, ["userA:501:c1", "userB:502:c2"], partitions: 1)
    let router = try await IndexedRouter(file, jobs: rules)
    let events = try await JobEventReader(router)
    try await router.wait("two jobs") { $0.totals.active == 2 }
    let key = "job/userB/502/one"
    try await eventually("the share of job 502", within: .seconds(10)) {
      try stage.indexMessages()[key]?.contains("\"502\"") == true
    }
    live.set(["userA:501:c1"])
    try await router.wait("the end of job 502") { $0.totals.ended == 1 }
    try await router.wait("nothing of job 502") { $0.jobs.map(\.name) == ["userA/501"] }
    #expect(try await router.job("502", user: "userB") == nil)
    try await eventually("its tombstone", within: .seconds(10)) { try stage.indexMessages()[key] == "" }
    try await events.wait(for: 4)
    #expect(events.sequence(of: "userB/502") == ["started", "silent", "ended"].map { "\($0) userB/502" })

    // Who comes later does not hear of it either.
    let later = try await IndexedRouter(file, instance: "two", jobs: rules)
    try await later.wait("the index") { $0.totals.complete && $0.jobs.map(\.name) == ["userA/501"] }
    // The same job again is a new one.
    live.set(["userA:501:c1", "userB:502:c2"])
    for router in [router, later] { try await router.wait("job 502 again") { $0.totals.active == 2 } }
    #expect(try await later.job("502", user: "userB")?.states == ["active rows"])
    try await live.stop()
    try await router.stop()
    try await later.stop()
  }

  /// Twice in a row, and read again by a router that knows nothing else.
  @Test func deletedTopicComesBackWithAllJobs() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    let file = try RouterFile(stage)
    let live = try LiveRows(stage, ["userA:501:c1", "userB:502:c2"], partitions: 1)
    let first = try await IndexedRouter(file)
    let second = try await IndexedRouter(file, instance: "two")
    func shares() throws -> Set<String> { Set(try stage.indexMessages().filter { $0.value != "" }.keys) }
    let jobs = ["userA/501", "userB/502"]
    for router in [first, second] { try await router.wait("two jobs") { $0.jobs.map(\.name) == jobs } }
    // A job that has no rows any more: nothing but what a router knows of it can bring it back.
    live.set(["userA:501:c1"])
    try await eventually("shares of both jobs and both routers", within: .seconds(20)) {
      let keys = try shares()
      return jobs.allSatisfy { job in keys.contains { $0.hasPrefix("job/\(job)/") } }
        && keys.isSuperset(of: ["router/one", "router/two"])
    }
    let before = try shares()

    for round in 1...2 {
      for outcome in try stage.admin.deleteTopics([stage.jobIndex], timeoutMilliseconds: 30000) {
        #expect(outcome.error == nil)
      }
      try await eventually("all shares after deletion \(round)", within: .seconds(20)) {
        (try? shares())?.isSuperset(of: before) == true
      }
    }
    let logs = first.log + second.log
    #expect(
      logs.contains("warning the job index topic was deleted; creating it again topic=\(stage.jobIndex)"), "\(logs)")
    #expect(logs.contains("the job index topic is back; publishing all jobs again"), "\(logs)")
    #expect(!logs.contains("the job index cannot be published"), "\(logs)")
    try await live.stop()
    try await second.stop()
    try await first.stop()
    // What an earlier run published is read before anything else.
    let later = try await IndexedRouter(file)
    try await later.wait("both jobs") { $0.totals.complete && $0.jobs.map(\.name) == jobs }
    try await later.stop()
  }

  /// A share of another version: members that nobody knows, values of other types, and a state that does not exist yet.
  private static func foreign(_ job: Int, at time: Int64) -> String {
    """
    {"user":"userX","job":"\(job)","router":"new","state":"paused","version":{"of":[1,2]},"schemas":[{"name":"gpu",\
    "rows":7,"bytes":70,"rate":0.5,"joules":1e300},{"rows":1},"gpu",null],"nodes":[{"node":"c7","first":\(time),\
    "last":\(time + 900),"values":{"gpu/power":3},"rack":"r1"},{"node":"c8"},{"node":7,"first":"x"}],\
    "history":[{"time":\(time),"state":"active","reason":"telepathy"},{"time":\(time + 500),"state":"paused"}],\
    "slurm":{"message":true,"name":"f\\u00f6o","started":"yesterday"}}
    """
  }

  @Test func messagesThatNobodyCanReadArePassedOver() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    try stage.makeTopics([stage.jobIndex: 1], settings: ["cleanup.policy": "compact"])
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    let written: [(key: String?, value: String?)] = [
      ("", "{}"), ("job", "{}"), ("job/userX", "{}"), ("job/a/b/c/d", "{}"), ("job///", "{}"), ("job///new", "{}"),
      ("job/userX/907/new", "{}"),
      ("job/user-/1/one", "{}"), ("job/userX/902/new", "this is no JSON"), ("job/userX/903/new", ""),
      ("job/userX/904/new", "[[[[[["), ("router/", "{}"), ("router/odd", "{\"time\":\"now\"}"),
      ("router/older", "null"), ("x/y", nil), ("job/userX/905/new", nil),
      ("job/userX/901/new", Self.foreign(901, at: now)),
    ]
    try stage.send(written, to: stage.jobIndex)
    let live = try LiveRows(stage, ["userA:501:c1"], partitions: 1)
    let router = try await IndexedRouter(try RouterFile(stage), jobs: Self.rules)
    try await router.wait("its own jobs and what can be understood") { shown in
      shown.totals.complete && shown.jobs.contains { $0.name == "userA/501" && $0.state == "active" }
    }
    let names = try await router.jobs().jobs.map(\.name)
    #expect(names == ["userA/501", "userX/901"])
    let foreign = try #require(try await router.job("901", user: "userX"))
    #expect(foreign.nodes == ["c7"] && foreign.rows == 7 && foreign.slurm?.name == "föo")
    #expect(foreign.states.first == "active rows")
    // The same while it runs.
    try stage.send(written, to: stage.jobIndex)
    try stage.send([("job/userX/906/new", Self.foreign(906, at: now))], to: stage.jobIndex)
    try await router.wait("the other share") { $0.jobs.contains { $0.name == "userX/906" } }
    #expect(router.log.matches(of: /skipping an unreadable message of the job index/).count == 1)
    try await live.stop()
    try await router.stop()
  }
}
