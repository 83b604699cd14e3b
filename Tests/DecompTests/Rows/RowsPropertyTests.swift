import FuzzSupport
import TestSupport
import Testing

@testable import Decomp

/// What must hold for any row that LDMS prints, whatever its schema and values.
@Suite struct RowsPropertyTests {
  @Test(arguments: 0..<8)
  func `a printed row is accepted with what was printed, or refused as ambiguous`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let guarded = GuardedPayload()
    var accepted = 0
    var refused = 0
    for _ in 0..<1500 {
      let hostile = HostileSchema(&random)
      let decoder = RowDecoder(hostile.schema)
      for _ in 0..<3 {
        let row = PrintedRow(hostile.schema, hostile.values(&random))
        let verdict = guarded.atEnd(row.payload) { decoder.decode($0) }
        #expect(
          verdict
            == ReferenceReader(schema: hostile.schema, payload: row.payload).expected(ignoringPlaceOf: verdict))
        switch verdict {
        case .row(let decoded):
          accepted += 1
          expectTruth(decoded, row, hostile.schema)
        case .refused(let refusal):
          refused += 1
          #expect(refusal.reason == .ambiguous || refusal.reason == .tooDoubtful)
        }
        #expect(slowly(decoder, row.payload) == verdict)
      }
    }
    #expect(accepted > 500)
    #expect(refused > 100)
  }

  /// The decomposition that the router knows has the columns that LDMS prints, but says other types.
  @Test(arguments: 0..<4)
  func `types that LDMS does not use never make a forged row acceptable`(seed: UInt64) {
    var random = SeededGenerator(seed: seed + 100)
    var accepted = 0
    for _ in 0..<3000 {
      let hostile = HostileSchema(&random)
      var known = hostile.schema
      for index in known.columns.indices
      where !["producer", "M_producer", "instance"].contains(known.columns[index].source) {
        known.columns[index].type =
          [.scalar(.u64), .scalar(.d64), .array(.char), .scalar(.char), .array(.u64), .timestamp, nil]
          .randomElement(using: &random) ?? nil
      }
      let row = PrintedRow(hostile.schema, hostile.values(&random))
      if case .row(var decoded) = RowDecoder(known).decode(row.payload) {
        accepted += 1
        // Whether a job or time is taken depends on the declared type; where it is, it is the one that was printed.
        if decoded.job == nil { decoded.job = truth(row, hostile.schema).job }
        if decoded.timestamp == nil { decoded.timestamp = truth(row, hostile.schema).timestamp }
        expectTruth(decoded, row, hostile.schema)
      }
    }
    #expect(accepted > 100)
  }

  /// Several row schemas of one name; a row is printed from one of them.
  @Test(arguments: 0..<4)
  func `with several row schemas, too, no identity but the printed one is accepted`(seed: UInt64) {
    var random = SeededGenerator(seed: seed + 200)
    var accepted = 0
    var refused = 0
    for _ in 0..<2000 {
      let hostile = HostileSchema(&random)
      var schemas = [hostile.schema]
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        var other = hostile.schema
        switch Int.random(in: 0..<3, using: &random) {
        case 0: other.columns.shuffle(using: &random)
        case 1 where other.columns.count > 1:
          other.columns.remove(at: Int.random(in: 0..<other.columns.count, using: &random))
        default:
          let sources = ["producer", "job_id", "s", "instance"]
          other.columns[Int.random(in: 0..<other.columns.count, using: &random)].source =
            sources.randomElement(using: &random) ?? "s"
        }
        schemas.append(other)
      }
      schemas.shuffle(using: &random)
      let row = PrintedRow(hostile.schema, hostile.values(&random))
      switch RowDecoderSet(schemas).decode(row.payload) {
      case .row(var decoded):
        accepted += 1
        decoded.variant = 0
        let real = truth(row, hostile.schema)
        row.payload.withUnsafeBytes { #expect(decoded.hasIdentity(of: real, in: $0)) }
      case .refused(let refusal):
        refused += 1
        #expect(refusal.reason == .ambiguous || refusal.reason == .tooDoubtful)
      }
    }
    #expect(accepted > 200)
    #expect(refused > 100)
  }

  /// What was printed, as the decoder is to report it.
  private func truth(_ row: PrintedRow, _ schema: RowSchema) -> DecodedRow {
    func inside(_ role: IdentityRole) -> ByteRange? {
      schema.index(of: role).map { ByteRange(offset: row.ranges[$0].lowerBound + 1, count: row.ranges[$0].count - 2) }
    }
    func text(_ index: Int) -> String { String(decoding: row.payload[row.ranges[index]], as: UTF8.self) }
    let timestamp = schema.columns.firstIndex { $0.source == "timestamp" }.flatMap { index in
      let numbers = text(index).split(separator: ".").compactMap { UInt32($0) }
      return RowTimestamp(seconds: numbers[0], microseconds: numbers[1])
    }
    return DecodedRow(
      producer: inside(.producer), instance: inside(.instance),
      job: schema.index(of: .job).flatMap { UInt64(text($0)) },
      timestamp: timestamp)
  }

  private func expectTruth(_ decoded: DecodedRow, _ row: PrintedRow, _ schema: RowSchema) {
    #expect(decoded == truth(row, schema))
  }

  /// The verdict without the fast way.
  private func slowly(_ decoder: RowDecoder, _ payload: [UInt8]) -> RowVerdict? {
    payload.withUnsafeBytes { payload in
      guard let bytes = PayloadBytes(payload) else { return nil }
      var readings = RowReadings(bytes, decoder.template)
      switch readings.outcome() {
      case .row(let row): return .row(row)
      case .wrongType(_, let refusal), .refused(let refusal): return .refused(refusal)
      }
    }
  }
}
