import Foundation
import TestSupport
import Testing

@testable import Decomp

/// One of the files of `decomp-cases`, what LDMS's own parser said about it, and where we see the fault.
struct LDMSVerdict: Sendable, CustomTestStringConvertible {
  var file: String
  var verdict: String
  var summary: String
  var message: String

  var testDescription: String { "\(file) \(summary)" }

  var bytes: [UInt8] {
    get throws { Array(try Data(contentsOf: Repository.fixtures.appending(path: "decomp-cases/\(file)"))) }
  }

  static let all: [LDMSVerdict] = {
    let url = Repository.fixtures.appending(path: "decomp-cases/verdicts.tsv")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return LDMSVerdict(file: fields[0], verdict: fields[1], summary: fields[2], message: fields.dropFirst(3).joined())
    }
  }()

  static let accepted = all.filter { $0.verdict == "accept" }
  static let refused = all.filter { $0.verdict != "accept" }

  /// For what is JSON: the path of the fault, a word of the message, and the text that stands at the place, by file.
  static let faults: [String: (path: String, word: String, text: String)] = [
    "007": ("$", #""type" is missing"#, "{}"),
    "008": ("$.type", #"no decomposer "foo""#, #""foo""#),
    "010": ("$.type", "null", "null}"),
    "011": ("$.type", #"no decomposer "../ovis-ldms/libdecomp_as_is""#, #""../ovis"#),
    "016": ("$.indices", "an array of indices", "{}"),
    "017": ("$.indices[0]", #"an object with "name" and "cols""#, #""a""#),
    "019": ("$.indices[0].name", "a string, the name of the index", "1"),
    "020": ("$.indices[0]", #""cols" is missing"#, #"{"name""#),
    "022": ("$.indices[0].cols[0]", "a string", "1"),
    "025": ("$", #""rows" is missing"#, #"{"type""#),
    "026": ("$.rows", "an array of row schemas", "{}"),
    "028": ("$.rows[0]", "an object", "1]"),
    "029": ("$.rows[0]", #""schema" is missing"#, #"{"cols""#),
    "034": ("$.rows[0]", #""cols" is missing"#, #"{"schema""#),
    "035": ("$.rows[0].cols", "array of columns", "{}"),
    "037": ("$.rows[0].cols[0]", "a column: an object", #""timestamp""#),
    "038": ("$.rows[0].cols[0]", #""src" is missing"#, #"{"dst""#),
    "046": ("$.rows[0].cols[0].src", "an unmatched bracket", #""ab]""#),
    "049": ("$.rows[0].cols[0].rec_member", "a string", "1}"),
    "050": ("$.rows[0].cols[0].type", "a string, the name of a type", "1}"),
    "056": ("$.rows[0].cols[0].fill", #""fill" needs a "type""#, "0}"),
    "058": ("$.rows[0].cols[0].fill", "found null", "null"),
    "059": ("$.rows[0].cols[0].fill", "found true", "true"),
    "062": ("$.rows[0].cols[0].fill", "a string, as the type is char_array", "0}"),
    "064": ("$.rows[0].cols[0].fill", "an array of numbers, as the type is u64_array", "0}"),
    "065": ("$.rows[0].cols[0].fill", "an empty array", "[]"),
    "068": ("$.rows[0].cols[0].fill", "found an object", "{}"),
    "070": ("$.rows[0].cols[0].op", #"needs a "group""#, #""diff""#),
    "071": ("$.rows[0].cols[0].op", #""sum" is not an operation"#, #""sum""#),
    "073": ("$.rows[0].cols[0].op", #""DIFF" is not an operation"#, #""DIFF""#),
    "074": ("$.rows[0].cols[0].op", "the LDMS daemon crashes", "1}"),
    "076": ("$.rows[0].group", #"an object with "index" and "order""#, #"["a"]"#),
    "077": ("$.rows[0].group", #""index" is missing"#, #"{"order""#),
    "079": ("$.rows[0].group.index[0]", "a string, the name of a column", "1]"),
    "080": ("$.rows[0].group.index[0]", #"no column "zz""#, #""zz""#),
    "082": ("$.rows[0].group", #""order" is missing"#, #"{"index""#),
    "083": ("$.rows[0].group.order[0]", #"no column "zz""#, #""zz""#),
    // LDMS's own message names the wrong key, group['index'].
    "086": ("$.rows[0].group.limit", "an integer", "2.5"),
    "091": ("$.rows[0].group.timeout", #"such as "60s""#, "5}"),
    "092": ("$.rows[0].group.timeout", #""5m""#, #""5m""#),
    "094": ("$.rows[0].group.timeout", #""10 s""#, #""10 s""#),
    "098": ("$.rows[0].indices", "an array of indices", "{}"),
    "100": ("$.rows[0].indices[0]", #""name" is missing"#, #"{"cols""#),
    "101": ("$.rows[0].indices[0].name", "the LDMS daemon crashes", "1,"),
    "104": ("$.rows[0].indices[0].cols[0]", "a string, the name of a column", "1]"),
    "106": ("$", #""decomposition" is missing"#, "{"),
    "107": ("$.decomposition", "found an array", "[]"),
    "110": ("$.decomposition.d", "an object", "1}"),
    "112": ("$.decomposition.d.type", "found the number 1", "1}"),
    "113": ("$.decomposition.d.type", #"no decomposer "zz""#, #""zz""#),
    "115": ("$.decomposition.e", #""rows" is missing"#, #"{"type": "static"}"#),
    "116": ("$.digest", "found an array", "[]"),
    "118": ("$.digest." + String(repeating: "Z", count: 64), "is not a digest", #""d"}"#),
    "121": (#"$.digest["*"]"#, #"no member "zz""#, #""zz""#),
    "122": (#"$.digest["*"]"#, "found the number 1", "1}"),
    "124": (#"$.digest["*"][0]"#, "the LDMS daemon crashes", "1]"),
    "125": ("$.digest.e8b9cc8d83fb4e5b779071e801ca351b69dcb9e9ce2601a0b127a2977f11c62a", "twice", #""d"}}"#),
    "127": ("$.matches[0]", #""schema" or "instance""#, #""a"]"#),
    "128": ("$.matches[0]", #""schema" and "instance" are both missing"#, #"{"apply""#),
    "130": ("$.matches[0].instance", "a string", "1,"),
    "131": ("$.matches[0]", #""apply" is missing"#, #"{"schema""#),
    "133": ("$.matches[0].apply", "an empty array", "[]"),
    "134": ("$.matches[0].apply", #"no member "zz""#, #""zz""#),
    "136": ("$.matches[0].schema", #""(a" is not a regular expression"#, #""(a""#),
    // LDMS prints (null) for the expression.
    "137": ("$.matches[0].instance", #""(a" is not a regular expression"#, #""(a""#),
    "140": ("$.default", "found the number 1", "1}"),
    "142": ("$.default", "an empty array", "[]"),
  ]
}

@Suite("Decomposition: LDMS's verdicts")
struct DecompositionVerdictTests {
  @Test func allCasesAreThere() {
    #expect(LDMSVerdict.all.count == 96)
    #expect(LDMSVerdict.accepted.count == 26)
    #expect(Set(LDMSVerdict.all.map(\.verdict)) == ["accept", "reject", "crash"])
  }

  @Test(arguments: LDMSVerdict.accepted)
  func accepts(_ verdict: LDMSVerdict) throws {
    let decomposition = try Decomposition(bytes: verdict.bytes, file: verdict.file)
    #expect(!decomposition.decomposers.isEmpty)
    for warning in decomposition.warnings {
      #expect(warning.file == verdict.file)
      #expect(warning.path.hasPrefix("$"))
      #expect(warning.line == 1)
    }
  }

  @Test(arguments: LDMSVerdict.refused)
  func refuses(_ verdict: LDMSVerdict) throws {
    let bytes = try verdict.bytes
    let error = try #require(throws: DecompositionError.self) { try Decomposition(bytes: bytes, file: verdict.file) }
    #expect(error.file == verdict.file)
    #expect(!error.description.contains("\n"))
    guard let fault = LDMSVerdict.faults[String(verdict.file.prefix(3))] else {
      // What is no JSON: jansson's words and place, as LDMS logs them.
      #expect(error.kind == .notJSON)
      let place = "line \(error.line ?? 0) column: \(error.column ?? 0) "
      #expect(verdict.message.contains(place))
      let words = try #require(error.problem.wholeMatch(of: /not JSON: (.*)/)?.1)
      #expect(verdict.message.hasSuffix(words))
      return
    }
    #expect(error.kind == (verdict.verdict == "crash" ? .crashesLDMS : .refused))
    #expect(error.path == fault.path)
    #expect("\(error)".contains(fault.word))
    #expect(error.line == 1)
    let text = String(decoding: bytes, as: UTF8.self)
    let place = try #require(error.column) - 1
    #expect(text.dropFirst(place).hasPrefix(fault.text), "points at \(text.dropFirst(place).prefix(20))")
  }

  @Test func tellsInOneLine() throws {
    let text = """
      { "type": "static",
        "rows": [
          { "schema": "é", "cols": [
            { "src": "timestamp" }, { "src": "a" },
            {"src":"ü","op": "sum" } ] } ] }
      """
    let error = try #require(throws: DecompositionError.self) {
      try Decomposition(bytes: text.utf8, file: "decomp.json")
    }
    #expect(
      "\(error)"
        == #"decomp.json:5:24: $.rows[0].cols[2].op: "sum" is not an operation; expected one of diff, mean, min, max"#)
  }

  /// Random texts: LDMS's parsing functions, compiled apart from the daemon, said what they are.
  @Test func agreesOnGeneratedTexts() throws {
    struct Generated: Decodable { var ldms: String, text: String }
    let url = Repository.fixtures.appending(path: "decomp-cases/generated.jsonl")
    let cases = try Data(contentsOf: url).split(separator: 0x0A).map { line in
      try JSONDecoder().decode(Generated.self, from: line)
    }
    #expect(cases.count > 400)
    for generated in cases {
      let isAccepted = Array(generated.text.utf8).withUnsafeBytes { Decomposition.accepts($0) }
      #expect(isAccepted == (generated.ldms == "accept"), "\(generated.text)")
    }
  }
}
