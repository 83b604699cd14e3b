import Foundation
import Runtime
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Times in Slurm's messages.
@Suite struct SlurmTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00", Int64(0)), ("2026-11-28T13:30:01", 1_795_872_601_000),
    ("2024-02-29T23:59:59", 1_709_251_199_000), ("2000-02-29T00:00:00", 951_782_400_000),
    ("2026-11-28 13:30:01", 1_795_872_601_000), ("2026-11-28T13:30:01Z", 1_795_872_601_000),
    ("2026-11-28T14:30:01+01:00", 1_795_872_601_000),
    ("2026-11-28T08:00:01-05:30", 1_795_872_601_000),
    ("2026-11-28T13:30:01.5Z", 1_795_872_601_500),
    ("2026-11-28T13:30:01.123456789", 1_795_872_601_123),
    ("2016-12-31T23:59:60", 1_483_228_800_000), ("9999-12-31T23:59:59", SlurmTime.latest * 1000),
  ])
  func `a time without a zone is UTC`(text: String, milliseconds: Int64) {
    #expect(SlurmTime.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "Unknown", "2026-11-28", "2026-11-28T13:30", "2026-13-01T00:00:00", "2026-00-01T00:00:00",
    "2026-02-29T00:00:00",
    "2100-02-29T00:00:00", "2026-04-31T00:00:00", "2026-11-00T00:00:00", "2026-11-28T24:00:00",
    "2026-11-28T13:60:00",
    "2026-11-28T13:30:61", "2026-11-28T13:30:01.", "2026-11-28T13:30:01.1234567890",
    "2026-11-28T13:30:01+1",
    "2026-11-28T13:30:01+15:00", "2026-11-28T13:30:01+01:60", "2026-11-28T13:30:01 UTC",
    "2026-11-28t13:30:01",
    "+026-11-28T13:30:01", "1969-12-31T23:59:59", "1970-01-01T00:00:00+01:00",
    "#######################", "٢٠٢٦-11-28T13:30:01",
  ])
  func `anything else is none`(text: String) {
    #expect(SlurmTime.milliseconds(text) == nil)
  }

  @Test func `any time that is written is read back`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let time = Int64.random(in: 0...SlurmTime.latest, using: &generator) * 1000
      #expect(SlurmTime.milliseconds(Timestamp.text(milliseconds: time)) == time)
    }
  }
}
