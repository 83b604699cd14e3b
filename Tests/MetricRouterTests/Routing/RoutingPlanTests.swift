import Decomp
import Naming
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingPlanTests {
  private static let meminfo = RowSchema(
    name: "meminfo",
    columns: [
      Column(source: "timestamp", type: .timestamp), Column(source: "producer", type: .array(.char)),
      Column(source: "job_id", type: .scalar(.u64)),
    ])
  private static let odd = RowSchema(name: "net dev", columns: [Column(source: "rx", type: .scalar(.u64))])

  private static func plan(
    _ schemas: [RowSchema], storesAsIs: Bool = false, topic: String? = nil, inputs: [String] = []
  ) throws -> RoutingPlan {
    let producers = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-3],n1"))
    return RoutingPlan(
      schemas: schemas, storesAsIs: storesAsIs, producers: producers,
      topicIdentity: try topic.map { try TopicIdentity($0, producers: producers) }, names: try TopicNames(),
      inputs: inputs)
  }

  private static func accepts(_ input: InputTopic, _ row: String) -> Bool {
    guard case .decoded(let decoder) = input.rows else { return false }
    guard case .row = Array(row.utf8).withUnsafeBytes({ decoder.decode($0) }) else { return false }
    return true
  }

  private static func owner(_ input: InputTopic) -> String {
    switch input.owner {
    case .none: "none"
    case .topic(let producer, .identity(let reading)):
      "\(producer.text) is \(reading.user.text) on \(reading.node.text)"
    case .topic(let producer, .host): "\(producer.text) is a host"
    case .topic(let producer, .refused(let reason, _)): "\(producer.text) is \(reason.rawValue)"
    }
  }

  private static func refusal(_ input: InputTopic) -> DeadLetterReason? {
    guard case .refused(let reason, _) = input.rows else { return nil }
    return reason
  }

  private static let row = #"{"timestamp":1.000000,"producer":"userA-c2","job_id":101}"#
  private static let asIsRow = #"{"timestamp":1.000000,"job_id":101,"a":0.5}"#

  @Test func aStaticTopicHasTheRowsOfItsSchema() throws {
    let plan = try Self.plan([Self.meminfo])
    let input = plan.input(topic: "meminfo")
    #expect(Self.accepts(input, Self.row))
    #expect(!Self.accepts(input, Self.asIsRow))
    #expect(Self.owner(input) == "none")
    #expect(plan.schemaNames == ["meminfo"])
  }

  @Test(arguments: ["memInfo", "meminfo ", "", "meminfo_4b63562", "ldms.json.userA-c2.meminfo", "net.dev"])
  func anyOtherTopicIsUnknown(topic: String) throws {
    #expect(Self.refusal(try Self.plan([Self.meminfo, Self.odd]).input(topic: topic)) == .unknownSchema)
  }

  @Test func anAsIsTopicIsKnownByItsDigest() throws {
    let plan = try Self.plan([Self.meminfo], storesAsIs: true)
    #expect(Self.accepts(plan.input(topic: "vmstat_a2870ae"), Self.asIsRow))
    for topic in ["vmstat", "vmstat_a2870a", "vmstat_A2870AE", "_a2870ae"] {
      let isAsIs = Decomposition.asIsSchema(ofTopic: topic) != nil
      #expect((Self.refusal(plan.input(topic: topic)) == .unknownSchema) == !isAsIs, "\(topic)")
    }
    #expect(Self.refusal(plan.input(topic: "vmstat")) == .unknownSchema)
    #expect(!Self.accepts(plan.input(topic: "meminfo"), Self.asIsRow), "a declared schema is no as_is one")
  }

  @Test func aDeclaredSchemaMayLookLikeAnAsIsTopic() throws {
    let declared = RowSchema(name: "meminfo_4b63562", columns: Self.meminfo.columns)
    // An as_is set may have a metric that is called producer, so nobody knows whose this row is.
    #expect(!Self.accepts(try Self.plan([declared], storesAsIs: true).input(topic: declared.name), Self.row))
    #expect(Self.accepts(try Self.plan([declared], storesAsIs: true).input(topic: declared.name), Self.asIsRow))
    #expect(Self.accepts(try Self.plan([declared]).input(topic: declared.name), Self.row))
    #expect(!Self.accepts(try Self.plan([declared]).input(topic: declared.name), Self.asIsRow))
  }

  @Test func schemasOfOneNameShareATopic() throws {
    let other = RowSchema(name: "meminfo", columns: [Column(source: "MemFree", type: .scalar(.u64))])
    let input = try Self.plan([Self.meminfo, other, Self.meminfo]).input(topic: "meminfo")
    #expect(Self.accepts(input, Self.row))
    #expect(Self.accepts(input, #"{"MemFree":1}"#))
    guard case .decoded(let decoder) = input.rows else { return }
    #expect(decoder.schemas.count == 2, "the same schema twice is one")
  }

  @Test func theTopicsNameMaySayWhoseItsRowsAre() throws {
    let plan = try Self.plan([Self.meminfo, Self.odd], storesAsIs: true, topic: "ldms.json.{producer}.{schema}.{any}")
    let rest = "userA-c2.set.root.root.0.0.-r--r-----.0440"
    for (schema, row) in [("meminfo", Self.row), ("net.dev", #"{"rx":1}"#), ("vmstat_a2870ae", Self.asIsRow)] {
      let input = plan.input(topic: "ldms.json.userA-c2.\(schema).\(rest)")
      #expect(Self.owner(input) == "userA-c2 is userA on c2", "\(schema)")
      #expect(Self.accepts(input, row), "\(schema)")
    }
    #expect(Self.owner(plan.input(topic: "ldms.json.a-b-c.meminfo.x")) == "a-b-c is bad-producer")
    #expect(Self.owner(plan.input(topic: "ldms.json.n1.meminfo.x")) == "n1 is a host")
    #expect(Self.refusal(plan.input(topic: "ldms.json.userA-c2.other.\(rest)")) != nil)
    // What the pattern does not match is read by its own name, as rows of store_kafka.
    #expect(Self.owner(plan.input(topic: "meminfo")) == "none")
    #expect(Self.accepts(plan.input(topic: "meminfo"), Self.row))
  }

  /// `topic=ldms`: a topic that is named, and is no row schema's, may carry the rows of all.
  @Test func aNamedTopicMayCarryAllRowSchemas() throws {
    let plan = try Self.plan([Self.meminfo, Self.odd], inputs: ["ldms", "meminfo"])
    #expect(plan.sharedInputs == ["ldms"])
    let input = plan.input(topic: "ldms")
    #expect(input.carriesAllSchemas)
    #expect(input.kinds.map(\.schema) == ["meminfo", "net dev"])
    #expect(Self.accepts(input, Self.row))
    #expect(Self.accepts(input, #"{"rx":1}"#))
    #expect(!Self.accepts(input, Self.asIsRow))
    #expect(Self.owner(input) == "none")
    let own = plan.input(topic: "meminfo")
    #expect(!own.carriesAllSchemas)
    #expect(!Self.accepts(own, #"{"rx":1}"#))
    // Nobody named it.
    #expect(Self.refusal(plan.input(topic: "other")) == .unknownSchema)
    // Where topics are named by a pattern, this one is still no row schema's.
    let patterned = try Self.plan(
      [Self.meminfo], topic: "ldms.{schema}", inputs: ["ldms", "ldms.meminfo", "ldms.other"])
    #expect(patterned.sharedInputs == ["ldms"])
    #expect(Self.refusal(patterned.input(topic: "ldms.other")) == .unknownSchema)
    // Nothing is declared that could be found by its columns.
    #expect(try Self.plan([], storesAsIs: true, inputs: ["ldms"]).sharedInputs.isEmpty)
    // Its rows and those of the decomposition can be taken for each other.
    let asIs = try Self.plan([Self.meminfo], storesAsIs: true, inputs: ["ldms"]).input(topic: "ldms")
    #expect(asIs.kinds.map(\.schema) == ["meminfo", "as_is"])
    #expect(!Self.accepts(asIs, Self.row))
    #expect(Self.accepts(asIs, Self.asIsRow))
  }

  /// Whoever may write to a topic that a wide regular expression also finds must not write rows of others there.
  @Test(arguments: [
    ("^ldms-.*$", true), ("^.*$", false), ("^mem", false), ("^meminfo$", false), ("^ldms-all$", true),
  ]) func aRegularExpressionIsForSuchTopicsIfItFindsNoRowSchemas(_ input: String, _ isShared: Bool) throws {
    let plan = try Self.plan([Self.meminfo, Self.odd], inputs: [input])
    #expect(plan.sharedInputs == (isShared ? [input] : []))
    #expect(plan.input(topic: "ldms-all").carriesAllSchemas == isShared)
    #expect(!plan.input(topic: "meminfo").carriesAllSchemas)
    #expect(try Self.plan([Self.meminfo], storesAsIs: true, inputs: [input]).sharedInputs.isEmpty)
    #expect(try Self.plan([Self.meminfo], topic: "{any}.{schema}", inputs: [input]).sharedInputs.isEmpty)
  }

  @Test func rowSchemasWithTheSameColumnsAreNamed() throws {
    let twin = RowSchema(name: "memory", columns: Self.meminfo.columns)
    #expect(try Self.plan([twin, Self.odd, Self.meminfo]).schemasWithSameColumns == [["meminfo", "memory"]])
    #expect(try Self.plan([Self.odd, Self.meminfo]).schemasWithSameColumns.isEmpty)
  }

  /// `topic=ldms.%S`, as in LDMS's own manual.
  @Test func theTopicsNameMaySayTheRowSchemaAlone() throws {
    for (pattern, prefix) in [("ldms.{schema}", "ldms."), ("{any}.{schema}", "site-a."), ("{schema}", "")] {
      let plan = try Self.plan([Self.meminfo, Self.odd], storesAsIs: true, topic: pattern)
      for (topic, schema, row) in [
        ("meminfo", "meminfo", Self.row), ("net.dev", "net dev", #"{"rx":1}"#),
        ("vmstat_a2870ae", "vmstat_a2870ae", Self.asIsRow),
      ] {
        let input = plan.input(topic: prefix + topic)
        #expect(Self.accepts(input, row), "\(pattern) \(topic)")
        #expect(Self.owner(input) == "none")
        #expect(input.kinds.map(\.schema) == [schema], "what the index and metrics call it")
      }
      #expect(Self.refusal(plan.input(topic: prefix + "other")) == .unknownSchema)
    }
  }

  @Test func topicsThatWouldBeTooLongAreRejected() throws {
    let plan = try Self.plan([Self.meminfo])
    guard case .identity(let identity) = plan.identify(producer: Name("userA:101:c1"), jobID: nil) else {
      Issue.record("userA:101:c1 was not read")
      return
    }
    let names = try plan.topics(of: identity).get()
    #expect(names.user == "ldms.user.userA.rows")
    #expect(names.job == "ldms.user.userA.job.101")
    guard case .refused(let refusal) = plan.identify(producer: Name(String(repeating: "x", count: 300)), jobID: 1)
    else {
      Issue.record("a producer of 300 bytes was read")
      return
    }
    #expect(refusal.reason == .badProducer)
  }

  /// Whatever a host is called: whose its rows are, their job's number says, and nothing else.
  @Test func aNodeIsNobodysProducer() throws {
    let plan = try Self.plan([Self.meminfo])
    #expect(plan.identify(producer: Name("c1"), jobID: 701) == .job(701, host: Name("c1")))
    #expect(plan.identify(producer: Name("c1.example.org"), jobID: nil) == .job(0, host: Name("c1.example.org")))
  }
}
