import Testing

@testable import Runtime

/// Moments as text.
@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1_795_497_251_007, "2026-11-24T05:14:11.007Z"),
      (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_800_000, "10000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func momentsAreInUTC(_ milliseconds: Int64, _ text: String) {
    #expect(Timestamp.text(milliseconds: milliseconds) == text)
  }

  @Test(arguments: [Int64.min, .max, .min + 1])
  func noMomentIsTooFar(_ milliseconds: Int64) {
    #expect(Timestamp.text(milliseconds: milliseconds).hasSuffix("Z"))
  }
}
