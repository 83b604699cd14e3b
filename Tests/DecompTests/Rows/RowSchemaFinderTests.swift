import Foundation
import FuzzSupport
import TestSupport
import Testing

@testable import Decomp

/// Topics that carry the rows of all row schemas: each row is found by its columns.
@Suite struct RowSchemaFinderTests {
  private static let time = Column(source: "timestamp", type: .timestamp)
  private static let host = Column(source: "producer", name: "hostname", type: .array(.char))
  private static let job = Column(source: "job_id", type: .scalar(.u64))
  private static let name = Column(source: "name", type: .array(.char))
  private static let load = Column(source: "load", type: .scalar(.d64))

  private func schema(_ name: String, _ columns: Column...) -> RowSchema { RowSchema(name: name, columns: columns) }

  /// For each schema, the others that can read its rows: `=1` for a twin, `!1` for a rival.
  private func company(_ schemas: RowSchema...) -> [String] {
    RowSchemaFinder.company(of: schemas.map { RowTemplate($0) }).map { company in
      (company.twins.map { "=\($0)" } + company.rivals.map { "!\($0)" }).joined()
    }
  }

  private func found(_ finder: RowSchemaFinder, _ payload: UnsafeRawBufferPointer) -> DecodedRow? {
    if case .row(let row) = finder.find(payload) { row } else { nil }
  }

  @Test func `every row of the capture is read as the row schema that has its columns`() async throws {
    let capture = try await OneTopicRows()
    #expect(capture.rows.count == 2635)
    let set = RowDecoderSet(capture.schemas)
    let finder = RowSchemaFinder(capture.schemas.map { RowDecoder($0) })
    var counts: [String: Int] = [:]
    for row in capture.rows {
      let decoded = try #require(set.decode(row.payload).row)
      let schema = capture.schemas[decoded.variant]
      #expect(schema.name == row.schema)
      #expect(decoded.isOfOneSchema)
      counts[schema.name, default: 0] += 1
      row.payload.withUnsafeBytes { payload in
        // At once, without asking the others; and they all say the same.
        #expect(found(finder, payload) == decoded)
        #expect(set.decodeWithAll(payload) == .row(decoded))
        #expect(RowDecoder(schema).decode(payload) == .row(alone(decoded)))
      }
    }
    #expect(counts.count == 7)
  }

  private func alone(_ row: DecodedRow) -> DecodedRow {
    var row = row
    row.variant = 0
    return row
  }

  @Test func `rows of the capture that are cut, joined or renamed are refused`() async throws {
    let capture = try await OneTopicRows()
    let set = RowDecoderSet(capture.schemas)
    for schema in capture.schemas {
      let row = try #require(capture.rows.first { $0.schema == schema.name }).payload
      let text = String(decoding: row, as: UTF8.self)
      for bad in [
        String(text.dropLast()), String(text.dropFirst()), text + text, text + "\n", "[\(text)]", "",
        text.replacing("\"hostname\"", with: "\"Hostname\""), text.replacing("\"job_id\"", with: "\"jobid\""),
        text.replacing("}", with: ",\"extra\":1}"), text.replacing("\"timestamp\":", with: "\"timestamp\": "),
      ] {
        let bytes = Array(bad.utf8)
        guard case .refused(let refusal) = set.decode(bytes) else {
          Issue.record("accepted: \(bad)")
          continue
        }
        let detail = bytes.withUnsafeBytes { set.detail(of: refusal, in: $0) }
        if refusal.reason != .empty { #expect(detail.contains("none of 7 row schemas accepts it"), "\(detail)") }
      }
      // A value of another type: the columns are known by then.
      let wrong = text.replacing(/"component_id":\d+/, with: "\"component_id\":x")
      #expect(set.decode(Array(wrong.utf8)).reason == .badValue)
    }
  }

  @Test func `schemas with the same columns are twins, and the first is taken`() {
    var count = Self.load
    count.type = .scalar(.u64)
    let first = schema("a", Self.time, Self.host, Self.job, Self.load)
    let second = schema("b", Self.time, Self.host, Self.job, count)
    let third = schema("c", Self.time, Self.host, Self.job)
    #expect(company(first, second, third) == ["=1", "=0", ""])
    let set = RowDecoderSet([first, second, third])
    let both = Array(#"{"timestamp":1.000002,"hostname":"c1","job_id":7,"load":5}"#.utf8)
    #expect(set.decode(both).row?.variant == 0)
    #expect(set.decode(both).row?.isOfOneSchema == false)
    let one = Array(#"{"timestamp":1.000002,"hostname":"c1","job_id":7}"#.utf8)
    #expect(set.decode(one).row?.variant == 2)
    #expect(set.decode(one).row?.isOfOneSchema == true)
  }

  @Test func `schemas with the same names that say something else of the owner refuse the row`() {
    let text = Column(source: "name", name: "hostname", type: .array(.char))
    let otherTime = Column(source: "M_timestamp", name: "timestamp", type: .array(.char))
    let own = schema("a", Self.time, Self.host, Self.job, Self.load)
    let row = Array(#"{"timestamp":1.000002,"hostname":"c1","job_id":7,"load":5}"#.utf8)
    for other in [
      schema("b", Self.time, text, Self.job, Self.load),
      schema("b", Self.time, Self.host, Self.load.named("job_id"), Self.load),
      schema("b", otherTime, Self.host, Self.job, Self.load),
    ] {
      #expect(company(own, other) == ["!1", "!0"])
      #expect(RowDecoderSet([own, other]).decode(row).reason == .ambiguous)
      #expect(RowDecoderSet([other, own]).decode(row).reason == .ambiguous)
    }
  }

  /// What a user writes into a string of one row schema may look like the columns of another.
  @Test func `a string that turns a row into one of another schema is noticed`() {
    let short = schema("tags", Self.time, Self.job, Self.name)
    let long = schema("loads", Self.time, Self.job, Self.name, Self.host, Self.load, Self.name.named("tag"))
    #expect(company(short, long) == ["", "!0"])
    let forged = PrintedRow(
      short, [.bare("1.000002"), .bare("7"), .string(#"","hostname":"c9","load":1,"tag":""#)])
    #expect(RowDecoderSet([long]).decode(forged.payload).row != nil)
    #expect(RowDecoderSet([short, long]).decode(forged.payload).reason == .ambiguous)
    // Without a string at the end of the longer one, none of the shorter can reach over it.
    let bare = schema("loads", Self.time, Self.job, Self.name, Self.host, Self.load)
    #expect(company(short, bare) == ["", ""])
  }

  static let outlines: [(own: String, other: String, isRival: Bool)] = [
    // Upper case: a column whose value can be a string.
    ("abc", "abc", true), ("abc", "ab", false), ("abc", "abcd", false), ("abc", "acb", false),
    ("aBcD", "aB", true), ("aBcD", "aBc", false), ("aBcDe", "aBe", true), ("aBcDe", "aBce", false),
    ("aBCDe", "aBDe", true), ("aBCDe", "aBe", true), ("aBCDe", "aCDe", false), ("ABCD", "AD", true),
    ("ABCD", "A", true), ("ABCD", "D", false), ("aBcd", "aBd", false), ("aBcDeFg", "aBeFg", true),
    ("aBcDeFg", "aBg", true), ("aBcDeFg", "aBcDg", true), ("aBcDeFg", "aBcg", false), ("a", "", false),
  ]

  @Test(arguments: outlines) func `a schema is a rival if columns behind a string can be left out`(
    _ case: (own: String, other: String, isRival: Bool)
  ) {
    func outline(_ text: String) -> RowSchemaFinder.Outline {
      RowSchemaFinder.Outline(
        names: text.lowercased().utf8.map { Int($0) }, strings: text.map(\.isUppercase), isOdd: false)
    }
    #expect(RowSchemaFinder.isRival(outline(`case`.other), of: outline(`case`.own)) == `case`.isRival)
  }

  /// The finder may leave a row to the others, but never decide otherwise than all of them together.
  @Test(arguments: 0..<4) func `what the finder says, all schemas say`(seed: UInt64) {
    var random = SeededGenerator(seed: seed + 500)
    var found = 0
    var contested = 0
    for _ in 0..<1500 {
      let hostile = HostileSchema(&random)
      var schemas = [hostile.schema]
      for _ in 0..<Int.random(in: 1...4, using: &random) { schemas.append(Self.relative(of: hostile.schema, &random)) }
      schemas.shuffle(using: &random)
      let set = RowDecoderSet(schemas)
      let finder = RowSchemaFinder(schemas.map { RowDecoder($0) })
      for _ in 0..<3 {
        let row = PrintedRow(hostile.schema, hostile.values(&random)).payload
        row.withUnsafeBytes { payload in
          let all = set.decodeWithAll(payload)
          // Those that are asked say what all say.
          if case .contested = finder.find(payload) {
            contested += 1
            let verdict = set.decode(payload)
            #expect(verdict == all || reason(all) == .tooDoubtful)
          }
          guard let quick = self.found(finder, payload) else { return }
          found += 1
          guard case .row(let slow) = all else {
            // Who gives up has not found a second reading.
            #expect(reason(all) == .tooDoubtful, "\(String(decoding: payload, as: UTF8.self)) \(schemas)")
            return
          }
          #expect(quick.hasIdentity(of: slow, in: payload))
          #expect(quick.isOfOneSchema == slow.isOfOneSchema, "\(String(decoding: payload, as: UTF8.self)) \(schemas)")
          if quick.isOfOneSchema { #expect(quick == slow) }
        }
      }
    }
    #expect(found > 300 && contested > 30, "\(found) \(contested)")
  }

  private func reason(_ verdict: RowVerdict) -> RowRefusal.Reason? {
    if case .refused(let refusal) = verdict { refusal.reason } else { nil }
  }

  /// A schema that has much in common with another.
  private static func relative(of schema: RowSchema, _ random: inout SeededGenerator) -> RowSchema {
    var other = schema
    func place() -> Int { Int.random(in: 0..<other.columns.count, using: &random) }
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      switch Int.random(in: 0..<5, using: &random) {
      case 0:
        other.columns.insert(schema.columns[Int.random(in: 0..<schema.columns.count, using: &random)], at: place())
      case 1 where other.columns.count > 1: other.columns.remove(at: place())
      case 2:
        other.columns[place()].source = ["producer", "job_id", "s", "instance"].randomElement(using: &random) ?? "s"
      case 3: other.columns.append(Column(source: "s", name: "tail", type: .array(.char)))
      default: other.columns[place()].type = [.array(.char), .scalar(.u64), nil].randomElement(using: &random) ?? nil
      }
    }
    return other
  }
}

extension Column {
  fileprivate func named(_ name: String) -> Column {
    var column = self
    column.name = name
    return column
  }
}
