import Decomp
import Foundation
import Naming
import TestSupport
import Testing

@testable import MetricRouter

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
    #expect(schema.fate == .routedByJob(nil))
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
    (#"{"schema":"x","cols":[{"src":"job_id"}]}"#, .routedByJob(.init(role: .job, name: "job_id"))),
    (
      #"{"schema":"x","cols":[{"src":"component_id"},{"src":"job_id","dst":"j"}]}"#,
      .routedByJob(.init(role: .job, name: "j"))
    ),
    (
      #"{"schema":"x","cols":[{"src":"job_id"},{"src":"producer"}]}"#,
      .routedByColumn(.init(role: .producer, name: "producer"))
    ),
    (#"{"schema":"x","cols":[{"src":"component_id"}]}"#, .deadLettered(.noIdentity)),
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
      case (.routedByJob(let column), .deadLettered(let refusal)):
        #expect(refusal.reason == .noIdentity)
        let job = try #require(check.readings.first).jobID
        #expect(job == 0 || (job == nil && column == nil))
      case (.routedByJob, .dependsOnJob(let job, _)): #expect(job != 0)
      case (.routedByColumn, _), (.routedByTopic, _): continue
      default: Issue.record("\(schema.name): said was \(schema.fate), and it is \(check.verdict)")
      }
    }
  }
}
