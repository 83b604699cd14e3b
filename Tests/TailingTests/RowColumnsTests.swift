import Decomp
import Naming
import Replay
import TestSupport
import Testing

@testable import MetricRouter
@testable import Tailing

@Suite struct RowColumnsTests {
  private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

  private func pairs(_ row: String) -> [String] {
    let columns = RowColumns(row.utf8)
    return columns.columns.map { "\(text(columns.bytes[$0.name]))=\(text(columns.value($0)))" }
  }

  @Test(arguments: [
    (#"{"a":1,"b":"x"}"#, ["a=1", "b=x"]),
    (#"{"a":[1,2],"b":[],"c":-nan,"d":inf}"#, ["a=[1,2]", "b=[]", "c=-nan", "d=inf"]),
    // A char that is a quote, an empty string, a string of a quote and a comma.
    (#"{"a":""","b":"","c":"","}"#, [#"a=""#, "b=", #"c=","#]),
    // Names as LDMS has them.
    (#"{"Active(anon)":5,"irq.24#0":6,"v"d\64":0.5,"":1}"#, ["Active(anon)=5", "irq.24#0=6", #"v"d\64=0.5"#, "=1"]),
    // Strings that nobody escaped.
    (#"{"p":"us"er\A-c2","q":"a,"b":9","r":"end"}""#, [#"p=us"er\A-c2"#, #"q=a,"b":9"#, #"r=end"}"#]),
    ("{\"a\":\"x\ny\0z\",\"b\":2}", ["a=x\ny\0z", "b=2"]),
    ("{}", []),
  ])
  func readsWhatLDMSPrints(_ row: String, _ expected: [String]) {
    // The case with a brace too many is no whole row: its last string does not end.
    let isWhole = !row.hasSuffix("\"")
    #expect(pairs(row) == (isWhole ? expected : Array(expected.dropLast())))
    #expect(RowColumns(row.utf8).isComplete == isWhole)
  }

  @Test(arguments: [
    "", "{", "}", "x", "[1]", "{\"", "{\"a", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":\"x", "{\"a\":1}x", "{a:1}",
  ])
  func nonsenseIsNoRow(_ row: String) {
    let columns = RowColumns(row.utf8)
    #expect(!columns.isComplete)
    #expect(columns.find(Name("b")) == .missing)
  }

  @Test func findsColumns() throws {
    let row = RowColumns(#"{"a":1,"s":"x,"b":9","c":[1,2],"t":"y","a2":3}"#.utf8)
    #expect(row.value(of: Name("a")).map { text($0) } == "1")
    #expect(row.value(of: Name("c")).map { text($0) } == "[1,2]")
    #expect(row.value(of: Name("t")).map { text($0) } == "y")
    #expect(row.value(of: Name("a2")).map { text($0) } == "3")
    // Within a string it is no column.
    #expect(row.find(Name("b")) == .missing)
    #expect(row.find(Name("d")) == .missing)
    #expect(row.find(Name("")) == .missing)
  }

  @Test func aForgedColumnIsInDoubt() {
    let row = RowColumns(#"{"producer":"a:1:c1","name":"x","producer":"b:2:c2","v":1}"#.utf8)
    #expect(row.find(Name("producer")) == .ambiguous)
    let within = RowColumns(#"{"name":"x,"load":9","load":1}"#.utf8)
    #expect(within.find(Name("load")) == .ambiguous)
    // Twice the same dst, as a decomposition may say.
    #expect(RowColumns(#"{"d":1,"d":1}"#.utf8).find(Name("d")) == .ambiguous)
  }

  @Test func findsColumnsBehindWhatCannotBeRead() {
    let row = RowColumns(#"{"a":1,"b":[?,"c":3,"d":"x"}"#.utf8)
    #expect(!row.isComplete)
    #expect(row.names == [Name("a")])
    #expect(row.value(of: Name("c")).map { text($0) } == "3")
    #expect(row.value(of: Name("d")).map { text($0) } == "x")
  }

  /// The decomposition knows the columns of each topic of the recording.
  @Test func agreesWithTheDecomposition() throws {
    let decomposition = try Decomposition(file: Capture.recording.path("decomp.json"))
    let names = Dictionary(
      decomposition.rowSchemas.map { ($0.name, $0.columns.map { Name($0.name) }) },
      uniquingKeysWith: { first, _ in first })
    let recording = try Capture.recording.read()
    for row in recording.rows {
      let columns = RowColumns(row.payload)
      #expect(columns.isComplete && columns.names == names[row.topic])
    }
    #expect(recording.rows.count == 4671)
  }

  @Test func readsWeirdRows() throws {
    var hostile = 0
    for row in try Capture.weird.read().rows {
      let columns = RowColumns(row.payload)
      #expect(columns.isComplete)
      // What stands between the columns is LDMS's own: nothing is lost or read twice.
      let read = columns.columns.reduce(1) { count, column in
        count + column.name.count + column.value.count + (column.isString ? 2 : 0) + 4
      }
      #expect(read == row.payload.count)
      if let value = columns.value(of: Name("v_str")), value.contains(0x0A) {
        hostile += 1
        #expect(Array(value) == Array("q\"b\\s/t\tn\nr\rb\u{1} \u{e9} end".utf8))
        #expect(columns.value(of: Name("v_f32")).map { text($0) } == "nan")
        #expect(columns.value(of: Name("v_char")).map { Array($0) } == [0x22])
      }
    }
    #expect(hostile == 14)
  }

  @Test func damagedRowsDoNoHarm() throws {
    var generator = SeededGenerator(seed: 17)
    let rows = try Capture.weird.read().rows
    for round in 0..<400 {
      var bytes = rows[round % rows.count].payload
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = [0x22, 0x2C, 0x3A, 0x7B, 0x7D, 0x00].randomElement(using: &generator) ?? 0
        case 1: bytes.remove(at: place)
        default: bytes = Array(bytes.prefix(max(1, place)))
        }
      }
      let columns = RowColumns(bytes)
      for column in columns.columns {
        #expect(column.value.upperBound <= bytes.count && column.name.upperBound < column.value.lowerBound)
      }
      _ = columns.find(Name("v_u64"))
    }
  }

  /// Quotes and commas only: as many false ends as can be.
  @Test(.timeLimit(.minutes(1))) func manyFalseEndsAreNotSlow() {
    let row = #"{"a":""# + String(repeating: "\",\"", count: 50_000) + #""}"#
    #expect(RowColumns(row.utf8).columns.count == 1)
  }
}
