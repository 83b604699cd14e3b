import Glibc
import Testing

@testable import RouterCLI

struct HumanFormatTests {
  @Test(
    arguments: [
      (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (10_189, "10 KiB"),
      (10_240, "10 KiB"), (1_047_552, "1023 KiB"), (1_048_063, "1023 KiB"), (1_048_064, "1.0 MiB"),
      (24_117_248, "23 MiB"), (1_073_741_824, "1.0 GiB"), (5 << 40, "5.0 TiB"), (1 << 50, "1.0 PiB"),
      (UInt64.max, "16 EiB"),
    ] as [(UInt64, String)])
  func bytes(_ count: UInt64, _ expected: String) {
    #expect(HumanFormat.bytes(count) == expected)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (4671, "4,671"), (1_234_567, "1,234,567"), (-1000, "-1,000"),
    (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(_ number: Int, _ expected: String) {
    #expect(HumanFormat.count(number) == expected)
  }

  @Test(
    arguments: [
      (-5, "now"), (0, "now"), (0.9, "now"), (1, "1 s"), (59.9, "59 s"), (60, "1 min"), (70, "1 min"),
      (3599, "59 min"), (3600, "1 h"), (7500, "2 h 5 min"), (86_399, "23 h 59 min"), (86_400, "1 d"),
      (510_263, "5 d 21 h"), (86_400 * 1234, "1234 d"),
    ] as [(Double, String)])
  func ages(_ seconds: Double, _ expected: String) {
    #expect(HumanFormat.age(.seconds(seconds)) == expected)
    // The one word for what has just been is all that an age has for itself.
    if expected != "now" { #expect(HumanFormat.duration(.seconds(seconds)) == expected) }
  }

  @Test(arguments: [(-1, "0 s"), (0, "0 s"), (420, "420 ms"), (1999, "1 s")] as [(Int64, String)])
  func shortDurations(_ milliseconds: Int64, _ expected: String) {
    #expect(HumanFormat.duration(.milliseconds(milliseconds)) == expected)
  }

  @Test(
    arguments: [
      (0, "0.00"), (0.254, "0.25"), (9.994, "9.99"), (9.996, "10.0"), (31.25, "31.3"), (99.96, "100"),
      (1234.4, "1,234"),
      (-0.001, "0.00"), (-2.5, "-2.50"), (.nan, "-"), (.infinity, "-"), (-.infinity, "-"), (1e300, "-"),
    ] as [(Double, String)])
  func quantities(_ number: Double, _ expected: String) {
    #expect(HumanFormat.quantity(number) == expected)
  }

  @Test(
    arguments: [
      (0, "0"), (0.04, "0.0"), (0.44, "0.4"), (9.94, "9.9"), (9.96, "10"), (1234.5, "1,235"), (-1, "-1"), (.nan, "-"),
      (nil, "-"),
    ] as [(Double?, String)])
  func rates(_ number: Double?, _ expected: String) {
    #expect(HumanFormat.rate(number) == expected)
  }

  @Test(arguments: [(0, "0%"), (0.434, "43%"), (1, "100%"), (.nan, "-")] as [(Double, String)])
  func percents(_ share: Double, _ expected: String) {
    #expect(HumanFormat.percent(share) == expected)
  }

  @Test func momentsOfOtherDaysHaveTheirDate() {
    setenv("TZ", "UTC", 1)
    tzset()
    let now: Int64 = 1_795_525_331_000
    #expect(LocalTime.moment(now - 1500, now: now) == "13:02:09")
    #expect(LocalTime.moment(now - 86_400_000, now: now) == "2026-11-23 13:02:11")
    #expect(LocalTime.moment(.min, now: now) == "-")
  }
}
