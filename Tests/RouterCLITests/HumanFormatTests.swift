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
      (-5, "now"), (0, "now"), (0.9, "now"), (1, "1 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"),
      (172_799, "47 h"), (172_800, "2 d"), (86_400 * 1234, "1,234 d"),
    ] as [(Double, String)])
  func ages(_ seconds: Double, _ expected: String) {
    #expect(HumanFormat.age(.seconds(seconds)) == expected)
  }
}
