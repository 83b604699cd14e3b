import Decomp
import Foundation
import Kafka
import MetricRouter
import Replay
import RouterConfiguration
import TestSupport
import Testing

/// A store that puts the rows of all row schemas into one topic (`topic=ldms`), on Apache Kafka.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct OneTopicTests {
  private static let nonsense = [
    "{}", "nonsense", #"{"timestamp":1795497251.002422,"producer":"userA:101:c2"}"#,
    #"{"timestamp":1795497251.002422,"producer":"userA:101:c2","unknown":1}"#,
  ]

  /// The recording's rows as such a store would have written them, among rows of no row schema.
  private func rows(_ stage: Stage, topic: String) throws -> (all: [InputRow], names: [String: String]) {
    let recorded = try Capture.recording.read().rows
    // As if it had ended just now: jobs that ended long ago leave the index.
    let shift = Int64(Date.now.timeIntervalSince1970 * 1000) - (recorded.map(\.timestamp).max() ?? 0)
    let times = RowTimeShift(try Decomposition(file: Capture.recording.path("decomp.json")))
    var all: [InputRow] = []
    var names: [String] = []
    for (number, row) in recorded.enumerated() {
      func moved(_ payload: [UInt8]) -> InputRow {
        InputRow(
          topic: topic, partition: Int32(number % 2), offset: 0, timestamp: row.timestamp + shift, payload: payload)
      }
      if number % 1000 == 7 {
        all += Self.nonsense.map { moved(Array($0.utf8)) }
        names += Self.nonsense.map { _ in "" }
      }
      all.append(moved(times.payload(of: row, shiftedBy: shift)))
      names.append(row.topic + stage.tag)
    }
    let numbered = InputRow.numbered(all)
    return (numbered, Dictionary(uniqueKeysWithValues: zip(numbered.map(\.key), names)))
  }

  @Test(arguments: Configuration.Delivery.allCases)
  func eachRowIsFoundByItsColumns(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let topic = "ldms-all\(stage.tag)"
    let (rows, names) = try rows(stage, topic: topic)
    let bad = rows.filter { names[$0.key] == "" }
    #expect(bad.count == 20)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let file = try RouterFile(stage)
    let router = try await IndexedRouter(file, environment: ["ROUTER_INPUTS": topic])
    try await file.waitForCommit(rows, by: [router.process], within: .seconds(60))
    var delivered = try Delivered(stage)
    let malformed = Set(bad.map(\.payload))
    func owner(_ row: InputRow) -> ExpectedOwner? {
      malformed.contains(row.payload) ? nil : ExpectedOwner(row: row.payload)
    }
    delivered.check(rows, owner: owner)
    delivered.checkOrder(rows, owner: owner)
    #expect(delivered.reasons == ["\(topic) malformed-row": bad.count])
    #expect(
      delivered.deadLetters.allSatisfy {
        $0.header("detail")?.hasPrefix("none of 7 row schemas accepts it") == true
          || $0.payload == Array("nonsense".utf8)
      })

    // Each job's rows are counted by the row schema that they are of.
    var expected: [String: [String: Int]] = [:]
    for row in rows {
      guard let owner = owner(row), let name = names[row.key] else { continue }
      expected["\(owner.user)/\(owner.job)", default: [:]][name, default: 0] += 1
    }
    try await router.wait("all rows in the index") { jobs in
      jobs.jobs.reduce(0) { $0 + $1.rows } == rows.count - bad.count
    }
    var counted: [String: [String: Int]] = [:]
    for job in try await router.details() {
      counted[job.name] = Dictionary((job.schemas ?? []).map { ($0.name, $0.rows) }) { $0 + $1 }
    }
    #expect(counted == expected)
    try await router.stop()
    // The audit reads the same topic, with the same decision on each row.
    let audit = try await RouterProgram.run(
      ["audit", "--config", file.path, "--json"], environment: ["ROUTER_INPUTS": topic], within: .seconds(60))
    #expect(audit.status == .exited(0), "\(audit.outputText.prefix(2000))\(audit.errorText)")
    let tail = try await RouterProgram.run(
      ["tail", "--config", file.path, "--user", "userA", "--schema", "loadavg", "--from-beginning", "--no-follow"],
      within: .seconds(60))
    let loads = rows.filter { names[$0.key] == "loadavg\(stage.tag)" && owner($0)?.user == "userA" }
    #expect(tail.status == .exited(0), "\(tail.errorText)")
    #expect(
      tail.outputText.split(separator: "\n").sorted()
        == loads.map { Substring(String(decoding: $0.payload, as: UTF8.self)) }.sorted())
  }
}
