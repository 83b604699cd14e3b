import Decomp
import FuzzSupport
import Testing

/// What counts as a value of each type, and what is taken from it.
@Suite struct RowValuesTests {
  /// Values in the middle of a row and at its end, for one type.
  private func reasons(_ type: MetricType?, _ value: String, source: String = "m") -> [RowRefusal.Reason?] {
    let column = Column(source: source, type: type)
    let other = Column(source: "n", name: "next", type: .scalar(.u64))
    let guarded = GuardedPayload()
    return [
      ([column, other], "{\"\(source)\":\(value),\"next\":1}"),
      ([other, column], "{\"next\":1,\"\(source)\":\(value)}"),
      ([column], "{\"\(source)\":\(value)}"),
    ].map { columns, row in
      let decoder = RowDecoder(RowSchema(name: "s", columns: columns))
      return guarded.atEnd(Array(row.utf8)) { decoder.decode($0).reason }
    }
  }

  static let integers = ["0", "1", "12345678", "123456789", "18446744073709551615", "99999999999999999999"]
  static let negative = ["-1", "-0", "-9223372036854775808"]
  static let real = [
    "0.5", "-0.5", "1e+300", "1.0000000000000001e+300", "4.9406564584124654e-324", "0.00010000000000000001", "nan",
    "-nan",
    "inf", "-inf", "1e-05", "123456.7890123456789",
  ]
  static let numbers = integers + negative + real
  static let nonsense = [
    "", "-", "+1", " 1", "1 ", "0x1", "1.", ".5", "-.5", "1e5", "1e+", "1e+5", "1e+5000", "1.e+10", "--1", "1-", "nan0",
    "na",
    "NaN", "infinity", "-nan(ind)", "true", "null", "1\u{0}", "\u{0}", "999999999999999999999", "1:2", "{1}",
    "1e+10e+10",
    "١", "\u{7F}",
  ]

  @Test(arguments: [MetricType.Scalar.u8, .u16, .u32, .u64], integers)
  func `unsigned integers have one to twenty digits`(type: MetricType.Scalar, value: String) {
    #expect(reasons(.scalar(type), value) == [nil, nil, nil])
    #expect(reasons(.array(type), "[\(value),\(value)]") == [nil, nil, nil])
  }

  @Test(arguments: [MetricType.Scalar.s8, .s16, .s32, .s64], integers + negative)
  func `signed integers may have a minus sign`(type: MetricType.Scalar, value: String) {
    #expect(reasons(.scalar(type), value) == [nil, nil, nil])
    #expect(reasons(.array(type), "[\(value),\(value)]") == [nil, nil, nil])
  }

  @Test(arguments: [MetricType.Scalar.f32, .d64], numbers)
  func `floats may be integers, fractions, exponents, nan and inf`(type: MetricType.Scalar, value: String) {
    #expect(reasons(.scalar(type), value) == [nil, nil, nil])
    #expect(reasons(.array(type), "[\(value),\(value)]") == [nil, nil, nil])
  }

  @Test(
    arguments: numbers + ["[]", "[1]", "[nan,-1,0.5]", "\"\"", "\"x\"", "\"\u{0}\"", "\"\"\"", "\"a,b}\"", "1.000002"])
  func `undeclared values may be all of it`(value: String) {
    #expect(reasons(nil, value) == [nil, nil, nil])
  }

  @Test(arguments: negative + real)
  func `unsigned integers are nothing else`(value: String) {
    #expect(reasons(.scalar(.u64), value) == [.badValue, .badValue, .badValue])
  }

  @Test(arguments: real)
  func `signed integers are nothing else`(value: String) {
    #expect(reasons(.scalar(.s64), value) == [.badValue, .badValue, .badValue])
  }

  @Test(arguments: nonsense, [MetricType.scalar(.u64), .scalar(.s16), .scalar(.d64), .timestamp, nil])
  func `nonsense is no number`(value: String, type: MetricType?) {
    for reason in reasons(type, value) { #expect(reason == .badValue || value == "{1}" && reason != nil) }
  }

  @Test(arguments: nonsense + ["[1", "1]", "[1,]", "[,1]", "[1,,2]", "[1;2]", "[[1]]", "[\"a\"]", "[1 ,2]"])
  func `nonsense is no array`(value: String) {
    for element in [value, "[\(value)]", "[1,\(value)]"] where element != "[]" && !element.contains("{") {
      for type in [MetricType.array(.u64), .array(.s8), .array(.f32), nil] {
        for reason in reasons(type, element) { #expect(reason != nil, "\(element) as \(String(describing: type))") }
      }
    }
  }

  @Test(arguments: [
    ("1795497251.002422", 1_795_497_251 as UInt32, 2422 as UInt32), ("0.000000", 0, 0), ("1.000026", 1, 26),
    ("4294967295.4294967295", .max, .max), ("999999999.999999", 999_999_999, 999_999),
    ("1795497251.1000000", 1_795_497_251, 1_000_000),
    ("01795497251.000001", 1_795_497_251, 1),
  ])
  func `timestamps are taken as they are`(text: String, seconds: UInt32, microseconds: UInt32) {
    for (row, index) in [("{\"t\":\(text),\"n\":1}", 0), ("{\"n\":1,\"t\":\(text)}", 1), ("{\"t\":\(text)}", 2)] {
      let time = Column(source: "timestamp", name: "t")
      let other = Column(source: "n", type: .scalar(.u8))
      let schema = RowSchema(name: "s", columns: [[time, other], [other, time], [time]][index])
      let decoded = RowDecoder(schema).decode(Array(row.utf8)).row
      #expect(decoded?.timestamp == RowTimestamp(seconds: seconds, microseconds: microseconds))
    }
    #expect(
      RowTimestamp(seconds: seconds, microseconds: microseconds).milliseconds
        == Int64(seconds) * 1000 + Int64(microseconds / 1000))
  }

  @Test(arguments: [
    "1795497251", "1795497251.", "1795497251.00242", ".002422", "4294967296.000000", "9999999999.000000",
    "1795497251.4294967296", "-1.000000", "1795497251.00242x", "1795497251x002422", "179549725x.002422", "\"1.000000\"",
    "nan",
  ])
  func `nonsense is no timestamp`(text: String) {
    #expect(reasons(.timestamp, text, source: "timestamp") == [.badValue, .badValue, .badValue])
    #expect(reasons(nil, text, source: "M_timestamp") == [.badValue, .badValue, .badValue])
  }

  @Test func `a string holds any byte but NUL, a character any byte`() {
    for byte in UInt8.min...UInt8.max {
      for (type, mayBeNUL) in [(MetricType.array(.char), false), (.scalar(.char), true), (nil, true)] {
        let row = PrintedRow(RowSchema(name: "s", columns: [Column(source: "c")]), [.string([byte])])
        let decoder = RowDecoder(RowSchema(name: "s", columns: [Column(source: "c", type: type)]))
        #expect(decoder.decode(row.payload).reason == (byte == 0 && !mayBeNUL ? .badValue : nil))
        let longer = PrintedRow(RowSchema(name: "s", columns: [Column(source: "c")]), [.string([0x61, byte])])
        let isGood = type != .scalar(.char) && byte != 0
        #expect((decoder.decode(longer.payload).reason == nil) == isGood)
      }
    }
  }

  @Test func `names of every length are compared to the last byte`() {
    let guarded = GuardedPayload()
    for length in 0...80 {
      let name = String(repeating: "n", count: length)
      let columns = [
        Column(source: "a", name: name, type: .scalar(.u64)),
        Column(source: "b", name: name + "x", type: .scalar(.u64)),
      ]
      let decoder = RowDecoder(RowSchema(name: "s", columns: columns))
      let row = Array("{\"\(name)\":1,\"\(name)x\":2}".utf8)
      #expect(guarded.atEnd(row) { decoder.decode($0).reason } == nil)
      for offset in row.indices where row[offset] == UInt8(ascii: "n") || row[offset] == UInt8(ascii: "x") {
        var changed = row
        changed[offset] ^= 0x20
        #expect(guarded.atEnd(changed) { decoder.decode($0).reason } == .columnMismatch, "\(length): byte \(offset)")
      }
    }
  }

  /// The value of `job_id` as printed, and what is made of it.
  @Test(arguments: [
    ("0", MetricType?.some(.scalar(.u64)), UInt64?.some(0)), ("101", .scalar(.u64), 101), ("101", nil, 101),
    ("101", .scalar(.u32), 101),
    ("12345678", nil, 12_345_678), ("123456789", nil, 123_456_789), ("101", .scalar(.s64), 101),
    ("-1", .scalar(.s64), nil),
    ("18446744073709551615", .scalar(.u64), .max), ("[101,0]", .array(.u64), nil), ("[101]", nil, nil),
    ("\"101\"", nil, nil),
    ("0.5", nil, nil), ("nan", nil, nil), ("5", .scalar(.u8), nil), ("5", .scalar(.s16), nil),
    ("1.67772e+07", .scalar(.f32), nil),
    ("101", .scalar(.d64), nil),
  ])
  func `the job is an unsigned integer of a type that can hold one`(value: String, type: MetricType?, job: UInt64?)
    throws
  {
    let schema = RowSchema(name: "s", columns: [Column(source: "job_id", name: "j", type: type)])
    let row = try #require(RowDecoder(schema).decode(Array("{\"j\":\(value)}".utf8)).row)
    #expect(row.job == job)
  }

  @Test(arguments: ["18446744073709551616", "99999999999999999999"], [MetricType?.some(.scalar(.u64)), nil])
  func `a job beyond 64 bits is refused`(value: String, type: MetricType?) {
    #expect(reasons(type, value, source: "job_id") == [.badValue, .badValue, .badValue])
  }

  @Test func `the first column of a role counts, and no member of a list`() throws {
    let schema = RowSchema(
      name: "s",
      columns: [
        Column(source: "job_id", member: "job_id", name: "a"), Column(source: "producer", member: "x", name: "b"),
        Column(source: "job_id", name: "c"), Column(source: "job_id", name: "d"),
        Column(source: "M_producer", name: "e"),
        Column(source: "producer", name: "f"), Column(source: "M_timestamp", name: "g"),
        Column(source: "timestamp", name: "h"),
      ])
    let payload = Array(#"{"a":1,"b":"no","c":2,"d":3,"e":"yes","f":"no","g":4.000005,"h":6.000007}"#.utf8)
    let row = try #require(RowDecoder(schema).decode(payload).row)
    #expect(row.job == 2)
    #expect(payload.withUnsafeBytes { payload in row.producer?.text(in: payload) } == "yes")
    #expect(row.timestamp == RowTimestamp(seconds: 4, microseconds: 5))
    #expect(row.instance == nil)
  }

  @Test(arguments: [MetricType.list, .record, .recordArray, .recordType])
  func `a type that LDMS cannot print makes every row refused`(type: MetricType) {
    let schema = RowSchema(
      name: "s", columns: [Column(source: "a", type: .scalar(.u64)), Column(source: "l", type: type)])
    let decoder = RowDecoder(schema)
    for payload in [#"{"a":1,"l":1}"#, #"{"a":1,"l":[]}"#, #"{"a":1,"l":""}"#, #"{"a":1}"#] {
      #expect(decoder.decode(Array(payload.utf8)).reason == .unprintable)
    }
    #expect(decoder.decode([]).reason == .empty)
  }

  @Test func `a schema without columns has no rows`() {
    for payload in ["{}", "}", "{", ""] {
      #expect(RowDecoder(RowSchema(name: "s", columns: [])).decode(Array(payload.utf8)).row == nil)
    }
  }
}
