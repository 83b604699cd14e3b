import Decomp
import FuzzSupport
import Testing

/// Real rows, cut short or with a byte changed.
@Suite struct RowsDamagedTests {
  /// The topics whose rows are damaged, with the folder they come from.
  static let topics = [
    ("recording", "loadavg"), ("recording", "procnetdev2"), ("recording", "dstat"), ("static", "meminfo_filter"),
    ("static", "meminfo_directmap"), ("weird", "weird_static"), ("weird", "weird_casts"),
  ]

  @Test(arguments: topics)
  func `a row cut short anywhere is refused, and nothing past its end is read`(folder: String, topic: String) throws {
    let captured = try CapturedRows(folder)
    let decoder = captured.decoder(of: topic)
    let guarded = GuardedPayload()
    let hasQuotes = topic == "meminfo_directmap" || topic == "weird_static"
    for row in captured.rows.filter({ $0.topic == topic }).prefix(12) {
      #expect(guarded.atEnd(row.payload) { decoder.decode($0) }.row != nil)
      for length in 0..<row.payload.count {
        let verdict = guarded.atEnd(row.payload.prefix(length)) { decoder.decode($0) }
        #expect(verdict == guarded.atStart(row.payload.prefix(length)) { decoder.decode($0) })
        // In a text with quotes, what follows the first of them is taken for the mistake.
        let isExpected = verdict.reason == (length == 0 ? .empty : .truncated)
        #expect(isExpected || hasQuotes && verdict.reason == .columnMismatch, "\(length) of \(row.payload.count)")
      }
      for byte: UInt8 in [0, 0x20, 0x0A, 0x7D, 0x2C, 0x41] {
        let reason = guarded.atEnd(row.payload + [byte]) { decoder.decode($0) }.reason
        #expect(reason == .trailingBytes || byte == 0x7D)
        #expect(reason != nil)
      }
    }
  }

  @Test func `undeclared rows cut short are refused, too`() throws {
    let captured = try CapturedRows("as_is")
    let guarded = GuardedPayload()
    for row in captured.rows.prefix(20) {
      for length in 0..<row.payload.count {
        let verdict = guarded.atEnd(row.payload.prefix(length)) { UndeclaredRowDecoder().decode($0) }
        #expect(verdict.row == nil)
        #expect(verdict == guarded.atStart(row.payload.prefix(length)) { UndeclaredRowDecoder().decode($0) })
      }
    }
  }

  @Test(arguments: topics)
  func `a row with a byte changed is what the definition says`(folder: String, topic: String) throws {
    let captured = try CapturedRows(folder)
    let decoder = captured.decoder(of: topic)
    let schema = try #require(captured.schema(of: topic))
    let guarded = GuardedPayload()
    var refused = 0
    // Of the hostile rows, two that differ.
    for row in captured.rows.filter({ $0.topic == topic }).prefix(folder == "weird" ? 3 : 1) {
      for offset in row.payload.indices {
        for change: UInt8 in [0x01, 0x02, 0x04, 0x10, 0x40, 0x80, row.payload[offset], row.payload[offset] ^ 0x22] {
          var payload = row.payload
          payload[offset] ^= change
          let verdict = guarded.atEnd(payload) { decoder.decode($0) }
          if verdict.row == nil { refused += 1 }
          let expected = ReferenceReader(schema: schema, payload: payload).expected(ignoringPlaceOf: verdict)
          #expect(verdict == expected, "byte \(offset) changed by \(change)")
        }
      }
    }
    #expect(refused > 100)
  }
}
