import Foundation
import Kafka
import MetricRouter
import Replay
import TestSupport
import Testing

/// Rows that say nothing but a job's number: whose they are, the index knows, or nobody.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexIdentityTests {
  /// Rows of `meminfo` as `as_is` stores them, from node 2 while job 301 ran there; as rows of other jobs, too.
  ///
  /// - Parameter time: the rows' own time, in milliseconds since 1970.
  static func rows(of jobs: [Int], in topic: String, at time: Int64) throws -> [InputRow] {
    let seconds = "\"timestamp\":\(time / 1000).\(String(time % 1000 + 1000).dropFirst())000,"
    let captured = try Capture.slurmAsIs.read().rows.filter {
      $0.topic == "meminfo_4b63562" && String(decoding: $0.payload, as: UTF8.self).contains("\"job_id\":301")
    }
    return captured.flatMap { row in
      jobs.map { job in
        let text = String(decoding: row.payload, as: UTF8.self)
          .replacing("\"job_id\":301", with: "\"job_id\":\(job)")
          .replacing(/"timestamp":[0-9.]+,/, with: seconds, maxReplacements: 1)
        return InputRow(topic: topic, partition: 0, offset: 0, timestamp: 0, payload: Array(text.utf8))
      }
    }
  }

  @Test func theIndexLeadsFromAJobToItsUser() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    // Topics of as_is rows end with seven digits of a digest; so this test has one of its own.
    let topic = "meminfo_\(UUID().uuidString.prefix(7).lowercased())"
    let slurm = "slurm\(stage.tag)"
    let inputs = LiveRows.schemas.map { $0 + stage.tag } + [topic]
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: (inputs + [slurm]).map { ($0, 1) }))
    // 301: rows tell. 302: Slurm tells. 303: two users. 304: nobody. 305: two users, and Slurm told of one.
    let jobs = [301, 302, 303, 304, 305]
    func now() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }
    let first = try Self.rows(of: jobs, in: topic, at: now())
    let count = first.count / jobs.count
    #expect(count > 10)
    try stage.feed(first)
    let decompositions = [stage.decompositions[0], Capture.slurmAsIs.path("decomp.json")]
    let router = try await IndexedRouter(
      try RouterFile(stage), jobs: ["events": slurm],
      environment: [
        "ROUTER_DECOMPOSITION": decompositions.joined(separator: ","), "ROUTER_INPUTS": inputs.joined(separator: ","),
        "ROUTER_IDENTITY_OWNER_WAIT": "1s", "ROUTER_IDENTITY_SHARED_NODES": "route",
      ])
    try await eventually("the dead letters", within: .seconds(30)) {
      try Delivered(stage).reasons == ["\(topic) unknown-job": first.count]
    }

    let live = try LiveRows(
      stage,
      ["userA:301:c2", "userA:303:c2", "userB:303:c3", "userA:305:c2", "userB:305:c3"], partitions: 1)
    let start = Date.now.ISO8601Format().dropLast()
    try stage.send(
      [(302, "userB"), (305, "userA")].map { job, user in
        (nil, "{\"jobid\":\(job),\"username\":\"\(user)\",\"@start\":\"\(start)\",\"nodes\":\"c2\",\"state\":null}")
      }, to: slurm)
    try await router.wait("all jobs") {
      $0.jobs.map(\.name) == ["userA/301", "userA/303", "userA/305", "userB/302", "userB/303", "userB/305"]
        && $0.totals.active == 6
    }
    let second = try Self.rows(of: jobs, in: topic, at: now())
    var delivered = try Delivered(stage)
    func arrive(_ count: Int) async throws {
      try await eventually("\(count) rows", within: .seconds(20)) {
        delivered = try Delivered(stage)
        return delivered.byKey.keys.count { $0.hasPrefix(topic + "/") } == count
      }
    }
    // The routing thread is told of owners twice a second: a row of each job, until it knows all.
    var asked = first.count
    try await eventually("that the routing thread knows the owners", within: .seconds(20)) {
      try stage.feed(second.prefix(jobs.count))
      asked += jobs.count
      try await arrive(asked)
      let copies = (asked - jobs.count..<asked).map { delivered.byKey["\(topic)/0/\($0)"] ?? [] }
      let doubts = copies.filter { $0.contains { $0.header("detail")?.contains("several users") == true } }
      return copies.count { $0.count == 2 } == 2 && doubts.count == 2
    }
    try stage.feed(second)
    try await arrive(asked + second.count)
    try await live.stop()
    try await router.stop()

    delivered = try Delivered(stage)
    let owners = [301: "userA", 302: "userB"]
    let offsets = Array(0..<first.count) + Array(asked..<asked + second.count)
    for (offset, row) in zip(offsets, first + second) {
      let job = jobs[offset % jobs.count]
      let copies = delivered.byKey["\(topic)/0/\(offset)"] ?? []
      let user = offset < first.count ? nil : owners[job]
      let expected =
        user.map { ["\(stage.prefix).user.\($0).job.\(job)", "\(stage.prefix).user.\($0).rows"] }
        ?? [stage.deadLetters]
      #expect(copies.map(\.topic).sorted() == expected, "row \(offset) of job \(job)")
      #expect(copies.allSatisfy { $0.payload == row.payload })
    }
    let details = Set(delivered.deadLetters.compactMap { $0.header("detail") })
    for job in [303, 305] { #expect(details.contains { $0.contains("several users have a job \(job)") }) }
    #expect(details.contains { $0.hasSuffix("the owner of job 304 is not known") })
    #expect(Set(delivered.reasons.keys) == ["\(topic) unknown-job", "\(topic) ambiguous-owner"])
  }
}
