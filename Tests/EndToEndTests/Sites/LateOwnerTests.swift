import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Rows whose owner is not known yet wait for it, and hold up no other row, though they come through the same partitions.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct LateOwnerTests {
  @Test(arguments: Configuration.Delivery.allCases)
  func rowsThatWaitHoldUpNobody(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    // `make soak` has thousands of jobs, and twenty new ones a second.
    let late =
      Soak.isLong
      ? LateOwners(stage: stage, known: 10_000, active: 100, rate: 20, seconds: 20)
      : LateOwners(stage: stage, known: 60, active: 20, rate: 4, seconds: 4)
    try await blocking { try late.prepare() }
    let file = try RouterFile(stage)
    let router = try await IndexedRouter(
      file, jobs: ["events": late.slurm],
      environment: [
        "ROUTER_INPUTS": "loadavg\(stage.tag)", "ROUTER_IDENTITY_NODES": late.nodes,
        "ROUTER_IDENTITY_PRODUCERS": "{user}:{job}:{node}", "ROUTER_IDENTITY_OWNER_WAIT": "20s",
      ])
    try await eventually("the partitions", within: .seconds(40)) { router.log.contains("partitions assigned") }
    let sent = try await blocking { try late.feed() }
    try await file.waitForCommit(sent.map(\.row), by: [router.process], within: .seconds(40))
    try await eventually("the rows that waited", within: .seconds(30)) {
      if try await blocking({ Set(try stage.outputs().map(\.key)).count }) == sent.count { return true }
      try await Task.sleep(for: .milliseconds(200))
      return false
    }
    try await router.stop()
    check(try await blocking { try Delivered(stage) }, sent, stage)
  }

  private func check(_ delivered: Delivered, _ sent: [LateOwners.Sent], _ stage: Stage) {
    #expect(delivered.reasons.isEmpty, "\(Set(delivered.deadLetters.compactMap { $0.header("detail") }))")
    var (others, early): ([Int64], [Int64]) = ([], [])
    var wrong: [String] = []
    let began = sent.first?.time ?? 0
    for row in sent {
      let copies = delivered.byKey[row.row.key] ?? []
      let user = "\(stage.prefix).user.\(row.user)"
      if copies.map(\.topic).sorted() != ["\(user).job.\(row.job)", "\(user).rows"] {
        wrong.append("\(row.row.key) of \(row.user)/\(row.job): \(copies.map(\.topic))")
      }
      // The brokers note when a copy came. The first ones wait for their topics.
      guard row.time > began + 2000, let copy = copies.first(where: { $0.topic == "\(user).rows" })?.timestamp else {
        continue
      }
      if row.isEarly { early.append(copy - row.time) } else { others.append(copy - row.time) }
    }
    #expect(wrong.isEmpty, "\(wrong.count) rows are wrong, such as \(wrong.prefix(3))")
    others.sort()
    early.sort()
    let (median, most) = (others[others.count / 2], others[others.count * 9 / 10])
    print(
      "\(stage.delivery.rawValue): \(others.count) other rows: median \(median) ms, 90 % \(most) ms; "
        + "\(early.count) early rows: median \(early.isEmpty ? -1 : early[early.count / 2]) ms")
    // Behind rows that wait, all of them would be two seconds late.
    #expect(median < 1000, "the median in ms")
    #expect(most < 2000, "90 % in ms")
    #expect(early.count > 20)
    #expect(early.last ?? 0 > 1000, "owners became known late")
  }
}
