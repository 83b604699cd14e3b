import Foundation
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import TestSupport
import Testing

/// Rows that name no user: whose they are, their job's number and the index say, and they are not refused before it was read.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct JobNumberRoutingTests {
  /// Slurm's message about the start of a job.
  private static func start(of job: Int, _ user: String, nodes: String) -> String {
    let now = Date.now.ISO8601Format().dropLast()
    return
      "{\"jobid\":\(job),\"username\":\"\(user)\",\"@start\":\"\(now)\",\"nodes\":\"\(nodes)\",\"state\":null}"
  }

  /// What LDMS's own `sampler.conf` makes: the producer is the host's name, which may look like a user and a node.
  @Test func aHostsRowsGoWhereItsJobLeads() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let maker = try RowMaker(stage)
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    func row(_ producer: String, job: Int) throws -> InputRow {
      var row = try maker.row("loadavg", producer, at: now)
      row.payload = Array(
        String(decoding: row.payload, as: UTF8.self).replacing("\"job_id\":0", with: "\"job_id\":\(job)").utf8)
      return row
    }
    let rows = InputRow.numbered([
      try row("orion-01", job: 701), try row("orion-02.example.org", job: 701), try row("bob-01", job: 0),
      try row("orion-03", job: 701), try row("orion-01", job: 0), try row("orion-09", job: 701),
      try row("alice:701:orion-02", job: 701),
    ])
    let expected: [(user: String, job: String)?] = [
      ("alice", "701"), ("alice", "701"), ("bob", "bob-01"), nil, nil, nil, ("alice", "701"),
    ]
    // A host without a job: nobody's, and no dead letter.
    let unassigned = rows[4].key
    let slurm = "slurm\(stage.tag)"
    try stage.makeTopics([rows[0].topic: 1, slurm: 1])
    try stage.send([(nil, Self.start(of: 701, "alice", nodes: "orion-[01-02]"))], to: slurm)
    try stage.feed(rows)
    let file = try RouterFile(stage)
    let environment = [
      "ROUTER_IDENTITY_NODES": "orion-[01-03],01", "ROUTER_INPUTS": rows[0].topic, "ROUTER_IDENTITY_OWNER_WAIT": "1s",
      "ROUTER_JOBS_EVENTS": slurm,
    ]
    let router = try await IndexedRouter(file, environment: environment)
    try await file.waitForCommit(rows, by: [router.process], within: .seconds(60))
    try await eventually("the row that waits for an owner in vain", within: .seconds(30)) {
      try Delivered(stage).reasons == ["\(rows[0].topic) unknown-job": 1, "\(rows[0].topic) bad-producer": 1]
    }
    // Rows that are in no topic are told of by the router.
    try await eventually("the row that is no job's", within: .seconds(20)) {
      try await router.totals().rows?.unassigned == 1
    }
    let topics = try await RouterProgram.run(
      ["topics", "--config", file.path, "--all", "--json"], environment: environment)
    let listed = try #require(
      try JSONSerialization.jsonObject(with: Data(topics.output)) as? [String: Any], "\(topics.errorText)")
    let counts = try #require(listed["rows"] as? [String: Any])
    #expect(counts["unassigned"] as? Int == 1 && counts["withheld"] as? Int == 0 && counts["waiting"] as? Int == 0)
    #expect(topics.errorText.contains("Rows in no topic since the routers started: 1 unassigned, 0 withheld."))
    try await router.stop()
    let delivered = try Delivered(stage)
    for (row, owner) in zip(rows, expected) {
      let places = (delivered.byKey[row.key] ?? []).map(\.topic).sorted()
      let user = "\(stage.prefix).user."
      let wanted = try owner.map { owner in
        let names = try TopicNames(prefix: stage.prefix)
        return [
          try #require(names.job(Name(owner.job), user: Name(owner.user))), "\(user)\(owner.user).rows",
        ]
      }
      #expect(
        places == wanted ?? (row.key == unassigned ? [] : [stage.deadLetters]),
        "\(String(decoding: row.payload.prefix(90), as: UTF8.self))")
    }
    let details = Set(delivered.deadLetters.compactMap { $0.header("detail") })
    #expect(details.contains { $0.contains("node `orion-03`") && $0.contains("not known to run on that node") })
    try await auditAndCheck(rows, file, environment)
  }

  /// What audit and check say of these rows, when they read whose jobs are from the cluster.
  private func auditAndCheck(_ rows: [InputRow], _ file: RouterFile, _ environment: [String: String]) async throws {
    func audit() async throws -> [String: Any] {
      let audit = try await RouterProgram.run(["audit", "--config", file.path, "--json"], environment: environment)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(audit.output)) as? [String: Any], "\(audit.errorText)")
    }
    let proven = try await audit()
    #expect(proven["proven"] as? Bool == true && proven["unassigned"] as? Int == 1, "\(proven)")
    // A copy with another user is no copy of that user's job, though nothing in the row says so.
    let stranger = "\(file.stage.prefix).user.mallory.rows"
    try file.stage.makeTopics([stranger: 1])
    let place = TopicPartition(topic: rows[0].topic, partition: rows[0].partition)
    let key = "\(place)@\(try file.stage.life(of: place))/\(rows[0].offset)"
    try file.stage.send([(key, String(decoding: rows[0].payload, as: UTF8.self))], to: stranger)
    #expect(try await audit()["misplaced"] as? Int == 1)

    let directory = try TemporaryDirectory()
    for (row, code, words) in [
      (rows[0], CInt(0), ["alice, the owner of the job", "those of 1 job number are known", "It would be routed."]),
      (rows[3], 1, ["and then be dead-lettered as unknown-job.", "job 701 is not known to run on that node"]),
      (rows[4], 1, ["It would be counted as unassigned"]),
    ] {
      let check = try await RouterProgram.run(
        [
          "check", "--config", file.path, "--connect", "--row", directory.write(row.payload, to: "row"), "--topic",
          row.topic,
        ],
        environment: environment)
      #expect(check.status == .exited(code), "\(check.outputText)\n\(check.errorText)")
      for word in words where !(word.hasPrefix("those of") && code != 0) {
        #expect(check.outputText.contains(word), "\(check.outputText)")
      }
    }
  }

  /// The share of a job that another router published.
  private static func share(of job: Int, at time: Int64) -> (key: String?, value: String?) {
    let user = "user\(job % 10)"
    let text =
      "{\"user\":\"\(user)\",\"job\":\"\(job)\",\"router\":\"other\",\"state\":\"active\",\"schemas\":[],"
      + "\"nodes\":[{\"node\":\"c\(job)\",\"first\":\(time),\"last\":\(time),"
      + "\"claims\":[{\"source\":\"name\",\"from\":\(time),\"to\":\(time)}]}],"
      + "\"history\":[{\"time\":\(time),\"state\":\"active\",\"reason\":\"rows\"}]}"
    return ("job/\(user)/\(job)/other", text)
  }

  /// A backlog waits for a router that starts, and is stopped and started again; the index knows all of its jobs.
  @Test(arguments: Configuration.Delivery.allCases)
  func noRowOfAKnownJobIsRejectedForBeingEarly(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let topic = "meminfo_\(UUID().uuidString.prefix(7).lowercased())"
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    try stage.makeTopics([stage.jobIndex: 1], settings: ["cleanup.policy": "compact"])
    try stage.send((0..<3000).map { Self.share(of: 10_000 + $0, at: now) }, to: stage.jobIndex)
    let slurm = "slurm\(stage.tag)"
    try stage.makeTopics([slurm: 1, topic: 3])
    try stage.send((0..<2000).map { (nil, Self.start(of: 50_000 + $0, "userS", nodes: "c\(50_000 + $0)")) }, to: slurm)
    // The last jobs that were published or told of are the last that are read.
    let jobs = [10_000, 11_701, 12_998, 12_999, 50_000, 51_999]
    let captured = try JobIndexIdentityTests.rows(of: [301], in: topic, at: now)
    func owner(_ job: Int) -> String { job < 50_000 ? "user\(job % 10)" : "userS" }
    let rows = InputRow.numbered(
      (0..<3000).map { number in
        let from = captured[number % captured.count]
        let text = String(decoding: from.payload, as: UTF8.self)
          .replacing("\"job_id\":301", with: "\"job_id\":\(jobs[number % jobs.count])")
        return InputRow(
          topic: topic, partition: Int32(number % 3), offset: 0, timestamp: 0, payload: Array(text.utf8))
      })
    let file = try RouterFile(stage)
    for part in [rows.prefix(1500), rows.suffix(1500)] {
      try stage.feed(part)
      let router = try await IndexedRouter(
        file, jobs: ["events": slurm],
        environment: ["ROUTER_DECOMPOSITION": Capture.slurmAsIs.path("decomp.json"), "ROUTER_INPUTS": topic])
      try await file.waitForCommit(
        part.startIndex == 0 ? Array(part) : rows, by: [router.process], within: .seconds(60))
      try await router.stop()
      #expect(router.log.contains("routing the rows that waited for it"), "\(router.log.suffix(2000))")
    }
    let delivered = try Delivered(stage)
    #expect(delivered.reasons.isEmpty, "\(Set(delivered.deadLetters.compactMap { $0.header("detail") }))")
    for (number, row) in rows.enumerated() {
      let job = jobs[number % jobs.count]
      let user = "\(stage.prefix).user.\(owner(job))"
      #expect(
        Set((delivered.byKey[row.key] ?? []).map(\.topic)) == ["\(user).job.\(job)", "\(user).rows"], "\(row.key)")
    }
  }

  /// Without READ on the index, nobody knows whether a job is known: its rows wait, the router says so, and nobody else's wait.
  @Test func anIndexThatCannotBeReadIsReported() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.sasl), as: .router)
    let topic = "meminfo_\(UUID().uuidString.prefix(7).lowercased())"
    let maker = try RowMaker(stage)
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    let named = InputRow.numbered(
      try (0..<20).map { try maker.row("loadavg", "userA:301:c2", component: 2, at: now + $0) })
    let numbered = InputRow.numbered(try JobIndexIdentityTests.rows(of: [301], in: topic, at: now))
    try stage.makeInputs(named + numbered)
    try await stage.grantRouter(named + numbered)
    try stage.feed(numbered + named)
    var environment = [
      "ROUTER_DECOMPOSITION": "\(stage.decompositions[0]),\(Capture.slurmAsIs.path("decomp.json"))",
      "ROUTER_INPUTS": "\(named[0].topic),\(topic)",
    ]
    for (name, value) in stage.properties {
      environment["ROUTER_KAFKA_" + name.uppercased().replacing(".", with: "_")] = value
    }
    let router = try await IndexedRouter(try RouterFile(stage), environment: environment)
    try await eventually("the rows that name their user", within: .seconds(40)) {
      try stage.committed(named) == Stage.ends(of: named)
    }
    let waiting = "1 input partition waits until the job index has been read"
    try await eventually("that the router says why it is not ready", within: .seconds(30)) {
      let answer = try await router.response("/readyz")
      return answer.status == 503 && answer.body.contains(waiting)
        && answer.body.contains("reading the job index failed")
    }
    #expect(router.log.contains("reading the job index"))
    #expect(try stage.committed(numbered).values.allSatisfy { $0 == 0 })
    #expect(try Delivered(stage).byKey.keys.allSatisfy { !$0.hasPrefix(topic) })

    let read = AccessRule(.topic, .literal, stage.jobIndex, principal: "User:router", operation: .read)
    for refused in try stage.admin.createAccessRules([read], timeoutMilliseconds: 30000) { throw refused.error }
    try await eventually("the rows that waited", within: .seconds(40)) {
      try stage.committed(numbered) == Stage.ends(of: numbered)
    }
    try await eventually("that it is ready", within: .seconds(10)) {
      try await router.response("/readyz").status == 200
    }
    try await router.stop()
    var delivered = try Delivered(stage)
    delivered.check(named + numbered) { _ in ExpectedOwner(producer: "userA:301:c2") }
  }
}
