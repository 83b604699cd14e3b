import Decomp
import Foundation
import Naming
import PlanSupport
import Replay
import TestSupport
import Testing

@testable import Checking
@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct DecompositionCheckTests {
  @Test func recordingIsRoutedByProducer() throws {
    let decomposition = try #require(try TestPlan.decompositions(of: .recording).first)
    let check = DecompositionCheck(decomposition, plan: try TestPlan.of(.recording))
    #expect(check.summary == "flex of 7 static")
    #expect(check.parts.first == .init(path: "$", kind: "flex", isApplied: true))
    #expect(check.warnings.isEmpty)
    #expect(check.schemas.count == 7)
    for schema in check.schemas {
      #expect(schema.identity.map(\.role) == [.producer, .instance, .job])
      #expect(schema.topics == .named(schema.name))
      #expect(schema.fate == .routedByColumn(.init(role: .producer, name: "producer")))
      #expect(schema.isRouted)
    }
    #expect(check.schemas.first { $0.name == "meminfo" }?.columnCount == 60)
  }

  @Test func asIsHasNoIdentityUnlessTheTopicHas() throws {
    let decomposition = try #require(try TestPlan.decompositions(of: .asIs).first)
    let check = DecompositionCheck(decomposition, plan: try TestPlan.of(.asIs))
    let schema = try #require(check.schemas.first)
    #expect(check.schemas.count == 1)
    #expect(schema.columnCount == nil)
    #expect(schema.topics == .pattern(Decomposition.asIsTopicPattern))
    #expect(schema.fate == .routedByJob(.metrics(["job_id"])))
    #expect(schema.isRouted)
    #expect(check.warnings.map(\.code) == [.asIsNoProducer])

    let pattern = "ldms.{producer}.{schema}"
    let byTopic = DecompositionCheck(decomposition, plan: try TestPlan.of(.asIs, topicPattern: pattern))
    #expect(byTopic.schemas.first?.fate == .routedByTopic(pattern))
    #expect(byTopic.schemas.first?.topics == .identityPattern(pattern))
    #expect(byTopic.warnings.isEmpty)
  }

  /// A column or row schema, and what becomes of its rows.
  static let fates: [(text: String, fate: RowSchemaCheck.Fate)] = [
    (#"{"schema":"x","cols":[{"src":"a"}]}"#, .deadLettered(.noIdentity)),
    (#"{"schema":"x","cols":[{"src":"job_id"}]}"#, .routedByJob(.columns([.init(role: .job, name: "job_id")]))),
    (
      #"{"schema":"x","cols":[{"src":"component_id"},{"src":"job_id","dst":"j"}]}"#,
      .routedByJob(.columns([.init(role: .job, name: "j")]))
    ),
    (
      #"{"schema":"x","cols":[{"src":"job_id"},{"src":"producer"}]}"#,
      .routedByColumn(.init(role: .producer, name: "producer"))
    ),
    (#"{"schema":"x","cols":[{"src":"component_id"}]}"#, .unassigned),
    (
      #"{"schema":"x","cols":[{"src":"instance","dst":"set"}]}"#,
      .routedByColumn(.init(role: .instance, name: "set"))
    ),
    (
      #"{"schema":"x","cols":[{"src":"instance"},{"src":"producer","dst":"p"}]}"#,
      .routedByColumn(.init(role: .producer, name: "p"))
    ),
    (#"{"schema":"x","cols":[{"src":"a","dst":"producer"}]}"#, .deadLettered(.noIdentity)),
    (
      #"{"schema":"a b","cols":[{"src":"producer"}]}"#, .neverArrive("Kafka does not allow the topic's name")
    ),
    (#"{"schema":"","cols":[{"src":"producer"}]}"#, .neverArrive("Kafka does not allow the topic's name")),
    (
      #"{"schema":"ldms.router.x","cols":[{"src":"producer"}]}"#,
      .neverArrive("the topic is one that the router writes")
    ),
    (
      #"{"schema":"x","cols":[{"src":"producer"},{"src":"l","type":"list"}]}"#,
      .neverArrive("LDMS cannot print a list, and stores no row")
    ),
  ]

  @Test(arguments: fates) func rowSchemaHasItsFate(_ case: (text: String, fate: RowSchemaCheck.Fate)) throws {
    let text = "{\"type\":\"static\",\"rows\":[\(`case`.text)]}"
    let decomposition = try Decomposition(bytes: Array(text.utf8), file: "decomp.json")
    let check = DecompositionCheck(decomposition, plan: try TestPlan.of([decomposition]))
    #expect(check.schemas.map(\.fate) == [`case`.fate])
    #expect(check.summary == "static")
  }

  /// What becomes of rows of a host, by what else they say and by what the site has.
  static let hosts: [(columns: [String], instances: [String], asksByNode: Bool, fate: RowSchemaCheck.Fate)] = [
    (["producer", "job_id"], [], false, .routedByJob(.columns([.init(role: .job, name: "job_id")]))),
    (["producer", "instance", "job_id"], [], false, .routedByJob(.columns([.init(role: .job, name: "job_id")]))),
    (
      ["producer", "instance", "job_id"], ["{node}/{any}-{job}"], false,
      .routedByJob(.columns([.init(role: .instance, name: "instance")]))
    ),
    (["instance"], ["{node}/{any}-{job}"], false, .routedByJob(.columns([.init(role: .instance, name: "instance")]))),
    (["producer", "instance"], [], false, .unassigned),
    (["producer", "instance"], [], true, .routedByHost(.init(role: .producer, name: "producer"))),
    (["producer", "job_id"], [], true, .routedByJob(.columns([.init(role: .job, name: "job_id")]))),
    (["timestamp"], [], true, .deadLettered(.noIdentity)),
  ]

  @Test(arguments: hosts) func rowsOfAHostHaveTheirFate(
    _ case: (columns: [String], instances: [String], asksByNode: Bool, fate: RowSchemaCheck.Fate)
  ) throws {
    let decomposition = try TestPlan.decomposition(columns: `case`.columns)
    var configuration = Configuration()
    configuration.identity.producers = [Located("{node}")]
    configuration.identity.nodes = Located("c[1-3]")
    configuration.identity.instances = `case`.instances.map { Located($0) }
    var problems: [ConfigurationProblem] = []
    let plan = try #require(RoutingPlan(configuration, decompositions: [decomposition], problems: &problems))
    var authorities = JobAuthorities()
    authorities.asksByNode = `case`.asksByNode
    authorities.messages = ["hpc"]
    let check = DecompositionCheck(decomposition, plan: plan, authorities: authorities)
    #expect(check.schemas.map(\.fate) == [`case`.fate])
    #expect(check.findings.map(\.code) == (`case`.fate == .unassigned ? ["no-job"] : []))
    // A producer is not needed where the job's number is enough.
    let isRouted = check.schemas.allSatisfy(\.isRouted)
    #expect(check.warnings.contains { $0.code == .noProducer } == (!isRouted && !`case`.columns.contains("producer")))
  }

  @Test func memberThatNothingNamesStoresNoRows() throws {
    let text = """
      {"type": "flex", "default": "a", "decomposition": {
        "a": {"type": "as_is"},
        "b": {"type": "static", "rows": [{"schema": "x", "cols": [{"src": "producer"}]}]}}}
      """
    let decomposition = try Decomposition(bytes: Array(text.utf8), file: "decomp.json")
    let check = DecompositionCheck(decomposition, plan: try TestPlan.of([decomposition]))
    #expect(check.summary == "flex of 1 static and 1 as_is")
    #expect(check.parts.filter { !$0.isApplied }.map(\.path) == ["$.decomposition.b"])
    #expect(check.schemas.first?.fate == .neverArrive("no match of the flex applies its decomposition"))
  }

  /// What is said beforehand about a row schema is what becomes of its rows.
  @Test(arguments: [Capture.recording, .static, .asIs, .slurmAsIs, .weird]) func whatIsReportedBeforehandHolds(
    _ capture: Capture
  ) throws {
    let plan = try TestPlan.of(capture)
    let checks = try TestPlan.decompositions(of: capture).map { DecompositionCheck($0, plan: plan) }
    let declared = Dictionary(
      checks.flatMap(\.schemas).filter { $0.columnCount != nil }.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let asIs = checks.flatMap(\.schemas).first { $0.columnCount == nil }
    for row in try capture.read().rows {
      let schema = try #require(declared[row.topic] ?? asIs)
      let check = RowCheck(row.payload, topic: row.topic, plan: plan)
      switch (schema.fate, check.verdict) {
      case (.deadLettered(let reason), .deadLettered(let refusal)): #expect(refusal.reason == reason)
      // A row without a job's number belongs to no job.
      case (.routedByJob(let number), .deadLettered(let refusal)):
        #expect(refusal.reason == .noIdentity)
        let job = try #require(check.readings.first).jobID
        #expect(job == 0 || (job == nil && number == .metrics(["job_id"])))
      case (.routedByJob, .unassigned):
        #expect(try #require(check.readings.first).jobID ?? 0 == 0)
      case (.unassigned, .unassigned): continue
      case (.routedByJob, .dependsOnJob(let job, _)): #expect(job != 0)
      case (.routedByColumn, _), (.routedByTopic, _): continue
      default: Issue.record("\(schema.name): said was \(schema.fate), and it is \(check.verdict)")
      }
    }
  }
}
