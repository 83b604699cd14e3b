import Exporting
import Glibc
import Naming
import TestSupport
import Testing

/// From rows to files.
@Suite struct RowWriterTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// Writes rows of a user, and reads a file.
  private func export(
    _ rows: [(key: String, row: String)], format: ExportFormat = .csv, rules: RowJobRules? = nil, job: String? = nil,
    user: String = "alice", told: (String) -> Void = { _ in }
  ) throws -> (String) -> String? {
    let notes = Notes()
    let rules = try rules ?? RowJobRules(producers: try ProducerTemplates())
    let writer = RowWriter(format: format, rules: rules, job: job.map { Name($0) }) { text in
      notes.all.append(text)
    }
    let root = try ExportDirectory(directory.path, format: format)
    let files = try UserExport(in: root, user: Name(user), account: nil)
    let target = RowWriter.User(files, rules: rules)
    for (key, row) in rows {
      Array(key.utf8).withUnsafeBytes { key in
        let place = writer.place(ofKey: key, time: 0)
        Array(row.utf8).withUnsafeBytes { writer.write($0, from: place, to: target) }
      }
    }
    try files.checkpoint()
    for note in notes.all { told(note) }
    let path = directory.path
    return { text("\(path)/\(user)/\($0)") }
  }

  private func csv(_ row: String) throws -> String? {
    try export([("m/0@a/1", row)])("_/m.csv")
  }

  @Test func `A row has the form of LDMS's CSV store`() throws {
    let row =
      #"{"timestamp":1795497251.002422,"producer":"alice:103:c1","component_id":1,"load1min":0.01,"#
      + #""big":18446744073709551615,"x":nan,"per_cpu":[1,-2,30]}"#
    let file = try export([("loadavg/0@a/1", row), ("loadavg/0@a/2", row)])
    let line = "1795497251.002422,2422,alice:103:c1,1,0.01,18446744073709551615,nan,1,-2,30\n"
    #expect(
      file("103/loadavg.csv")
        == "#Time,Time_usec,producer,component_id,load1min,big,x,per_cpu0,per_cpu1,per_cpu2\n" + line + line)
  }

  @Test(arguments: [
    (#"{"timestamp":5.000000}"#, "#Time,Time_usec\n5.000000,0\n"),
    (#"{"timestamp":5.000070}"#, "#Time,Time_usec\n5.000070,70\n"),
    (#"{"timestamp":5.900000}"#, "#Time,Time_usec\n5.900000,900000\n"),
    (#"{"timestamp":5}"#, "#Time,Time_usec\n5,\n"),
    (#"{"timestamp":5.00007x}"#, "#Time,Time_usec\n5.00007x,\n"),
    (#"{"timestamp":"5"}"#, "#timestamp\n5\n"),
    (#"{"a":1,"timestamp":5.000001}"#, "#a,Time,Time_usec\n1,5.000001,1\n"),
    (#"{"d":1.7976931348623157e+308,"f":-0.100000001}"#, "#d,f\n1.7976931348623157e+308,-0.100000001\n"),
    (#"{"i":-inf,"s":"","e":[]}"#, "#i,s,e0\n-inf,,\n"),
    ("{\"a\":\"x y\",\"b\":\"1,2\",\"c\":\"p\nq\",\"d\":\"u\"v\"}", "#a,b,c,d\nx y,\"1,2\",\"p\nq\",\"u\"\"v\"\n"),
    (#"{"a,b":1}"#, "#\"a,b\"\n1\n"),
  ])
  func `Values and headings`(row: String, expected: String) throws {
    #expect(try csv(row) == expected)
  }

  @Test func `Rows of other columns go to another file, and a file has one heading`() throws {
    let file = try export([
      ("m/0@a/1", #"{"a":1}"#), ("m/0@a/2", #"{"a":[1,2]}"#), ("m/0@a/3", #"{"a":2}"#), ("n/0@a/1", #"{"a":9}"#),
    ])
    #expect(file("_/m.csv") == "#a\n1\n2\n")
    #expect(file("_/m~2.csv") == "#a0,a1\n1,2\n")
    #expect(file("_/n.csv") == "#a\n9\n")
  }

  @Test func `A row that cannot be decoded is written as it is`() throws {
    var told: [String] = []
    let file = try export([("m/0@a/1", #"{"a":1,b}"#), ("m/0@a/2", "x")], told: { told.append($0) })
    #expect(file("_/m.jsonl") == "{\"a\":1,b}\nx\n")
    #expect(told.count == 1 && told[0].hasPrefix("some rows of m cannot be decoded"))
  }

  @Test func `jsonl is the rows as they are`() throws {
    let row = #"{"producer":"alice:7:c1","x":nan,"s":"a"b"}"#
    let file = try export([("m/0@a/1", row), ("m/0@a/2", row)], format: .jsonl)
    #expect(file("7/m.jsonl") == "\(row)\n\(row)\n")
  }

  @Test func `Only the chosen job is written`() throws {
    let rows = ["7", "8"].map { ("m/0@a/1", "{\"producer\":\"alice:\($0):c1\",\"a\":\($0)}") } + [("m/0@a/1", "x")]
    let file = try export(rows, job: "8")
    #expect(file("8/m.csv") == "#producer,a\nalice:8:c1,8\n")
    #expect(file("7/m.csv") == nil && file("_/m.jsonl") == nil)
  }

  @Test func `Files are named after the input topic, or the schema in it`() throws {
    let producers = try ProducerTemplates()
    let rules = RowJobRules(
      producers: producers, topic: try TopicIdentity("ldms.{schema}.{producer}", producers: producers))
    let rows = [("ldms.meminfo.alice/0@a/1", #"{"a":1}"#), ("other/0/1", #"{"a":1}"#), ("", #"{"a":1}"#)]
    let file = try export(rows, rules: rules)
    #expect(file("_/meminfo.csv") == "#a\n1\n")
    #expect(file("_/other.csv") == "#a\n1\n")
    #expect(file("_/rows.csv") == "#a\n1\n")
    #expect(try export([("ldms.meminfo/0/1", #"{"a":1}"#)], user: "bob")("_/ldms.meminfo.csv") == "#a\n1\n")
  }

  @Test func `A user and a job cannot leave the directory`() throws {
    let rules = RowJobRules(producers: try ProducerTemplates(["{user}:{any}:{node}"]))
    let row = #"{"producer":"x/../../y","a":1}"#
    let file = try export([("../up/0/1", row)], rules: rules, user: "../../etc")
    _ = file
    #expect(text("\(directory.path)/-2e-2e-2f-2e-2e-2fetc/_/-2e-2e-2fup.csv") != nil)
  }
}

/// A file's text; `nil` where there is none.
func text(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
  return String(decoding: bytes, as: UTF8.self)
}
