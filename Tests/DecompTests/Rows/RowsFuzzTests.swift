import Foundation
import FuzzSupport
import Testing

@testable import Decomp

/// Captured rows, changed at random: nothing crashes, nothing outside the payload is read, and the verdict is that of
/// the definition.
///
/// `make fuzz` runs the same inputs and many more, without the definition. `FUZZ_ROWS` sets the number of inputs,
/// `FUZZ_SEED` the seed; the same seed makes the same inputs.
@Suite struct RowsFuzzTests {
  static let inputs = ProcessInfo.processInfo.environment["FUZZ_ROWS"].flatMap(Int.init) ?? 20_000
  static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  @Test func `changed rows never crash the decoder and never get another verdict than by definition`() throws {
    let fuzzer = try RowFuzzer()
    var accepted = 0
    for input in 0..<Self.inputs {
      let row = fuzzer.input(input, seed: Self.seed)
      let (verdict, problem) = fuzzer.check(row)
      if verdict.row != nil { accepted += 1 }
      if let problem { Issue.record("input \(input): \(problem)") }
      // The definition takes its time.
      if let schema = row.schema, input % 16 == 0 {
        let expected = ReferenceReader(schema: schema, payload: row.payload).expected(ignoringPlaceOf: verdict)
        if verdict != expected { Issue.record("input \(input): \(verdict), by definition \(expected)") }
      }
    }
    #expect(accepted > Self.inputs / 50)
    #expect(accepted < Self.inputs)
  }
}
