import Decomp
import Foundation
import Naming
import PlanSupport
import Replay
import TestSupport
import Testing

@testable import Checking
@testable import ConfigurationFiles
@testable import Jobs
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct RowCheckTests {
  /// What becomes of the rows of each capture: `routed`, or the reason of the dead letters.
  static let fates: [(capture: Capture, pattern: String, counts: [String: Int])] = [
    (.recording, "", ["routed": 4671]),
    (.static, "", ["routed": 2704, "unassigned": 226]),
    (.asIs, "", ["unassigned": 3679]),
    (.slurmAsIs, "", ["no-identity": 7, "unassigned": 100, "depends on job": 19]),
    (.weird, "", ["routed": 42, "unassigned": 42, "bad-producer": 14]),
    (.avroKafkaJSON, "", ["unknown-schema": 304]),
    (.avroKafkaJSON, "ldms.json.{producer}.{schema}.{any}", ["routed": 304]),
    (.avroKafkaAvro, "", ["unsupported-encoding": 246]),
  ]

  @Test(arguments: fates) func everyRowOfACaptureHasItsFate(
    _ case: (capture: Capture, pattern: String, counts: [String: Int])
  ) throws {
    let plan = try TestPlan.of(`case`.capture, topicPattern: `case`.pattern)
    var counts: [String: Int] = [:]
    for row in try `case`.capture.read().rows {
      let check = RowCheck(row.payload, topic: row.topic, plan: plan)
      switch check.verdict {
      case .routed: counts["routed", default: 0] += 1
      case .deadLettered(let refusal): counts[refusal.reason.rawValue, default: 0] += 1
      case .dependsOnJob: counts["depends on job", default: 0] += 1
      case .unassigned: counts["unassigned", default: 0] += 1
      case .withheld: counts["withheld", default: 0] += 1
      case .dependsOnHost: counts["depends on host", default: 0] += 1
      case .undecided: counts["undecided", default: 0] += 1
      }
    }
    #expect(counts == `case`.counts)
  }

  /// Rows of one row schema whose columns are timestamp, producer and job_id.
  static let rows: [(row: String, topic: String?, verdict: String)] = [
    (#"{"timestamp":1.000000,"producer":"userA:101:c2","job_id":0}"#, "x", "routed userA 101 c2 template"),
    (#"{"timestamp":1.000000,"producer":"userA:0:c2","job_id":7}"#, "x", "routed userA 7 c2 column"),
    (#"{"timestamp":1.000000,"producer":"userA-c2","job_id":0}"#, nil, "routed userA userA-c2 c2 producer"),
    (#"{"timestamp":1.000000,"producer":"jean-luc-c2","job_id":0}"#, "x", "routed jean-luc jean-luc-c2 c2 producer"),
    (#"{"timestamp":1.000000,"producer":"userA-c4","job_id":7}"#, "x", "dead-lettered bad-producer"),
    (#"{"timestamp":1.000000,"producer":"c2","job_id":701}"#, "x", "depends on job 701"),
    (#"{"timestamp":1.000000,"producer":"c2.example.org","job_id":701}"#, nil, "depends on job 701"),
    (#"{"timestamp":1.000000,"producer":"c2","job_id":0}"#, "x", "unassigned"),
    (#"{"timestamp":1.000000,"producer":"","job_id":0}"#, nil, "dead-lettered bad-producer"),
    (#"{"timestamp":1.000000,"producer":"nobody","job_id":0}"#, nil, "dead-lettered bad-producer"),
    (#"{"timestamp":1.000000,"producer":"a\u{0}b-c2","job_id":0}"#, nil, "dead-lettered bad-producer"),
    ("{\"timestamp\":1.000000,\"producer\":\"a\u{0}b-c2\",\"job_id\":0}", nil, "dead-lettered malformed-row"),
    ("{\"timestamp\":1.000000,\"producer\":\"a\nb-c2\",\"job_id\":0}", "x", "dead-lettered bad-producer"),
    (
      #"{"timestamp":1.000000,"producer":"a-c1","job_id":1,"producer":"b-c1","job_id":2}"#, "x",
      "dead-lettered bad-producer"
    ),
    (#"{"timestamp":1.000000,"job_id":0,"producer":"userA-c2"}"#, "x", "dead-lettered malformed-row"),
    (#"{"timestamp":1.000000,"producer":"userA-c2"}"#, nil, "dead-lettered malformed-row"),
    (#"{"timestamp":1.000000,"producer":"userA-c2","job_id":0} "#, nil, "dead-lettered malformed-row"),
    ("", "x", "dead-lettered malformed-row"),
    ("[]", nil, "dead-lettered malformed-row"),
    (#"{"timestamp":1.000000,"producer":"userA-c2","job_id":0}"#, "y", "dead-lettered unknown-schema"),
    (#"{"timestamp":1.000000,"producer":"userA-c2","job_id":0}"#, "", "dead-lettered unknown-schema"),
  ]

  @Test(arguments: rows) func rowHasItsVerdict(_ case: (row: String, topic: String?, verdict: String)) throws {
    let plan = try TestPlan.of(columns: ["timestamp", "producer", "job_id"])
    let check = RowCheck(Array(`case`.row.utf8), topic: `case`.topic, plan: plan)
    #expect(check.verdict.short == `case`.verdict)
    #expect(check.byteCount == `case`.row.utf8.count)
  }

  /// The host and the time may lead to the job, if a site says so.
  @Test func aHostWithoutAJobDependsOnWhatRanThere() throws {
    let plan = try TestPlan.of(columns: ["timestamp", "producer", "job_id"])
    func verdict(_ row: String) -> String {
      RowCheck(Array(row.utf8), topic: "x", plan: plan, asksByNode: true).verdict.short
    }
    #expect(verdict(#"{"timestamp":1.000000,"producer":"c2","job_id":0}"#) == "depends on host")
    #expect(verdict(#"{"timestamp":1.000000,"producer":"c2","job_id":7}"#) == "depends on job 7")
    #expect(verdict(#"{"timestamp":1.000000,"producer":"userA-c2","job_id":0}"#) == "routed userA userA-c2 c2 producer")
  }

  /// Rows of hosts, with what an operator says of jobs: whose they are follows as in the service.
  static let owned: [(owners: [(job: UInt64, user: String, nodes: [String]?)], row: String, verdict: String)] = [
    (
      [(701, "alice", ["c1", "c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#,
      "routed alice 701 c2 column"
    ),
    (
      [(701, "alice", nil)], #"{"timestamp":9.000000,"producer":"c2.site","job_id":701}"#,
      "routed alice 701 c2.site column"
    ),
    ([(701, "alice", ["c1"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#, "dead-lettered unknown-job"),
    // Of another job nothing was said.
    ([(702, "alice", ["c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#, "depends on job 701"),
    (
      [(701, "alice", ["c2"]), (701, "bob", ["c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#,
      "dead-lettered ambiguous-owner"
    ),
    (
      [(701, "alice", ["c1"]), (701, "bob", ["c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#,
      "routed bob 701 c2 column"
    ),
    (
      [(701, "alice", ["c2"]), (702, "bob", ["c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":701}"#,
      "withheld"
    ),
    // The only job on the host.
    ([(701, "alice", ["c2"])], #"{"timestamp":9.000000,"producer":"c2","job_id":0}"#, "routed alice 701 c2 column"),
    ([(701, "alice", ["c1"])], #"{"timestamp":9.000000,"producer":"c2","job_id":0}"#, "unassigned"),
    // What a row says itself goes before.
    (
      [(701, "bob", nil)], #"{"timestamp":9.000000,"producer":"alice:701:c2","job_id":701}"#,
      "routed alice 701 c2 template"
    ),
  ]

  @Test(arguments: owned) func ownersDecideRowsOfHosts(
    _ case: (owners: [(job: UInt64, user: String, nodes: [String]?)], row: String, verdict: String)
  ) throws {
    let plan = try TestPlan.of(columns: ["timestamp", "producer", "job_id"], nodes: "c[1-3]")
    var rules = JobRules()
    rules.owners.asksByNode = true
    var owners = KnownOwners(rules)
    for owner in `case`.owners {
      owners.add(job: owner.job, user: Name(owner.user), nodes: owner.nodes?.map { Name($0) })
    }
    for topic in ["x", nil] {
      let check = RowCheck(Array(`case`.row.utf8), topic: topic, plan: plan, asksByNode: true, owners: owners)
      #expect(check.verdict.short == `case`.verdict)
    }
  }

  /// The number of a row's job is named after the column that it is from.
  @Test(arguments: [
    (#"{"component_id":7,"job_id":0}"#, "component_id"), (#"{"component_id":0,"job_id":7}"#, "job_id"),
    (#"{"component_id":7,"job_id":8}"#, "component_id"), (#"{"component_id":0,"job_id":0}"#, "component_id"),
  ]) func theColumnOfTheJobIsNamed(_ row: String, _ column: String) throws {
    var configuration = Configuration()
    configuration.identity.job = ["component_id", "job_id"].map { Located($0) }
    let text =
      #"{"type":"static","rows":[{"schema":"x","cols":[{"src":"component_id","type":"u64"},{"src":"job_id","type":"u64"}]}]}"#
    let decomposition = try Decomposition(bytes: Array(text.utf8), file: "decomp.json")
    var problems: [ConfigurationProblem] = []
    let plan = try #require(RoutingPlan(configuration, decompositions: [decomposition], problems: &problems))
    let check = RowCheck(Array(row.utf8), topic: "x", plan: plan)
    #expect(check.readings.map(\.jobColumn) == [column])
    let numbers = ["component_id", "job_id"].map { RowSchemaCheck.IdentityColumn(role: .job, name: $0) }
    #expect(DecompositionCheck(decomposition, plan: plan).schemas.map(\.fate) == [.routedByJob(.columns(numbers))])
  }

  @Test func longNamesAreDeadLetters() throws {
    // 60 letters of three bytes each, so 540 once encoded.
    let plan = try TestPlan.of(columns: ["producer"])
    let check = RowCheck(
      Array("{\"producer\":\"\(String(repeating: "\u{4e00}", count: 60)):1:c\"}".utf8), topic: nil, plan: plan)
    #expect(check.verdict.short == "dead-lettered name-too-long")
  }

  @Test func everyRowSchemaIsTriedWithoutTopic() throws {
    let plan = try TestPlan.of(.recording)
    for topic in try Capture.recording.read().topics {
      let row = try #require(try Capture.recording.read().rows.first { $0.topic == topic })
      let with = RowCheck(row.payload, topic: topic, plan: plan)
      let without = RowCheck(row.payload, topic: nil, plan: plan)
      #expect(without.readings == with.readings)
      #expect(without.verdict == with.verdict)
      #expect(without.misses.count == 6)
    }
  }

  @Test func nearestRowSchemaComesFirst() throws {
    let plan = try TestPlan.of(.recording)
    let row = try #require(try Capture.recording.read().rows.first { $0.topic == "meminfo" })
    let check = RowCheck(row.payload.dropLast(100), topic: nil, plan: plan)
    #expect(check.readings.isEmpty)
    #expect(check.misses.count == 7)
    #expect(check.misses.first?.schema == "meminfo")
    #expect(check.misses.first?.refusal.reason == .truncated)
    guard case .deadLettered(let refusal) = check.verdict else {
      Issue.record("\(check.verdict)")
      return
    }
    #expect(refusal.reason == .malformedRow)
    #expect(refusal.detail.contains(#"nearest is row schema "meminfo""#))
  }

  @Test func differentEndsAreUndecided() throws {
    let decompositions = [
      try TestPlan.decomposition(columns: ["timestamp", "producer"], schema: "a"),
      try TestPlan.decomposition(columns: ["timestamp", "producer"], schema: "b"),
    ]
    let row = Array(#"{"timestamp":1.000000,"producer":"userA-c2"}"#.utf8)
    let same = RowCheck(row, topic: nil, plan: try TestPlan.of(decompositions))
    #expect(same.readings.map(\.schema?.name) == ["a", "b"])
    #expect(same.verdict.short == "routed userA userA-c2 c2 producer")

    // The same bytes, but the column is another's: whose it is, the row does not say.
    let other =
      #"{"type":"static","rows":[{"schema":"c","cols":[{"src":"timestamp","type":"ts"},"#
      + #"{"src":"user","dst":"producer","type":"char_array"}]}]}"#
    let plan = try TestPlan.of(decompositions + [Decomposition(bytes: Array(other.utf8), file: "other.json")])
    let check = RowCheck(row, topic: nil, plan: plan)
    #expect(check.readings.count == 3)
    guard case .undecided(let why) = check.verdict else {
      Issue.record("\(check.verdict)")
      return
    }
    #expect(why.contains(#"row schema "a""#) && why.contains(#"row schema "c""#))
    #expect(RowCheck(row, topic: "a", plan: plan).verdict.short == "routed userA userA-c2 c2 producer")
    #expect(RowCheck(row, topic: "c", plan: plan).verdict.short == "dead-lettered no-identity")
  }

  @Test func declaredRowSchemaGoesBeforeAsIs() throws {
    let asIs = try Decomposition(bytes: Array(#"{"type":"as_is"}"#.utf8), file: "as_is.json")
    let plan = try TestPlan.of([TestPlan.decomposition(columns: ["timestamp", "producer"]), asIs])
    let row = Array(#"{"timestamp":1.000000,"producer":"userA-c2"}"#.utf8)
    let check = RowCheck(row, topic: nil, plan: plan)
    #expect(check.readings.map(\.schema?.name) == ["x", nil])
    #expect(check.verdict.short == "routed userA userA-c2 c2 producer")
    #expect(RowCheck(row, topic: "x_0123abc", plan: plan).verdict.short == "dead-lettered no-identity")
  }

  @Test func topicNameSaysWhoseItIs() throws {
    let plan = try TestPlan.of(columns: ["timestamp"], topicPattern: "ldms.{schema}.{producer}")
    let row = Array(#"{"timestamp":1.000000}"#.utf8)
    let check = RowCheck(row, topic: "ldms.x.userA-c2", plan: plan)
    #expect(check.verdict.short == "routed userA userA-c2 c2 producer")
    #expect(check.readings.first?.owner == .topic)
    #expect(RowCheck(row, topic: "ldms.x.jean-luc-c4", plan: plan).verdict.short == "dead-lettered bad-producer")
    #expect(RowCheck(row, topic: "ldms.z.userA-c2", plan: plan).verdict.short == "dead-lettered unknown-schema")
    guard case .undecided = RowCheck(row, topic: nil, plan: plan).verdict else {
      Issue.record("without the topic, nobody knows whose it is")
      return
    }
  }

  @Test func planWithoutRowSchemasAcceptsNothing() throws {
    let empty = try Decomposition(bytes: Array(#"{"type":"static","rows":[]}"#.utf8), file: "empty.json")
    let check = RowCheck(Array("{}".utf8), topic: nil, plan: try TestPlan.of([empty]))
    #expect(check.verdict.short == "dead-lettered unknown-schema")
  }
}

extension RowCheck.Verdict {
  /// In one line, for tables of expectations.
  fileprivate var short: String {
    switch self {
    case .routed(let destination):
      "routed \(destination.identity.user) \(destination.identity.job) \(destination.identity.node)"
        + " \(destination.identity.jobSource.rawValue)"
    case .deadLettered(let refusal): "dead-lettered \(refusal.reason.rawValue)"
    case .dependsOnJob(let number, _): "depends on job \(number)"
    case .dependsOnHost: "depends on host"
    case .unassigned: "unassigned"
    case .withheld: "withheld"
    case .undecided: "undecided"
    }
  }
}
