import Foundation
import TestSupport
import Testing

@testable import Decomp

/// Captured rows, changed at random: nothing crashes, nothing outside the payload is read, and the verdict is that of
/// the definition.
///
/// `FUZZ_ROWS` sets the number of inputs, `FUZZ_SEED` the seed; the same seed makes the same inputs.
@Suite struct RowsFuzzTests {
  static let inputs = ProcessInfo.processInfo.environment["FUZZ_ROWS"].flatMap(Int.init) ?? 20_000
  static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  @Test func `changed rows never crash the decoder and never get another verdict than by definition`() throws {
    var random = SeededGenerator(seed: Self.seed)
    let guarded = GuardedPayload()
    var seeds: [(payload: [UInt8], schema: RowSchema?, decoder: RowDecoderSet)] = []
    for folder in CapturedRows.folders {
      let captured = try CapturedRows(folder)
      var ofTopic: [String: Int] = [:]
      for row in captured.rows {
        ofTopic[row.topic, default: 0] += 1
        guard ofTopic[row.topic, default: 0] <= 12 else { continue }
        seeds.append((row.payload, captured.schema(of: row.topic), captured.decoder(of: row.topic)))
      }
    }
    var accepted = 0
    for input in 0..<Self.inputs {
      let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      var payload = seed.payload
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let other = seeds[Int.random(in: 0..<seeds.count, using: &random)].payload
        Self.change(&payload, other, seed.schema, &random)
      }
      if payload.count > 16_384 { payload.removeLast(payload.count - 16_384) }
      let verdict = guarded.atEnd(payload) { seed.decoder.decode($0) }
      if verdict.row != nil { accepted += 1 }
      guarded.atStart(payload) { bytes in
        if seed.decoder.decode(bytes) != verdict { Issue.record("input \(input): another verdict elsewhere") }
        if case .refused(let refusal) = verdict, input % 16 == 0 {
          #expect(!seed.decoder.detail(of: refusal, in: bytes).isEmpty)
        }
      }
      // The definition takes its time.
      if let schema = seed.schema, input % 16 == 0 {
        let expected = ReferenceReader(schema: schema, payload: payload).expected(ignoringPlaceOf: verdict)
        if verdict != expected { Issue.record("input \(input): \(verdict), by definition \(expected)") }
      }
    }
    #expect(accepted > Self.inputs / 50)
    #expect(accepted < Self.inputs)
  }

  /// One change: a byte, a piece taken out, repeated or moved, text that matters put in, or a piece of another row.
  private static func change(
    _ payload: inout [UInt8], _ other: [UInt8], _ schema: RowSchema?, _ random: inout SeededGenerator
  ) {
    func piece(_ bytes: [UInt8]) -> Range<Int> {
      let start = Int.random(in: 0...bytes.count, using: &random)
      return start..<min(bytes.count, start + Int.random(in: 0...40, using: &random))
    }
    let place = Int.random(in: 0...payload.count, using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0 where place < payload.count: payload[place] = UInt8.random(in: 0...255, using: &random)
    case 1 where place < payload.count: payload[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 2: payload.removeSubrange(piece(payload))
    case 3: payload.insert(contentsOf: payload[piece(payload)], at: place)
    case 4: payload.insert(contentsOf: other[piece(other)], at: place)
    case 5: payload.removeSubrange(place...)
    case 6:
      let name = schema?.columns.randomElement(using: &random)?.name ?? "job_id"
      let texts = [
        "\"", "\",\"\(name)\":\"", ",\"\(name)\":1", "\",\"\(name)\":[", "}", "\"}", "\u{0}", "[", "nan", "-", ".",
      ]
      payload.insert(contentsOf: Array((texts.randomElement(using: &random) ?? "").utf8), at: place)
    case 7:
      let digits = payload.indices.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(payload[$0]) }
      guard let index = digits.randomElement(using: &random) else { return }
      payload[index] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &random)
    default:
      let texts = ["x", "é", "\\", "\t", ","]
      let quotes = payload.indices.filter { payload[$0] == UInt8(ascii: "\"") }
      guard let index = quotes.randomElement(using: &random) else { return }
      payload.insert(contentsOf: Array((texts.randomElement(using: &random) ?? "").utf8), at: index)
    }
  }
}
