import Decomp
import Testing

/// Rows whose strings were chosen to look like columns: none may be accepted with an identity that LDMS did not print.
@Suite struct RowsForgedTests {
  /// A schema with strings before, between and after the columns of the identity.
  static let schema = RowSchema(
    name: "jobs",
    columns: [
      Column(source: "timestamp", type: .timestamp),
      Column(source: "tag", type: .array(.char)),
      Column(source: "producer", type: .array(.char)),
      Column(source: "instance", type: .array(.char)),
      Column(source: "job_id", type: .scalar(.u64)),
      Column(source: "letter", type: .scalar(.char)),
      Column(source: "load", type: .scalar(.d64)),
      Column(source: "counts", type: .array(.u64)),
      Column(source: "job_name"),
      Column(source: "comment", type: .array(.char)),
    ])

  static let values: [PrintedRow.Value] = [
    .bare("1795497251.002422"), .string("t"), .string("userA:101:c2"), .string("userA:101:c2/jobs"), .bare("101"),
    .char(UInt8(ascii: "x")), .bare("0.5"), .bare("[1,2]"), .string("name"), .string("none"),
  ]

  /// Texts that a user may choose.
  ///
  /// `TAIL` stands for the rest of the row as it is printed behind the string, `HEAD` for all before it.
  static let attacks = [
    "\"", "\\", "\\\"", "\"\"", ",", ":", "}", "{", "\"}", "\",\"", "\":\"", "\",", ",\"", "\":",
    "\",\"producer\":\"userB-c1",
    "x\\\",\\\"producer\\\":\\\"userB-c1",
    "x\",\"producer\":\"userB-c1\",\"x\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"userB:7:c1/jobs\",\"job_id\":7",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"userB:7:c1/jobs\",\"job_id\":7,\"letter\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"i\",\"job_id\":7,\"letter\":\"x\",\"load\":0,\"counts\":[],\"job_name\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"i\",\"job_id\":7,\"letter\":\"x\",\"load\":0,\"counts\":[],\"job_name\":\"\",\"comment\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"i\",\"job_id\":7,\"letter\":\"\"\",\"load\":nan,\"counts\":[1],\"job_name\":5,\"comment\":\"",
    "\",\"producer\":\"userB:7:c1\",\"instance\":\"i\",\"job_id\":7,\"letter\":\"x\",\"load\":0,\"counts\":[],\"job_name\":\"a\",\"comment\":\"b\"}",
    "\",\"instance\":\"userB:7:c1/jobs\",\"producer\":\"userB:7:c1",
    "\",\"tag\":\"t\",\"tag\":\"t",
    "\",\"job_id\":7,\"job_id\":\"",
    "\",\"comment\":\"b\"}", "\",\"comment\":\"b", "\"}\u{0}", "\u{1}\",\"producer\":\"userB-c1\u{1}",
    "TAIL", "\"TAIL", "HEAD", "\"HEAD", "\",\"tag\":\"TAIL", "\"TAIL\"TAIL", "\\\"TAIL", "é\"TAIL",
  ]

  static let strings = [1, 2, 3, 8, 9]

  @Test(arguments: strings, attacks)
  func `a string that looks like columns never changes whose row it is`(column: Int, attack: String) {
    let plain = PrintedRow(Self.schema, Self.values)
    let tail = String(decoding: plain.payload[(plain.ranges[column].upperBound - 1)...].dropLast(), as: UTF8.self)
    let head = String(decoding: plain.payload[..<(plain.ranges[column].lowerBound + 1)], as: UTF8.self)
    let forgery = tail.replacing("userA:101:c2", with: "userB:7:c1").replacing(":101", with: ":7")
    for forged in [attack, attack.replacing("userB", with: "userC"), attack + attack, "x" + attack, attack + "x"] {
      // LDMS prints up to the first NUL, and so do we.
      let text = forged.replacing("TAIL", with: forgery).replacing("HEAD", with: head).prefix { $0 != "\u{0}" }
      var values = Self.values
      values[column] = .string(String(text))
      check(PrintedRow(Self.schema, values))
    }
  }

  /// Two strings of one user, or of two users, that work together.
  @Test(arguments: strings, strings)
  func `strings that work together never change whose row it is`(first: Int, second: Int) {
    let plain = PrintedRow(Self.schema, Self.values)
    for between in [plain.ranges[first].upperBound - 1, plain.ranges[first].lowerBound] where first < second {
      let text = String(decoding: plain.payload[between..<plain.ranges[second].lowerBound + 1], as: UTF8.self)
        .replacing("userA:101:c2", with: "userB:7:c1").replacing(":101", with: ":7")
      for attack in Self.attacks {
        let attack = attack.prefix { $0 != "\u{0}" }
        var values = Self.values
        values[first] = .string("\(attack)\(text)")
        values[second] = .string("\(text)\(attack)")
        check(PrintedRow(Self.schema, values))
        values[first] = .string("a")
        check(PrintedRow(Self.schema, values))
      }
    }
  }

  /// What is not a row of the schema, although each of its members is.
  @Test func `columns out of order, missing or added are refused, or read as text of the string before them`() {
    let decoder = RowDecoder(Self.schema)
    let count = Self.schema.columns.count
    func row(_ order: [Int]) -> PrintedRow {
      PrintedRow(
        RowSchema(name: "other", columns: order.map { Self.schema.columns[$0] }), order.map { Self.values[$0] })
    }
    #expect(decoder.decode(row(Array(0..<count)).payload).reason == nil)
    #expect(decoder.decode(row(Array(0..<count) + [0]).payload).reason == .columnMismatch)
    for index in 0..<count {
      let missing = row((0..<count).filter { $0 != index })
      #expect(decoder.decode(missing.payload).reason == .columnMismatch, "without column \(index)")
      for other in 0..<count where other != index {
        var swapped = Array(0..<count)
        swapped.swapAt(index, other)
        #expect(decoder.decode(row(swapped).payload).reason == .columnMismatch, "\(index) and \(other) swapped")
      }
      for other in 0..<count {
        var order = Array(0..<count)
        order.insert(other, at: index)
        let added = row(order)
        switch decoder.decode(added.payload) {
        case .row(let decoded):
          // A string that holds exactly these characters prints the same, so there must be one to hold them.
          #expect(Self.strings.contains(index - 1) || (other == index && Self.strings.contains(index)))
          #expect(decoded.job == 101)
          if index != 3 { #expect(text(decoded.producer, in: added) == "userA:101:c2") }
          if index != 4 { #expect(text(decoded.instance, in: added) == "userA:101:c2/jobs") }
        case .refused(let refusal):
          let isTwice = other == index || other == index - 1
          let isLetter = index == 6 || (index == 5 && isTwice)
          #expect(
            refusal.reason == .columnMismatch || (isTwice && refusal.reason == .ambiguous)
              || (isLetter && refusal.reason == .badValue), "\(other) at \(index)")
        }
      }
    }
  }

  private func text(_ range: ByteRange?, in row: PrintedRow) -> String? {
    row.payload.withUnsafeBytes { payload in range?.text(in: payload) }
  }

  @Test func `the attacks are refused or have one reading, and both happen`() {
    var accepted = 0
    var ambiguous = 0
    for column in Self.strings {
      for attack in Self.attacks where !attack.contains("\u{0}") {
        var values = Self.values
        values[column] = .string(attack)
        switch RowDecoder(Self.schema).decode(PrintedRow(Self.schema, values).payload).reason {
        case nil: accepted += 1
        case .ambiguous: ambiguous += 1
        case let reason: Issue.record("\(column) \(attack): \(String(describing: reason))")
        }
      }
    }
    #expect(accepted > 50)
    #expect(ambiguous > 5)
  }

  private func check(_ row: PrintedRow) {
    let verdict = RowDecoder(Self.schema).decode(row.payload)
    #expect(verdict == ReferenceReader(schema: Self.schema, payload: row.payload).expected(ignoringPlaceOf: verdict))
    switch verdict {
    case .row(let decoded):
      #expect(decoded.producer == ByteRange(offset: row.ranges[2].lowerBound + 1, count: row.ranges[2].count - 2))
      #expect(decoded.instance == ByteRange(offset: row.ranges[3].lowerBound + 1, count: row.ranges[3].count - 2))
      #expect(decoded.job == 101)
      #expect(decoded.timestamp == RowTimestamp(seconds: 1_795_497_251, microseconds: 2422))
    case .refused(let refusal):
      #expect(refusal.reason == .ambiguous)
    }
  }
}
