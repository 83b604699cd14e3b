import Testing

@testable import RouterCLI

struct DurationTextTests {
  @Test(arguments: [
    ("15s", 15_000), ("10m", 600_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("500ms", 500), ("0s", 0),
    ("1d2h3m4s5ms", 93_784_005), ("90m", 5_400_000), ("007s", 7000),
  ])
  func reads(_ text: String, _ milliseconds: Int) throws {
    #expect(try DurationText.parse(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "s", "10", "1h30", "-1s", "1 s", "1.5h", "1y", "30m1h", "1m1m", "1H", "٣s", "1sek", "10m\n",
    "99999999999999999999s", "9223372036854775807d", "99999999999d",
  ])
  func refuses(_ text: String) {
    #expect(throws: ValueProblem.self) { try DurationText.parse(text) }
  }

  @Test(arguments: ["15s", "10m", "1h30m", "2d", "500ms", "0s", "1d2h3m4s5ms"])
  func spellsWhatItReads(_ text: String) throws {
    #expect(DurationText.spelled(try DurationText.parse(text)) == text)
  }
}
