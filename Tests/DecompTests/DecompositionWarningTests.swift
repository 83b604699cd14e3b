import Testing

@testable import Decomp

@Suite("Decomposition: warnings")
struct DecompositionWarningTests {
  typealias Code = DecompositionWarning.Code

  static func row(_ columns: String, _ more: String = "", schema: String = "s") -> String {
    #"{"schema":"\#(schema)","cols":[{"src":"timestamp"},{"src":"producer"},\#(columns)]\#(more)}"#
  }

  static func fixed(_ rows: String...) -> String {
    #"{"type":"static","rows":[\#(rows.joined(separator: ","))]}"#
  }

  static func flex(
    _ rules: String,
    members: String =
      #""d":{"type":"flex","decomposition":{"e":{"type":"static","rows":[\#(row(#"{"src":"a"}"#))]}},"default":"e"}"#
  ) -> String {
    #"{"type":"flex","decomposition":{\#(members)}\#(rules)}"#
  }

  static let group = #","group":{"index":["producer"],"order":["timestamp"]"#

  struct Case: Sendable, CustomTestStringConvertible {
    var code: Code
    var text: String
    var path: String
    /// What stands at the place.
    var at: String
    var word: String
    var testDescription: String { "\(code.rawValue): \(text.prefix(100))" }
  }

  static let cases: [Case] = [
    Case(
      code: .noProducer,
      text: #"{"type":"static","rows":[{"schema":"s","cols":[{"src":"timestamp"},{"src":"l[producer]"}]}]}"#,
      path: "$.rows[0]", at: #"{"schema""#, word: "identity.topic"),
    Case(code: .asIsNoProducer, text: #"{"type":"as_is"}"#, path: "$", at: "{", word: "identity.topic"),
    Case(
      code: .jobType, text: fixed(row(#"{"src":"job_id","type":"f32"}"#)), path: "$.rows[0].cols[2].type",
      at: #""f32""#, word: "u64"),
    Case(
      code: .illegalTopic, text: fixed(row(#"{"src":"a"}"#, schema: "a b")), path: "$.rows[0].schema", at: #""a b""#,
      word: #""a b""#),
    Case(
      code: .illegalTopic, text: fixed(row(#"{"src":"a"}"#, schema: "..")), path: "$.rows[0].schema", at: #""..""#,
      word: "249"),
    Case(
      code: .illegalTopic, text: fixed(row(#"{"src":"a"}"#, schema: String(repeating: "a", count: 250))),
      path: "$.rows[0].schema", at: #""aaa"#, word: "..."),
    Case(
      code: .topicCollision, text: fixed(row(#"{"src":"a"}"#, schema: "a.b"), row(#"{"src":"a"}"#, schema: "a_b")),
      path: "$.rows[1].schema", at: #""a_b""#, word: #""a.b""#),
    Case(
      code: .schemaConflict, text: fixed(row(#"{"src":"a"}"#), row(#"{"src":"b"}"#)), path: "$.rows[1].schema",
      at: #""s""#, word: "$.rows[0]"),
    Case(
      code: .emptyColumnName, text: fixed(row(#"{"src":"a","dst":""}"#)), path: "$.rows[0].cols[2].dst", at: #""""#,
      word: "no name"),
    Case(
      code: .duplicateColumnName, text: fixed(row(#"{"src":"a","dst":"timestamp"}"#)), path: "$.rows[0].cols[2].dst",
      at: #""timestamp""#, word: "second"),
    Case(
      code: .columnNameNotJSON, text: fixed(row(#"{"src":"a","dst":"a\"\n"}"#)), path: "$.rows[0].cols[2].dst",
      at: #""a\""#, word: #""a\"\n""#),
    Case(
      code: .fillNotJSON, text: fixed(row(#"{"src":"a","type":"char[]","fill":"\\"}"#)), path: "$.rows[0].cols[2].fill",
      at: #""\\""#, word: "not JSON"),
    Case(
      code: .noTimestamp,
      text: #"{"type":"static","rows":[{"schema":"s","cols":[{"src":"producer"},{"src":"M_duration"}]}]}"#,
      path: "$.rows[0]", at: #"{"schema""#, word: "timestamp"),
    Case(
      code: .unknownKey, text: fixed(row(#"{"src":"a","Dts":"b"}"#)), path: "$.rows[0].cols[2].Dts", at: #""Dts""#,
      word: #"did you mean "dst"?"#),
    Case(
      code: .unknownKey, text: #"{"type":"static","rows":[\#(row(#"{"src":"a"}"#))],"indices":[]}"#, path: "$.indices",
      at: #""indices""#, word: "known are type, rows"),
    Case(
      code: .duplicateKey, text: fixed(row(#"{"src":"b","\u0073rc":"a"}"#)), path: "$.rows[0].cols[2].src",
      at: #""\u0073rc""#, word: "the last"),
    Case(
      code: .unknownType, text: fixed(row(#"{"src":"a","type":"uint64"}"#)), path: "$.rows[0].cols[2].type",
      at: #""uint64""#, word: "u64"),
    Case(
      code: .unknownType, text: fixed(row(#"{"src":"a","type":"complex number"}"#)), path: "$.rows[0].cols[2].type",
      at: #""complex"#, word: "char_array"),
    Case(
      code: .dstIgnored, text: fixed(row(#"{"src":"a","dst":null}"#)), path: "$.rows[0].cols[2].dst", at: "null",
      word: #""a""#),
    Case(
      code: .fillElementLost, text: fixed(row(#"{"src":"a","type":"d64[]","fill":[0, 2.5]}"#)),
      path: "$.rows[0].cols[2].fill[1]", at: "2.5", word: "as 0"),
    Case(
      code: .indexColumnsIgnored, text: fixed(row(#"{"src":"a"}"#, #","indices":[{"name":"i","cols":"a"}]"#)),
      path: "$.rows[0].indices[0].cols", at: #""a""#, word: "array"),
    Case(
      code: .groupUnused, text: fixed(row(#"{"src":"a"}"#, group + "}")), path: "$.rows[0].group", at: #"{"index""#,
      word: "remove"),
    Case(
      code: .digestNotHex, text: flex(#","default":"d","digest":{"\#(String(repeating: "0x", count: 32))":"d"}"#),
      path: "$.digest." + String(repeating: "0x", count: 32), at: #""0x0x"#, word: "as 0"),
    Case(code: .noRows, text: #"{"type":"static","rows":[]}"#, path: "$.rows", at: "[]", word: "stores nothing"),
    Case(
      code: .noRows, text: #"{"type":"flex","decomposition":{}}"#, path: "$.decomposition", at: "{}", word: "no members"
    ),
    Case(code: .unusedMember, text: flex(""), path: "$.decomposition.d", at: #""d""#, word: #""default""#),
    Case(
      code: .emptyApply, text: flex(#","default":"d","digest":{"*":[]}"#), path: #"$.digest["*"]"#, at: "[]",
      word: "no member"),
    Case(
      code: .digestStar, text: flex(#","digest":{"*":"d"},"matches":[{"schema":"a","apply":"d"}]"#),
      path: #"$.digest["*"]"#, at: #""*""#, word: "in addition"),
    Case(
      code: .emptySource, text: fixed(row(#"{"src":"[m]"}"#)), path: "$.rows[0].cols[2].src", at: #""[m]""#,
      word: "empty name"),
    Case(
      code: .unprintableType, text: fixed(row(#"{"src":"a","type":"record[]"}"#)), path: "$.rows[0].cols[2].type",
      at: #""record[]""#, word: "rec_member"),
    Case(
      code: .asIsIndex, text: #"{"type":"as_is","indices":[{"name":"i","cols":["timestamp","producer"]}]}"#,
      path: "$.indices[0].cols[1]", at: #""producer""#, word: "stores nothing"),
    Case(
      code: .sharedGroup,
      text: fixed(
        row(#"{"src":"a","op":"max"}"#, group + "}"), row(#"{"src":"a","op":"max"}"#, group + "}", schema: "t")),
      path: "$.rows[1].group", at: #"{"index""#, word: "one cache"),
    Case(
      code: .groupIndexEmpty,
      text: fixed(row(#"{"src":"a","op":"max"}"#, #","group":{"index":[],"order":["timestamp"]}"#)),
      path: "$.rows[0].group.index", at: "[]", word: "across nodes"),
    Case(
      code: .groupIndexEmpty,
      text: fixed(row(#"{"src":"a","op":"max"}"#, #","group":{"index":["producer"],"order":[]}"#)),
      path: "$.rows[0].group.order", at: "[]", word: "older"),
    Case(
      code: .groupIndexList,
      text: fixed(
        row(#"{"src":"l[name]"},{"src":"l[rx]"},{"src":"l[rx]","dst":"d","op":"diff"}"#, group + "}")),
      path: "$.rows[0].group.index", at: "[", word: #"add "l[name]""#),
    Case(
      code: .groupIndexList,
      text: fixed(row(#"{"src":"l","rec_member":"rx","op":"diff"}"#, group + "}")),
      path: "$.rows[0].group.index", at: "[", word: #"{"src": "l[name]"}"#),
    // What is no member is computed across entries as well.
    Case(
      code: .groupIndexList,
      text: fixed(row(#"{"src":"l[name]"},{"src":"a","op":"diff"}"#, group + "}")),
      path: "$.rows[0].group.index", at: "[", word: #"list "l""#),
    Case(
      code: .digestOnly, text: flex(#","digest":{"\#(String(repeating: "0a", count: 32))":"d"}"#),
      path: "$.digest", at: "{", word: "new kernel"),
    Case(
      code: .groupLimit, text: fixed(row(#"{"src":"a","op":"max"}"#, group + #","limit":1}"#)),
      path: "$.rows[0].group.limit", at: "1}", word: "at least 2"),
    Case(
      code: .groupLimit, text: fixed(row(#"{"src":"a","op":"max"}"#, group + #","limit":"4 rows"}"#)),
      path: "$.rows[0].group.limit", at: #""4 rows""#, word: "as 4"),
    Case(
      code: .groupTimeout, text: fixed(row(#"{"src":"a","op":"max"}"#, group + #","timeout":"60"}"#)),
      path: "$.rows[0].group.timeout", at: #""60""#, word: "microseconds"),
    Case(
      code: .operationType, text: fixed(row(#"{"src":"instance","op":"max"}"#, group + "}")),
      path: "$.rows[0].cols[2].op", at: #""max""#, word: "char_array"),
    Case(
      code: .abortsAggregator, text: fixed(row(#"{"src":"M_uid","type":"u64"}"#)), path: "$.rows[0].cols[2].type",
      at: #""u64""#, word: "u32"),
    Case(
      code: .abortsAggregator, text: fixed(row(#"{"src":"producer","dst":"p","type":"char"}"#)),
      path: "$.rows[0].cols[2].type", at: #""char""#, word: "char_array"),
    Case(
      code: .abortsAggregator, text: fixed(row(#"{"src":"a","op":"max"}"#, group + #","limit":"abc"}"#)),
      path: "$.rows[0].group.limit", at: #""abc""#, word: "0 rows"),
    Case(
      code: .abortsAggregator,
      text: fixed(
        row(#"{"src":"a","op":"max"},{"src":"b","type":"u64[]"}"#, #","group":{"index":["b"],"order":["timestamp"]}"#)),
      path: "$.rows[0].group.index[0]", at: #""b""#, word: "compare"),
  ]

  @Test(arguments: cases)
  func warns(_ expected: Case) throws {
    let decomposition = try Decomposition(bytes: expected.text.utf8, file: "d.json")
    // An as_is decomposition always has one of its own.
    let warnings = decomposition.warnings.filter { expected.code == .asIsNoProducer || $0.code != .asIsNoProducer }
    #expect(warnings.map(\.code) == [expected.code], "\(warnings)")
    let warning = try #require(warnings.first)
    #expect(warning.path == expected.path)
    let rest = expected.text.dropFirst(warning.column - 1)
    #expect(rest.hasPrefix(expected.at), "points at \(rest.prefix(20))")
    let line = "\(warning)"
    #expect(line.hasPrefix("d.json:1:\(warning.column): \(expected.path): \(expected.code.rawValue): "))
    #expect(line.contains(expected.word), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func everyCodeHasACase() {
    #expect(Set(Self.cases.map(\.code)) == Set(Code.allCases))
  }

  @Test(arguments: [
    fixed(row(##"{"src":"a","_comment":1,"#note":2,"//":3,"array_len":4}"##)),
    fixed(row(#"{"src":"M_uid","type":"U32"},{"src":"instance","type":"char[]"},{"src":"M_digest"}"#)),
    fixed(row(#"{"src":"a"}"#), row(#"{"src":"a"}"#)),
    fixed(row(#"{"src":"a","op":"diff"}"#, group + #","limit":3,"timeout":"60s"}"#)),
    fixed(row(#"{"src":"timestamp","dst":"d","op":"diff"},{"src":"job_id","type":"u32"}"#, group + "}")),
    flex(#","default":"d","matches":[{"schema":"a","apply":"d"}]"#),
    #"{"type":"static","rows":[{"schema":"s","cols":[{"src":"M_timestamp"},{"src":"M_instance"}]}]}"#,
    // The same bytes only in Swift's eyes: two names for LDMS.
    fixed(row("{\"src\":\"e\u{301}\"},{\"src\":\"\u{e9}\"}")),
  ])
  func isSilent(_ text: String) throws {
    #expect(try Decomposition(bytes: text.utf8, file: "d.json").warnings.map(\.description) == [])
  }

  @Test func areInTheFilesOrderAndBounded() throws {
    let column = #"{"src":"a","nope":1,"type":"strange"}"#
    let text = Self.fixed(Self.row(Array(repeating: column, count: 2000).joined(separator: ",\n")))
    let decomposition = try Decomposition(bytes: text.utf8, file: "d.json")
    #expect(decomposition.warnings.count == 1000)
    // Of 2,000 columns each has two warnings, and all but the first the name of another.
    #expect(decomposition.omittedWarnings == 2 * 2000 + 1999 - 1000)
    let places = decomposition.warnings.map { ($0.line, $0.column) }
    #expect(zip(places, places.dropFirst()).allSatisfy { $0.0 <= $0.1 })
    #expect(places.last?.0 == 500)
  }

  @Test func countsLinesAndCharacters() throws {
    let text =
      "{\"type\": \"static\",\r\n\t\"rows\": [ {\"schema\": \"a\u{e9}\u{1F600}\",\n\n  \"é\": 1, \"cols\": [{\"src\":\"timestamp\"},{\"src\":\"producer\"}]}]}"
    let warnings = try Decomposition(bytes: text.utf8, file: "d.json").warnings
    #expect(warnings.map(\.code) == [.illegalTopic, .unknownKey])
    #expect(warnings.map(\.line) == [2, 4])
    #expect(warnings.map(\.column) == [23, 3])
    #expect(warnings[1].path == #"$.rows[0]["é"]"#)
  }
}
