import Decomp
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Rows that say whose a job is.
@Suite struct OwnerRowTests {
  private static let slurmJobs = RowSchema(
    name: "slurm_jobs",
    columns: [
      Column(source: "timestamp", type: .timestamp), Column(source: "producer", name: "hostname", type: .array(.char)),
      Column(source: "component_id", type: .scalar(.u64)),
      Column(source: "job_list", member: "job_id", name: "job_id", type: .scalar(.u64)),
      Column(source: "job_list", member: "user", name: "user", type: .array(.char)),
      Column(source: "job_list", member: "job_name", name: "job_name", type: .array(.char)),
      Column(source: "job_list", member: "job_uid", name: "job_uid", type: .scalar(.u32)),
      Column(source: "job_list", member: "job_start", name: "job_start", type: .scalar(.u32)),
      Column(source: "job_list", member: "job_end", name: "job_end", type: .scalar(.u32)),
      Column(source: "job_list", member: "job_state", name: "job_state", type: .scalar(.u8)),
    ])
  private static let rule = OwnerRule(
    schema: "slurm_jobs", columns: [.job: "job_id", .uid: "job_uid", .host: "hostname"])
  private static let jobID = OwnerRule(
    schema: "jobid", columns: [.job: "job_id", .user: "username"],
    condition: OwnerRule.Condition("component_id = job_id"))

  private static func read(_ reader: OwnerRowReader, _ text: String) -> OwnerRow? {
    Array(text.utf8).withUnsafeBytes { reader.read($0) }
  }

  private static func row(host: String = "c1", job: String = "1001", name: String = "", end: String = "0") -> String {
    #"{"timestamp":1796008362.746192,"hostname":"\#(host)","component_id":1,"job_id":\#(job),"user":"","job_name":"\#(name)","#
      + #""job_uid":2001,"job_start":1796008362,"job_end":\#(end),"job_state":1}"#
  }

  @Test func aRowOfADeclaredSchemaIsRead() throws {
    let reader = try OwnerRowReader(Self.rule, schema: Self.slurmJobs)
    let expected = OwnerRow(
      job: 1001, user: .number(2001), host: Name("c1"), component: 1, start: 1_796_008_362_000,
      time: 1_796_008_362_746, saysTimes: true)
    #expect(Self.read(reader, Self.row()) == expected)
    #expect(expected.claim == JobClaim(.rows, from: 1_796_008_362_000, to: nil, nodes: nil))
    let ended = try #require(Self.read(reader, Self.row(end: "1796008400")))
    #expect(ended.claim == JobClaim(.rows, from: 1_796_008_362_000, to: 1_796_008_400_000, nodes: nil))
    // A name that looks like columns changes nothing.
    for name in [
      #"","job_uid":0,"job_start":0,"job_end":0,"job_state":1}"#,
      #"x","job_uid":2002,"job_start":1796008362,"job_end":0,"job_state":1,"y":""#,
    ] {
      let row = Self.read(reader, Self.row(name: name))
      #expect(row == nil || row == expected, "\(name)")
    }
    // Nobody's: no job, or no node that can be one.
    for text in [
      Self.row(job: "0"), Self.row(job: "4294967296"), Self.row(host: ""), Self.row(host: "a:b"),
      Self.row(host: "c\u{1}"), "", "{}",
      "[]",
    ] { #expect(Self.read(reader, text) == nil, "\(text)") }
  }

  @Test func aRowThatSaysNoTimesHoldsWhereItIs() throws {
    let reader = OwnerRowReader(undeclared: Self.jobID)
    let row = try #require(
      Self.read(
        reader,
        #"{"timestamp":1796008243.901366,"component_id":1,"job_id":1,"uid":1003,"username":"userc","app_id":0,"job_start":0,"job_end":0}"#
      ))
    #expect(row == OwnerRow(job: 1, user: .name(Name("userc")), component: 1, time: 1_796_008_243_901))
    #expect(row.claim == JobClaim(.seen, from: 1_796_008_243_901, to: 1_796_008_243_901, nodes: nil))
    // The node's file says another job than the sampler's.
    #expect(
      Self.read(
        reader,
        #"{"timestamp":1796008243.901366,"component_id":3,"job_id":6,"uid":1003,"username":"userc","app_id":0,"job_start":0,"job_end":0}"#
      ) == nil)
    // Idle nodes name root.
    #expect(
      Self.read(reader, #"{"timestamp":1796008243.901366,"component_id":0,"job_id":0,"uid":0,"username":"root"}"#)
        == nil)
  }

  /// A user chooses a text so that the row says something else, wherever the text stands.
  @Test func aTextCannotForgeAnUndeclaredRow() {
    let rule = OwnerRule(schema: "x", columns: [.job: "job_id", .uid: "uid", .host: "host"])
    let reader = OwnerRowReader(undeclared: rule)
    let pieces = [
      "\"", "\\", ",", ":", "}", "{", "[", "]", "x", "7", "\"job_id\":7", "\"uid\":7", "\"host\":\"c9\"", "\",\"",
      "\":\"",
      "job_id", "uid", "host", "a", "b",
    ]
    var random = SeededGenerator(seed: 15)
    let columns = [#""job_id":5"#, #""uid":2001"#, #""host":"c1""#]
    var read = 0
    for _ in 0..<40_000 {
      let text = (0..<Int.random(in: 0...7, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
      var all = columns.shuffled(using: &random)
      all.insert("\"a\":\"\(text)\"", at: Int.random(in: 0...3, using: &random))
      if Bool.random(using: &random) { all.append("\"b\":3") }
      // It must not become the end of something that the text began.
      if Bool.random(using: &random) { all.append("\"c\":[1,2]") }
      let row = Self.read(reader, "{\"timestamp\":1796008243.901366,\(all.joined(separator: ","))}")
      guard let row else { continue }
      read += 1
      #expect(row.job == 5 && row.user == .number(2001) && row.host == Name("c1"), "\(all)")
    }
    #expect(read > 5000)
  }

  @Test func whatWasSaidJustBeforeIsNotHandedOver() throws {
    let reader = try OwnerRowReader(Self.rule, schema: Self.slurmJobs)
    var filter = OwnerRowFilter()
    func isNew(_ text: String) -> Bool {
      Array(text.utf8).withUnsafeBytes { reader.read($0, unlessSeen: &filter) != nil }
    }
    #expect(isNew(Self.row()))
    #expect(!isNew(Self.row()) && !isNew(Self.row().replacing("362.746192", with: "365.5")))
    #expect(isNew(Self.row().replacing("362.746192", with: "365.746192")), "it is still there")
    #expect(isNew(Self.row(host: "c2")) && isNew(Self.row(job: "1002")) && isNew(Self.row(end: "1796008365")))
  }

  // MARK: - Rules

  @Test(
    arguments: [
      ("component_id = job_id", "component_id = job_id"), ("  a   !=  b ", "a != b"),
      ("job_state != 4", "job_state != 4"),
    ] as [(String, String)])
  func conditionsAreRead(_ text: String, _ expected: String) {
    #expect(OwnerRule.Condition(text)?.description == expected)
  }

  @Test(arguments: ["", "a", "a =", "= b", "a == b", "a < b", "7 = a", "a = b = c"])
  func otherConditionsAreRejected(_ text: String) { #expect(OwnerRule.Condition(text) == nil) }

  @Test(
    arguments: [
      (
        OwnerRule(schema: "slurm_jobs", columns: [.job: "jobid", .uid: "job_uid"]),
        "have no column \"jobid\"; did you mean \"job_id\"?"
      ),
      (OwnerRule(schema: "slurm_jobs", columns: [.job: "job_id", .user: "user"]), "users can forge column \"user\""),
      (
        OwnerRule(schema: "slurm_jobs", columns: [.job: "job_id", .user: "job_name"]),
        "users can forge column \"job_name\""
      ),
      (
        OwnerRule(schema: "slurm_jobs", columns: [.job: "job_state", .uid: "job_uid"]),
        "has the type u8, which cannot hold"
      ),
      (
        OwnerRule(schema: "slurm_jobs", columns: [.job: "job_id", .uid: "hostname"]),
        "has the type char_array, which cannot hold"
      ),
      (
        OwnerRule(
          schema: "slurm_jobs", columns: [.job: "job_id", .uid: "job_uid"],
          condition: OwnerRule.Condition("hostname = job_id")),
        "column \"hostname\" is a text"
      ),
    ] as [(OwnerRule, String)])
  func aRuleThatCannotBeRightIsRejected(_ rule: OwnerRule, _ expected: String) {
    let error = #expect(throws: OwnerRuleError.self) { try OwnerRowReader(rule, schema: Self.slurmJobs) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test func theConditionIsAskedOfEachRow() throws {
    var rule = Self.rule
    rule.condition = OwnerRule.Condition("job_state != 1")
    #expect(Self.read(try OwnerRowReader(rule, schema: Self.slurmJobs), Self.row()) == nil)
    rule.condition = OwnerRule.Condition("job_state = 1")
    #expect(Self.read(try OwnerRowReader(rule, schema: Self.slurmJobs), Self.row()) != nil)
    rule.condition = OwnerRule.Condition("job_id = component_id")
    #expect(Self.read(try OwnerRowReader(rule, schema: Self.slurmJobs), Self.row()) == nil)
  }
}
