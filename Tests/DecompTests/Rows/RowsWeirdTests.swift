import Decomp
import Testing

/// The rows that were made to be hard: unescaped quotes, control bytes, bad UTF-8, nan and inf, and names with quotes.
@Suite struct RowsWeirdTests {
  @Test func `each kind of weird row is read as the daemon meant it`() throws {
    let captured = try CapturedRows("weird")
    var kinds: [String: Int] = [:]
    for row in captured.rows where row.topic == "weird_static" {
      let decoded = try #require(captured.decoder(of: row.topic).decode(row.payload).row)
      let schema = try #require(captured.schema(of: row.topic))
      // Fourteen of these rows have one reading only because the order of the columns says so.
      let values = try #require(ReferenceReader(schema: schema, payload: row.payload).readings().first)
      let producer = row.payload.withUnsafeBytes { payload in decoded.producer.map { $0.bytes(in: payload).map(\.self) }
      }
      let named = values.indices.map { String(decoding: row.payload[values[$0]], as: UTF8.self) }
      kinds["\(String(decoding: producer ?? [], as: UTF8.self)) \(named[6]) \(named[8])", default: 0] += 1
      #expect(decoded.job == 0)
      #expect(decoded.timestamp.map { "\($0.seconds).\($0.microseconds)" }?.hasPrefix("17954956") == true)
      let instance = row.payload.withUnsafeBytes { payload in decoded.instance?.text(in: payload) }
      #expect(instance?.hasSuffix("/weird") == true)
    }
    #expect(
      kinds == [
        // A quote in the producer's name; a text with a quote, a tab and a newline; the character `"`.
        "us\"er\\A-c2 \"\"\" nan": 7,
        // The character NUL, bad UTF-8 in the text.
        "us\"er\\A-c2 \"\0\" nan": 7,
        "us\u{E9}r-c3 \"x\" 0.100000001": 14,
        "userC-c1 \"x\" 0.100000001": 14,
      ])
  }

  @Test func `a column's name with quotes is compared as it is printed`() throws {
    let captured = try CapturedRows("weird")
    let rows = captured.rows.filter { $0.topic == "weird_casts" }
    #expect(rows.count == 14)
    for row in rows {
      let decoded = try #require(captured.decoder(of: row.topic).decode(row.payload).row)
      #expect(row.payload.withUnsafeBytes { payload in decoded.producer?.text(in: payload) } == "userC-c1")
      #expect(decoded.job == nil)
    }
  }

  @Test func `a fill text with quotes has one reading`() throws {
    let captured = try CapturedRows("static")
    let rows = captured.rows.filter { $0.topic == "meminfo_directmap" }
    #expect(rows.count == 226)
    for row in rows {
      #expect(String(decoding: row.payload, as: UTF8.self).contains(#""nope_str":"n/a "q" \ é""#))
      #expect(captured.decoder(of: row.topic).decode(row.payload).row != nil)
    }
  }
}
