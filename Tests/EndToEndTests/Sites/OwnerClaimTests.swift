import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// What rows of authorities say of owners outlives the router that has read it.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct OwnerClaimTests {
  /// While the topic of the job index takes nothing, no offset of such a row is committed: after kill -9 the row is read again.
  @Test(arguments: Configuration.Delivery.allCases)
  func noOffsetIsCommittedBeforeTheClaimIsStored(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let site = try AuthoritySite(stage)
    // No message about a job is small enough.
    var index = ["cleanup.policy": "compact", "max.message.bytes": "100"]
    try stage.makeTopics([stage.jobIndex: 1], settings: index)
    let began = Date.now
    let telling = site.telling(job: 701, user: "alice", host: "c1", at: began)
    try stage.makeTopics([site.jobs: 1, site.load: 1])
    try stage.feed([telling])
    let killed = try await IndexedRouter(site.file, environment: site.environment)
    try await killed.wait("the job that the row names", within: .seconds(40)) { shown in
      shown.jobs.contains { $0.job == "701" && $0.user == "alice" }
    }
    // Many times longer than a commit takes.
    try await Task.sleep(for: .seconds(1))
    #expect(try stage.committed([telling]).values.allSatisfy { $0 == 0 })
    try await killed.kill()

    index["max.message.bytes"] = "1048588"
    try stage.admin.replaceSettings(ofTopic: stage.jobIndex, with: index, timeoutMilliseconds: 30_000)
    let next = try await IndexedRouter(site.file, environment: site.environment)
    try await site.file.waitForCommit([telling], by: [next.process], within: .seconds(40))
    // Now it may be killed at once.
    try await next.kill()
    let row = site.row(job: 701, host: "c1", at: began)
    try stage.feed([row])
    let last = try await IndexedRouter(site.file, environment: site.environment)
    try await site.file.waitForCommit([row], by: [last.process], within: .seconds(40))
    try await last.stop()
    let delivered = try Delivered(stage)
    let user = "\(stage.prefix).user.alice"
    #expect((delivered.byKey[row.key] ?? []).map(\.topic).sorted() == ["\(user).job.701", "\(user).rows"])
    #expect(delivered.reasons.isEmpty, "\(delivered.reasons)")
  }

  /// Two routers share the partitions of rows that say owners and of rows that wait for them; one is killed in the middle.
  @Test func aRouterThatIsKilledBesideAnother() async throws {
    async let plain: Void = killOneOfTwo(.atLeastOnce)
    async let transactional: Void = killOneOfTwo(.exactlyOnce)
    _ = try await (plain, transactional)
  }

  private static let jobs = 1...12

  /// Rows of the jobs, each on a host of its own; half of them come before it is known whose the job is.
  private static func rows(_ site: AuthoritySite) -> (rows: [InputRow], early: Int, told: Int) {
    let began = Date.now
    var rows: [InputRow] = []
    func addRows(_ numbers: Range<Int>) {
      for number in numbers {
        for job in jobs {
          let time = began.addingTimeInterval(Double(number) / 100)
          rows.append(site.row(job: 700 + job, host: "c\(job)", partition: Int32((job + number) % 4), at: time))
        }
      }
    }
    func addOwners(_ jobs: ClosedRange<Int>) {
      for job in jobs {
        rows.append(
          site.telling(job: 700 + job, user: user(of: job), host: "c\(job)", partition: Int32(job % 2), at: began))
      }
    }
    addRows(0..<10)
    addOwners(1...6)
    let early = rows.count
    addOwners(7...12)
    let told = rows.count
    addRows(10..<20)
    return (InputRow.numbered(rows), early, told)
  }

  private static func user(of job: Int) -> String { "user\(job % 3)" }

  private func killOneOfTwo(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let site = try AuthoritySite(stage)
    try stage.makeTopics([site.jobs: 2, site.load: 4])
    let (rows, early, told) = Self.rows(site)
    let one = try await IndexedRouter(site.file, instance: "one", environment: site.environment)
    let two = try await IndexedRouter(site.file, instance: "two", environment: site.environment)
    let routers = [one, two]
    try await eventually("partitions for both", within: .seconds(40)) {
      routers.allSatisfy {
        $0.log.split(separator: "\n").last { $0.contains("partitions assigned") }?.contains("count=0") == false
      }
    }
    try stage.feed(rows[..<early])
    try await eventually("rows that wait", within: .seconds(40)) {
      var postponed = 0
      for router in routers {
        let metrics = try await router.response("/metrics").body
        postponed +=
          metrics.firstMatch(of: /\nldms_router_rows_postponed_total (\d+)/).flatMap { Int($0.output.1) } ?? 0
      }
      return postponed >= 30
    }
    try stage.feed(rows[early..<told])
    try await two.kill()
    try stage.feed(rows[told...])
    try await site.file.waitForCommit(rows, by: [one.process], within: .seconds(60))
    try await eventually("all rows that waited", within: .seconds(60)) {
      if Set(try stage.outputs().map(\.key)).count >= rows.count { return true }
      try await Task.sleep(for: .milliseconds(200))
      return false
    }
    try await one.stop()

    let delivered = try Delivered(stage)
    #expect(delivered.reasons.isEmpty, "\(Set(delivered.deadLetters.compactMap { $0.header("detail") }))")
    for row in rows {
      let text = String(decoding: row.payload, as: UTF8.self)
      let job = try #require(text.firstMatch(of: /"job_id":7(\d\d)/).flatMap { Int($0.output.1) })
      let user = "\(stage.prefix).user.\(Self.user(of: job))"
      let copies = (delivered.byKey[row.key] ?? []).map(\.topic)
      #expect(Set(copies) == ["\(user).rows", "\(user).job.\(700 + job)"], "\(row.key): \(text)")
      if delivery == .exactlyOnce { #expect(copies.count == 2) }
    }
    let audit = try await RouterProgram.run(
      ["audit", "--config", site.file.path, "--json"], environment: site.environment)
    #expect(audit.status == .exited(0), "\(audit.outputText.prefix(2000)) \(audit.errorText)")
  }
}
