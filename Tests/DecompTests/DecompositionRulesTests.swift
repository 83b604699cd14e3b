import Testing

@testable import Decomp

/// LDMS's rules beyond the cases that were run against it, read in its source.
@Suite("Decomposition: LDMS's rules")
struct DecompositionRulesTests {
  /// A static decomposition with one row of these columns.
  static func row(_ columns: String, _ more: String = "") -> String {
    #"{"type":"static","rows":[{"schema":"s","cols":[\#(columns)]\#(more)}]}"#
  }

  static func read(_ text: String) throws(DecompositionError) -> Decomposition {
    try Decomposition(bytes: text.utf8, file: "d.json")
  }

  static let digest = String(repeating: "0a", count: 32)

  static let accepted: [String] = [
    #"{"type":"static","rows":[]}"#,
    #"{"type":"flex","type":"as_is"}"#,
    #"{"type":"flex","decomposition":{}}"#,
    #"{"type":"flex","decomposition":{},"digest":{},"matches":[]}"#,
    // A member that is a flex, and one whose name is empty.
    #"{"type":"flex","decomposition":{"":{"type":"flex","decomposition":{"":{"type":"as_is"}},"default":""}},"default":[""]}"#,
    #"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"digest":{"*":[],"\#(digest)":"d"}}"#,
    // One hexadecimal digit a pair is enough.
    #"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"digest":{"\#(digest.replacing("0a", with: "z1"))":"d"}}"#,
    #"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"matches":[{"schema":"","instance":"[[:alpha:]]+/(a|b){2,}","apply":["d","d"]}]}"#,
    row(#"{"src":"a"}"#, #","indices":[]"#),
    row(#"{"src":"a"}"#, #","indices":[{"name":"i","cols":7}]"#),
    row(#"{"src":"a","type":"none"}"#),
    row(#"{"src":"a","type":"whatever"}"#),
    row(#"{"src":"a","type":"TimeStamp","fill":1.5}"#),
    row(#"{"src":"a","type":"record[]","fill":1}"#),
    row(#"{"src":"a","type":"list<>","fill":1}"#),
    row(#"{"src":"a","type":"char","fill":7}"#),
    row(#"{"src":"a","type":"char","fill":""}"#),
    row(#"{"src":"a","type":"char[]","fill":""}"#),
    row(#"{"src":"a","type":"s8_array","fill":[1,"x",null]}"#),
    row(#"{"src":"a","op":"diff","array_len":{}}"#, #","group":{"index":[],"order":[]}"#),
    row(#"{"src":"a"}"#, #","group":{"index":["a"],"order":["a"],"limit":"0x10","timeout":"1.2.3S"}"#),
    row(#"{"src":"a"}"#, #","group":{"index":["a"],"order":["a"],"limit":4294967298,"timeout":"ms"}"#),
    row(#"{"src":"a[]"},{"src":"[b]"},{"src":"l[m[n]o]"}"#),
  ]

  @Test(arguments: accepted)
  func accepts(_ text: String) throws {
    #expect(throws: Never.self) { try Self.read(text) }
  }

  static let refused: [(text: String, message: String)] = [
    ("[]", #"1:1: $: found an array; expected an object with a "type""#),
    (
      #"{"type":"Static"}"#,
      #"$.type: LDMS has no decomposer "Static"; expected "static", "as_is" or "flex", in lower case"#
    ),
    (#"{"type":"as_is","indices":null}"#, "$.indices: found null"),
    // Equal keys: the last counts, and is pointed at.
    (#"{"type":"as_is","type":1}"#, "1:24: $.type: found the number 1"),
    (row(#"{"src":"a"}"#, #","cols":[]"#), "$.rows[0].cols: found an empty array"),
    (row(#"{"src":"a","op":null}"#), "$.rows[0].cols[0].op: found null, on which the LDMS daemon crashes"),
    (row(#"{"src":"a","op":"none"}"#), #""none" is not an operation"#),
    (row(#"{"src":"a","type":null}"#), "$.rows[0].cols[0].type: found null"),
    (row(#"{"src":"l[m]","rec_member":"m"}"#), "the member is already in the brackets"),
    (row(#"{"src":"["}"#), "an unmatched bracket"),
    (row(#"{"src":"a","type":"none","fill":1}"#), "its daemon aborts"),
    (row(#"{"src":"a","type":"u64","fill":"1"}"#), "a number, as the type is u64"),
    (row(#"{"src":"a","type":"nope","fill":"1"}"#), "found the string"),
    (row(#"{"src":"a","type":"u64","fill":[1]}"#), "a single value, as the type is u64"),
    (row(#"{"src":"a","type":"char[]","fill":["a"]}"#), "a string, as the type is char_array"),
    (row(#"{"src":"a","type":"u8[]","fill":["a"]}"#), "$.rows[0].cols[0].fill[0]: found the string"),
    // The column is known by its name in the row only.
    (row(#"{"src":"a","dst":"b"}"#, #","indices":[{"name":"i","cols":["a"]}]"#), #"no column "a""#),
    (
      row(#"{"src":"time","dst":"timestamp"}"#, #","group":{"index":[],"order":["timestmap"]}"#),
      #"did you mean "timestamp"?"#
    ),
    // Not the same bytes, although Swift finds the strings equal.
    (row("{\"src\":\"e\u{301}\"}", ",\"indices\":[{\"name\":\"i\",\"cols\":[\"\u{e9}\"]}]"), "no column"),
    (row(#"{"src":"a"}"#, #","group":null"#), "$.rows[0].group: found null"),
    (row(#"{"src":"a"}"#, #","group":{"index":["a"],"order":["a"],"timeout":"-5s"}"#), #"found the string "-5s""#),
    (row(#"{"src":"a"}"#, #","group":{"index":["a"],"order":["a"],"timeout":"1e3s"}"#), #"found the string "1e3s""#),
    // The first fault counts, in LDMS's order: a member's before its flex's.
    (
      #"{"type":"flex","default":"zz","decomposition":{"a":{"type":"as_is"},"b":{}}}"#,
      #"$.decomposition.b: "type" is missing"#
    ),
    (#"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"digest":{"0a":"d"}}"#, "is not a digest"),
    (#"{"type":"flex","decomposition":{},"digest":{"*":[1]}}"#, #"$.digest["*"][0]: found the number 1; expected"#),
    (#"{"type":"flex","decomposition":{"meminfo":{"type":"as_is"}},"default":"memifno"}"#, #"did you mean "meminfo"?"#),
    (
      #"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"matches":[{"schema":"a{3,1}","apply":"d"}]}"#,
      "Invalid content of \\{\\}"
    ),
    (
      #"{"type":"flex","decomposition":{"d":{"type":"as_is"}},"matches":[{"schema":"((a{255}){255}){255}","apply":"d"}]}"#,
      "grows too large to compile"
    ),
    (
      #"{"type":"flex","decomposition":{"d":{"type":"flex","decomposition":{"e":{"type":"as_is"}}}},"default":"e"}"#,
      #"no member "e""#
    ),
  ]

  @Test(arguments: refused.indices)
  func refuses(_ index: Int) throws {
    let (text, message) = Self.refused[index]
    let error = try #require(throws: DecompositionError.self, "\(text)") { try Self.read(text) }
    #expect("\(error)".contains(message), "\(error)")
    #expect("\(error)".hasPrefix("d.json:1:"))
  }

  @Test func sourcesAreSplitAsLDMSDoes() throws {
    let decomposition = try Self.read(
      Self.row(
        #"{"src":"l[m]"},{"src":"l","rec_member":"m"},{"src":"l[m[n]o]","dst":"x"},{"src":"a]b[c"},{"src":"p","dst":1}"#
      ))
    #expect(
      decomposition.rowSchemas.first?.columns == [
        Column(source: "l", member: "m", name: "l[m]"),
        Column(source: "l", member: "m", name: "l"),
        Column(source: "l", member: "m[n", name: "x"),
        Column(source: "a", member: "c", name: "a]b[c"),
        Column(source: "p"),
      ])
  }

  @Test(arguments: [
    ("2", 2), ("-1", -1), ("4294967298", 2), ("\"abc\"", 0), ("\"0x10\"", 16), ("\" 010 rows\"", 8), ("\"-3\"", -3),
    ("\"99999999999999999999\"", -1),
  ])
  func limits(_ limit: String, _ expected: Int) throws {
    let text = Self.row(#"{"src":"a"}"#, #","group":{"index":["a"],"order":["a"],"limit":\#(limit)}"#)
    #expect(try Self.read(text).rows.first?.group?.limit == expected)
  }

  @Test func operationsTakeTheIdentityAway() throws {
    let text = Self.row(
      #"{"src":"job_id","dst":"d","op":"diff"},{"src":"job_id"},{"src":"producer"},{"src":"l[job_id]"}"#,
      #","group":{"index":["producer"],"order":["job_id"]}"#)
    let schema = try #require(try Self.read(text).rowSchemas.first)
    #expect(schema.columns.map(\.identity) == [nil, .job, .producer, nil])
    #expect(schema.index(of: .job) == 1)
  }

  @Test func nestedMembersAndWhatIsApplied() throws {
    let text = #"""
      {"type":"flex",
       "decomposition":{
         "outer":{"type":"flex","decomposition":{
           "s":{"type":"static","rows":[{"schema":"one","cols":[{"src":"producer"}]}]},
           "as":{"type":"as_is"}},
          "digest":{"*":["s"]}, "default":"as"},
         "idle":{"type":"flex","decomposition":{"as":{"type":"as_is"}},"default":"as"},
         "t":{"type":"static","rows":[{"schema":"two","cols":[{"src":"producer"}]},{"schema":"one","cols":[{"src":"producer"}]}]}},
       "matches":[{"instance":"x","apply":["outer","t"]}]}
      """#
    let decomposition = try Self.read(text)
    #expect(decomposition.decomposers.map(\.name) == [nil, "outer", "s", "as", "idle", "as", "t"])
    #expect(decomposition.decomposers.map(\.parent) == [nil, 0, 1, 1, 0, 4, 0])
    #expect(decomposition.decomposers.map(\.isApplied) == [true, true, true, true, false, false, true])
    #expect(decomposition.decomposers[6].kind == .static(rows: 1..<3))
    #expect(decomposition.path(of: 3) == "$.decomposition.outer.decomposition.as")
    #expect(decomposition.path(of: 0) == "$")
    #expect(decomposition.rowSchemas.map(\.name) == ["one", "two", "one"])
    #expect(decomposition.rows.map(\.decomposer) == [2, 6, 6])
    #expect(decomposition.storesAsIs)
    guard case .flex(let rules) = decomposition.decomposers[1].kind else {
      Issue.record("outer is a flex")
      return
    }
    #expect(rules.digests == [FlexRules.Digest(digest: "*", apply: ["s"])])
    #expect(rules.defaults == ["as"])
    let idle = try Self.read(#"{"type":"flex","decomposition":{"as":{"type":"as_is"}}}"#)
    #expect(!idle.storesAsIs)
  }

  @Test(arguments: [
    ("meminfo_4b63562", "meminfo"), ("mt-slurm2_5bd0733", "mt-slurm2"), ("a_b_0000000", "a_b"), ("meminfo", nil),
    ("_4b63562", nil), ("meminfo_4B63562", nil), ("meminfo_4b6356", nil), ("meminfo-4b63562", nil),
    ("meminfo_4b63562x", nil), ("a b_4b63562", nil), ("é_4b63562", nil), ("", nil), ("x_4b6356\u{301}", nil),
    (String(repeating: "a", count: 241) + "_4b63562", String(repeating: "a", count: 241)),
    (String(repeating: "a", count: 242) + "_4b63562", nil),
  ])
  func asIsTopics(_ topic: String, _ schema: String?) {
    #expect(Decomposition.asIsSchema(ofTopic: topic).map(String.init) == schema)
    #expect(POSIXPattern.fault(in: Decomposition.asIsTopicPattern) == nil)
  }
}
