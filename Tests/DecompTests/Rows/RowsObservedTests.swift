import FuzzSupport
import Testing

@testable import Decomp

/// Where the values of observed columns are.
@Suite struct RowsObservedTests {
  private func texts(_ row: DecodedRow?, _ payload: [UInt8]) -> [String?] {
    payload.withUnsafeBytes { payload in
      (0..<ObservedValues.limit).map { slot in row?.observed[slot]?.text(in: payload) }
    }
  }

  @Test func `a decoded row stays a small plain value`() {
    #expect(MemoryLayout<ObservedValues>.size == 32)
    #expect(_isPOD(DecodedRow.self))
    #expect(MemoryLayout<DecodedRow>.size <= 128)
  }

  @Test(arguments: ["recording", "static", "avro_kafka_json"])
  func `each column of each captured row is found, and all else is as without`(folder: String) throws {
    let captured = try CapturedRows(folder)
    var decoders: [String: [RowDecoder]] = [:]
    var values = 0
    for row in captured.rows.prefix(1500) {
      guard let schema = captured.schema(of: row.topic) else { continue }
      let all = Array(schema.columns.indices)
      let parts = stride(from: 0, to: all.count, by: 8).map { Array(all[$0..<min($0 + 8, all.count)]) }
      if decoders[schema.name] == nil { decoders[schema.name] = parts.map { RowDecoder(schema, observing: $0) } }
      guard let plain = RowDecoder(schema).decode(row.payload).row else { continue }
      #expect(plain.observed == ObservedValues())
      for (part, decoder) in zip(parts, decoders[schema.name] ?? []) {
        var observing = try #require(decoder.decode(row.payload).row)
        for (slot, column) in part.enumerated() {
          let range = try #require(observing.observed[slot])
          let name = Array("\"\(schema.columns[column].name)\":".utf8)
          #expect(row.payload[..<range.offset].suffix(name.count) == name[...])
          let isLast = column == schema.columns.count - 1
          #expect(row.payload[range.end] == UInt8(ascii: isLast ? "}" : ","))
          values += 1
        }
        observing.observed = ObservedValues()
        #expect(observing == plain)
      }
    }
    #expect(values > 500)
  }

  private static let columns = [
    Column(source: "timestamp", type: .timestamp), Column(source: "producer", type: .array(.char)),
    Column(source: "job_id", type: .scalar(.u64)), Column(source: "name", type: .array(.char)),
    Column(source: "c", type: .scalar(.char)), Column(source: "x", type: .scalar(.u64)), Column(source: "y"),
    Column(source: "z", type: .scalar(.d64)), Column(source: "a", type: .array(.s32)),
  ]
  private static let values: [PrintedRow.Value] = [
    .bare("1.000002"), .string("userA:1:c1"), .bare("18446744073709551615"), .string("lo"), .char(65),
    .bare("123456789"), .bare("-7.5e+300"), .bare("-nan"), .bare("[1,-2]"),
  ]

  @Test func `the slow way finds the same places as the fast one`() throws {
    // A quote in a name leaves every row to the slow way.
    var unplain = Self.columns
    unplain[8].name = "a\"b"
    for columns in [Self.columns, unplain] {
      let schema = RowSchema(name: "s", columns: columns)
      let row = PrintedRow(schema, Self.values)
      for columns in [[0, 1, 2, 3, 4, 5, 6, 7], [8, 3, 0], [7], []] {
        let decoded = try #require(RowDecoder(schema, observing: columns).decode(row.payload).row)
        for slot in 0..<ObservedValues.limit {
          let range = slot < columns.count ? row.ranges[columns[slot]] : nil
          #expect(decoded.observed[slot] == range.map { ByteRange(offset: $0.lowerBound, count: $0.count) })
        }
        #expect(decoded.job == .max)
        #expect(decoded.timestamp == RowTimestamp(seconds: 1, microseconds: 2))
        #expect(row.payload.withUnsafeBytes { decoded.producer?.text(in: $0) } == "userA:1:c1")
      }
    }
  }

  @Test func `a string with quotes in it is observed whole`() throws {
    let schema = RowSchema(name: "s", columns: Self.columns)
    var values = Self.values
    values[3] = .string(#"my "job" \ ,"c":"#)
    let row = PrintedRow(schema, values)
    let decoded = try #require(RowDecoder(schema, observing: [3, 8]).decode(row.payload).row)
    #expect(texts(decoded, row.payload)[..<2] == [#""my "job" \ ,"c":""#, "[1,-2]"])
  }

  @Test func `a job id that no integer holds is refused, observed or not`() {
    let schema = RowSchema(name: "s", columns: [Self.columns[2]])
    let payload = Array(#"{"job_id":18446744073709551616}"#.utf8)
    #expect(RowDecoder(schema, observing: [0]).decode(payload).reason == .badValue)
    #expect(RowDecoder(schema).decode(payload).reason == .badValue)
  }

  @Test(arguments: [
    (0, 1021, true), (0, 1022, false), (ObservedValues.lastOffset - 12, 5, true),
    (ObservedValues.lastOffset - 11, 5, false),
  ])
  func `a value that is too long, or too far behind, is not observed`(before: Int, length: Int, isFound: Bool) throws {
    let text = Column(source: "t", type: .array(.char))
    let schema = RowSchema(name: "s", columns: [text, Column(source: "u", type: .array(.char))])
    let row = PrintedRow(
      schema,
      [
        .string(Array(repeating: UInt8(ascii: "x"), count: before)),
        .string(Array(repeating: UInt8(ascii: "y"), count: length)),
      ])
    let decoded = try #require(RowDecoder(schema, observing: [1]).decode(row.payload).row)
    #expect((decoded.observed[0] != nil) == isFound)
    #expect(decoded.observed[0]?.count == (isFound ? length + 2 : nil))
  }

  @Test func `in a set each schema has its own columns, and undeclared rows none`() throws {
    let one = RowSchema(name: "s", columns: [Self.columns[0], Self.columns[5]])
    let other = RowSchema(name: "s", columns: [Self.columns[0], Self.columns[3], Self.columns[5]])
    let set = RowDecoderSet([one, other], includesUndeclared: true, observing: [[1], [2, 1]])
    let rows = [
      #"{"timestamp":1.000002,"x":12}"#, #"{"timestamp":1.000002,"name":"lo","x":34}"#,
      #"{"timestamp":1.000002,"other":1}"#,
    ].map { Array($0.utf8) }
    #expect(texts(set.decode(rows[0]).row, rows[0])[..<2] == ["12", nil])
    #expect(texts(set.decode(rows[1]).row, rows[1])[..<3] == ["34", "\"lo\"", nil])
    #expect(set.decode(rows[2]).row?.variant == 2)
    #expect(set.decode(rows[2]).row?.observed == ObservedValues())
    // What is not said for a schema is nothing.
    let half = RowDecoderSet([one, other], observing: [[1]])
    #expect(half.decode(rows[1]).row?.observed == ObservedValues())
  }
}
