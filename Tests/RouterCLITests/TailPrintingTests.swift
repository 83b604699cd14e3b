import Glibc
import MetricRouter
import Naming
import Replay
import RouterConfiguration
import TestSupport
import Testing

@testable import RouterCLI

struct TailPrintingTests {
  /// What is printed, and what is said beside it.
  private func print(
    _ format: TailFormat, columns: [String] = [], terminal: Terminal = .none, _ rows: [[UInt8]], schema: String = "s"
  ) throws -> (output: String, notes: String, printed: Int) {
    let output = Output(capturingFor: terminal)
    let errors = Output(capturingFor: .none)
    let context = CommandContext(root: Router.command, version: "", output: output, errors: errors, environment: [:])
    let printer = TailPrinter(
      format, columns: columns.map { Name($0) }, output: output, notes: TailNotes(context))
    var printed = 0
    for row in rows {
      if try row.withUnsafeBytes({ try printer.print($0, inputTopic: Array(schema.utf8)) }) { printed += 1 }
    }
    return (output.text, errors.text, printed)
  }

  private func rows(_ rows: String...) -> [[UInt8]] { rows.map { Array($0.utf8) } }

  @Test func jsonIsTheRow() throws {
    let row = "{\"a\":\"x\ny\u{1b}[31m\0\",\"b\":nan}"
    #expect(try print(.json, rows(row)).output == row + "\n")
    let onTerminal = try print(.json, terminal: Terminal(columns: 20, rows: 5, usesColours: true), rows(row))
    #expect(onTerminal.output == "{\"a\":\"x\\ny\\x1b[31m\\x00\",\"b\":nan}\n")
  }

  @Test func csvQuotes() throws {
    let result = try print(
      .csv, rows(#"{"a":1,"b,c":"x"y,z","d":[1,2],"e":""}"#, "{\"a\":2,\"b,c\":\"l\nm\",\"d\":[],\"e\":\" \"}"))
    #expect(result.output == "a,\"b,c\",d,e\n1,\"x\"\"y,z\",\"[1,2]\",\n2,\"l\nm\",[], \n")
    #expect(result.notes.isEmpty)
    // One empty value is not an empty line.
    #expect(try print(.csv, columns: ["e"], rows(#"{"e":""}"#)).output == "e\n\"\"\n")
  }

  @Test func csvKeepsBytes() throws {
    let output = CSVLine.bytes([[0xFF, 0x00], Array("ok".utf8)])
    #expect(output == [0xFF, 0x00] + Array(",ok".utf8))
  }

  @Test func aNewHeadingWhereColumnsChange() throws {
    let result = try print(.csv, rows(#"{"a":1}"#, #"{"a":2}"#, #"{"b":3}"#, #"{"a":4}"#))
    #expect(result.output == "a\n1\n2\nb\n3\na\n4\n")
  }

  @Test func namedColumns() throws {
    let result = try print(
      .csv, columns: ["lod1", "load1", "dup"],
      rows(#"{"load1":1,"dup":1,"dup":2}"#, #"{"load1":2}"#, #"{"load5":2}"#, #"{"load1":3,"lod1":4}"#),
      schema: "loadavg")
    #expect(result.output == "lod1,load1,dup\n,1,\n,2,\n4,3,\n")
    #expect(result.printed == 3)
    #expect(
      result.notes == """
        router: rows of 'loadavg' have no column 'lod1'; did you mean 'load1'?
        router: rows of 'loadavg' have 'dup' more than once; those cells are left empty
        router: rows of 'loadavg' have no column 'dup'
        router: rows of 'loadavg' have no column 'load1'; did you mean 'load5'?

        """)
  }

  @Test func warningsEnd() throws {
    let many = (0..<1000).map { Array(#"{"a":1,"x\#($0)":1}"#.utf8) }
    let result = try print(.csv, columns: ["a"] + (0..<100).map { "z\($0)" }, many)
    #expect(result.notes.split(separator: "\n").count == 40)
    #expect(result.printed == 1000)
  }

  @Test(arguments: [TailFormat.csv, .table]) func whatIsNoRowIsNotPrinted(_ format: TailFormat) throws {
    let result = try print(format, rows("nonsense", ""))
    #expect(result.output.isEmpty && result.printed == 0)
    #expect(result.notes == "router: rows of 's' cannot be fully decoded; --format json prints them as they are\n")
  }

  @Test func tableAligns() throws {
    let result = try print(
      .table, rows(#"{"name":"c1","v":5,"w":"x"}"#, #"{"name":"c10","v":1234,"w":""}"#, #"{"name":"c2","v":6,"w":"y"}"#)
    )
    #expect(result.output == "name  v  w\nc1    5  x\nc10   1234\nc2       6  y\n")
  }

  @Test func tableShowsHostileTextEscaped() throws {
    let row: [UInt8] = Array("{\"s\":\"\u{1b}[2Jx\n\u{202e}".utf8) + [0xFF, 0x00] + Array("\"}".utf8)
    #expect(try print(.table, [row]).output == "s\n\\x1b[2Jx\\n\\u{202e}\\xff\\x00\n")
  }

  @Test func tableFitsTheTerminal() throws {
    let recording = try Capture.weird.read().rows.map(\.payload)
    let terminal = Terminal(columns: 50, rows: 10, usesColours: false)
    let lines = try print(.table, terminal: terminal, recording).output.split(separator: "\n")
    #expect(lines.count > recording.count)
    #expect(lines.allSatisfy { DisplayWidth.columns($0) <= 50 })
  }

  @Test func tableRepeatsItsHeading() throws {
    let many = (0..<30).map { Array(#"{"a":\#($0)}"#.utf8) }
    let onTerminal = try print(.table, terminal: Terminal(columns: 50, rows: 12, usesColours: false), many)
    #expect(onTerminal.output.split(separator: "\n").filter { $0.hasSuffix("a") }.count == 3)
    #expect(try print(.table, many).output.split(separator: "\n").filter { $0.hasSuffix("a") }.count == 1)
  }

  @Test(arguments: [
    ("1795536843.001751", true), ("0.000000", true), ("1795536843", false), ("1795536843.1", false), ("nan", false),
    ("", false), ("-1.000000", false), ("99999999999999.000000", false), ("1.00000a", false), ("1.000000.", false),
  ])
  func timestampsAsLocalTime(_ text: String, _ isTime: Bool) throws {
    let shown = LocalTime.text(secondsSince1970: Array(text.utf8))
    #expect((shown != nil) == isTime)
    if let shown { #expect(shown.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/) != nil) }
  }

  @Test(arguments: ["", "=", "=x", "sasl.password", " "])
  func propertiesNeedNameAndValue(_ text: String) throws {
    let failure = #expect(throws: CommandFailure.self) { try TailSettings.property(text) }
    #expect(failure?.exitCode == .usage)
  }

  @Test(arguments: ["sasl.pasword=geheim", "ssl.key.passwort=geheim", "sasl.mechanisms.geheim=geheim"])
  func secretsAreNeverShown(_ text: String) throws {
    let failure = try #require(#expect(throws: CommandFailure.self) { try TailSettings.property(text) })
    #expect(!failure.hint.contains("geheim"))
    #expect(failure.message == "librdkafka rejects -X \(text.prefix { $0 != "=" })")
  }

  @Test func propertiesMayHoldAnything() throws {
    let property = try TailSettings.property("sasl.password=a=b c")
    #expect(property.name == "sasl.password" && property.value.text == "a=b c" && property.value.isSecret)
  }
}
