import ConfigurationFiles
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import TestSupport
import Testing

/// Every captured row, through the router on an embedded broker.
@Suite struct RouteCaptureTests {
  /// What a capture must give: its rows, and its dead letters by topic and reason.
  struct Expected: Sendable, CustomTestStringConvertible {
    var capture: Capture
    var rows: Int
    /// Rows of nodes without a job: they say the number of the node, and nobody.
    var unassigned = 0
    var deadLetters: [String: Int]
    var testDescription: String { capture.rawValue }
  }

  static let expected: [Expected] = [
    Expected(capture: .recording, rows: 4671, deadLetters: [:]),
    Expected(capture: .static, rows: 2930, unassigned: 226, deadLetters: [:]),
    Expected(capture: .asIs, rows: 3679, unassigned: 3679, deadLetters: [:]),
    Expected(
      capture: .slurmAsIs, rows: 126, unassigned: 100,
      deadLetters: [
        "mt-slurm_d57d145 no-identity": 7, "jobinfo_777211b no-identity": 3,
        "meminfo_4b63562 no-identity": 16,
      ]),
    Expected(
      capture: .weird, rows: 98, unassigned: 42, deadLetters: ["weird_static bad-producer": 14]),
    Expected(capture: .avroKafkaJSON, rows: 304, deadLetters: [:]),
    Expected(
      capture: .avroKafkaAvro, rows: 246,
      deadLetters: [
        "weird_62ccd49 unsupported-encoding": 29, "loadavg_8be3781 unsupported-encoding": 31,
        "procnetdev2_e8b9cc8 unsupported-encoding": 155, "meminfo_filter unsupported-encoding": 31,
      ]),
  ]

  static func owner(_ row: InputRow, of capture: Capture) -> ExpectedOwner? {
    switch capture {
    case .avroKafkaJSON:
      // The aggregator's topic= format was ldms.%F.%P.%S.%I.%u.%g.%U.%G.%a.%A.
      ExpectedOwner(producer: String(row.topic.split(separator: ".")[2]))
    case .avroKafkaAvro, .asIs, .slurmAsIs:
      nil
    case .recording, .static, .weird:
      ExpectedOwner(row: row.payload)
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: expected)
  func eachRowEndsOnceWhereItBelongs(expected: Expected) async throws {
    let capture = expected.capture
    let stage = try Stage(capture)
    let rows = try stage.rows(of: capture)
    #expect(rows.count == expected.rows)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage) { configuration in
      if capture == .avroKafkaJSON {
        configuration.identity.topic = Located("ldms.json.{producer}.{schema}.{any}")
        configuration.inputs = [Located("^ldms\\.json\\..*")]
      }
    }
    try await router.waitForRows(rows.count)
    #expect(try stage.committed(rows) == Stage.ends(of: rows))
    let totals = try await router.stop()
    var delivered = try Delivered(stage)
    // Those that are nowhere are exactly so many.
    let found = rows.filter { delivered.byKey[$0.key] != nil }
    #expect(found.count == rows.count - expected.unassigned)
    delivered.check(found) { Self.owner($0, of: capture) }
    delivered.checkOrder(found) { Self.owner($0, of: capture) }
    #expect(rows.allSatisfy { Self.owner($0, of: capture) == nil || delivered.byKey[$0.key] != nil })
    #expect(delivered.reasons == expected.deadLetters)
    #expect(totals.consumed == UInt64(rows.count))
    #expect(totals.consumed == totals.routed + totals.deadLettered + totals.unassigned)
    #expect(totals.unassigned == UInt64(expected.unassigned))
    #expect(totals.deadLettered == UInt64(expected.deadLetters.values.reduce(0, +)))
    var reasons: [DeadLetterReason: UInt64] = [:]
    for (key, count) in expected.deadLetters {
      let reason = try #require(key.split(separator: " ").last.flatMap { DeadLetterReason(rawValue: String($0)) })
      reasons[reason, default: 0] += UInt64(count)
    }
    #expect(totals.deadLettersByReason == reasons)
  }
}
