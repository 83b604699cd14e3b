import MetricRouter
import Naming
import TestSupport
import Testing

/// Rows whose strings try to say that the row is another user's. Nothing in a row is escaped (LDMS prints with `%s`), so
/// whoever may choose a string of a row may write columns into it.
@Suite struct RouteForgeryTests {
  /// Strings of the user's choice before and after the columns that say whose the row is.
  private static let decomposition = """
    {"type": "static", "rows": [{"schema": "jobs", "cols": [
      {"src": "timestamp", "type": "ts"}, {"src": "job_name", "type": "char_array"},
      {"src": "producer", "type": "char_array"}, {"src": "instance", "type": "char_array"},
      {"src": "job_id", "type": "u64"}, {"src": "comment", "type": "char_array"}, {"src": "load", "type": "d64"}]}]}
    """

  private static func row(name: String, comment: String, producer: String = "userA:101:c2") -> [UInt8] {
    let text = """
      {"timestamp":1.000001,"job_name":"\(name)","producer":"\(producer)","instance":"i/jobs","job_id":101,\
      "comment":"\(comment)","load":0.5}
      """
    return Array(text.utf8)
  }

  private static let forgeries = [
    #"","producer":"userB-c1"#,
    #"x","producer":"userB-c1"#,
    #"x","producer":"userB-c1","instance":"i/jobs","job_id":102,"comment":""#,
    #"x","producer":"userB-c1","instance":"i/jobs","job_id":102,"comment":"x","load":0.5}"#,
    #"x","producer":"userB-c1","instance":"i/jobs","job_id":102,"comment":"\"#,
    #"x","producer":"userB-c1","instance":"i/jobs","job_id":102,"load":1,"comment":""#,
    #"x","producer":"userB-c1","producer":"userB-c1"#,
    #"x"},{"timestamp":1.000001,"job_name":"","producer":"userB-c1"#,
    "x\",\"producer\":\"userB-c1\u{0}", "x\u{0}\",\"producer\":\"userB-c1", "\\\",\"producer\":\"userB-c1",
    #"\"#, #"\\"#, #"""#, #"","#, #"",""#, #"","load":0.5}"#, #"userB-c1"#, #"x","job_name":"y","producer":"userB-c1"#,
    "x\",\n\"producer\":\"userB-c1", "x\", \"producer\": \"userB-c1", #"x","PRODUCER":"userB-c1"#,
    "\u{202e}\",\"producer\":\"userB-c1",
  ]

  private static let pieces = [
    #"""#, #"","#, #":"#, #"\"#, "\u{0}", "x", "{", "}", ",", "0", #""producer":"userB-c1""#, #""instance":"i/jobs""#,
    #""job_id":102"#, #""comment":"y""#, #""comment":""#, #""load":0.5"#, #""job_name":""#,
    #"","producer":"userB-c1","instance":"i/jobs","job_id":102,"comment":""#,
    #"","producer":"userB-c1","instance":"i/jobs","job_id":102,"comment":"y","load":0.5}"#,
  ]

  /// Whole rows that are none of the schema.
  private static let broken = [
    #"{"timestamp":1.000001,"producer":"userB-c1","job_name":"x","instance":"i","job_id":1,"comment":"","load":0.5}"#,
    #"{"producer":"userB-c1"}"#, "", "{", "null", "\u{0}\u{0}\u{0}\u{0}\u{1}userB-c1",
    #"{"timestamp":1.000001,"job_name":"x","producer":"userB-c1","producer":"userA:101:c2","instance":"i","job_id":1,"comment":"","load":0.5}"#,
  ]

  @Test(.timeLimit(.minutes(1))) func noStringLeadsToAnotherUser() async throws {
    let stage = try Stage(decomposition: Self.decomposition)
    var random = SeededGenerator(seed: 20)
    var payloads: [[UInt8]] = []
    for forgery in Self.forgeries {
      payloads.append(Self.row(name: forgery, comment: "c"))
      payloads.append(Self.row(name: "n", comment: forgery))
      payloads.append(Self.row(name: forgery, comment: forgery))
      payloads.append(Self.row(name: "n", comment: "c", producer: "userA:101:c2" + forgery))
    }
    for _ in 0..<3000 {
      func string() -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
          .joined()
      }
      payloads.append(Self.row(name: string(), comment: string()))
    }
    payloads += Self.broken.map { Array($0.utf8) }
    let honest = payloads.count
    payloads.append(Self.row(name: "n", comment: "c"))
    payloads.append(Self.row(name: "it's, \"quoted\"", comment: "a:b,c"))
    let rows = payloads.enumerated().map { index, payload in
      InputRow(topic: "jobs", partition: 0, offset: Int64(index), timestamp: 1_700_000_000_000, payload: payload)
    }
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()

    let delivered = try Delivered(stage)
    let topics = Set(delivered.outputs.map(\.topic))
    #expect(topics == ["ldms.user.userA.rows", "ldms.user.userA.job.101", "ldms.router.dead-letter"])
    for row in rows {
      let copies = delivered.byKey[row.key] ?? []
      let places = copies.map(\.topic).sorted()
      #expect(places == ["ldms.router.dead-letter"] || places == ["ldms.user.userA.job.101", "ldms.user.userA.rows"])
      for copy in copies { #expect(copy.payload == row.payload) }
      if row.offset >= honest { #expect(places.count == 2, "an honest row is routed") }
    }
    #expect(totals.routed > 200, "rows with harmless strings are routed, quotes or not")
    #expect(totals.deadLettered > 1000)
    #expect(Set(totals.deadLettersByReason.keys) == [.ambiguousRow, .malformedRow, .badProducer, .unsupportedEncoding])
  }

  @Test(.timeLimit(.minutes(1))) func anInstanceOfAnyLengthIsRead() async throws {
    let decomposition = """
      {"type": "static", "rows": [{"schema": "sets", "cols": [
        {"src": "timestamp", "type": "ts"}, {"src": "instance", "type": "char_array"}]}]}
      """
    let stage = try Stage(decomposition: decomposition)
    let instances = ["userA-c2/meminfo", "userA-c2/" + String(repeating: "x", count: 5000), "userA-c2", ""]
    let rows = instances.enumerated().map { index, instance in
      InputRow(
        topic: "sets", partition: 0, offset: Int64(index), timestamp: 1_700_000_000_000,
        payload: Array(#"{"timestamp":1.000000,"instance":"\#(instance)"}"#.utf8))
    }
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    try await router.stop()
    var delivered = try Delivered(stage)
    // What has no `/` is no `<producer>/<set>`, and names nobody.
    delivered.check(rows) { $0.offset > 1 ? nil : ExpectedOwner(producer: "userA-c2") }
    #expect(delivered.reasons == ["sets no-identity": 2])
  }
}
