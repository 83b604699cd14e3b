import Foundation
import Kafka
import MetricRouter
import Naming
import Redrive
import RouterConfiguration
import TestSupport
import Testing

/// `router redrive` after `router run`, on real Kafka; `router audit` proves that the rows arrived.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct RedriveTests {
  /// With these templates no producer of the recording names a user.
  private static let wrong = ["ROUTER_IDENTITY_PRODUCERS": "{user}-{node}", "ROUTER_IDENTITY_NODES": "n[1-9]"]

  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// Beside a router that runs, also one with transactions.
  @Test(arguments: Configuration.Delivery.allCases)
  func rowsAreRoutedOnceTheConfigurationIsRight(_ delivery: Configuration.Delivery) async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one), delivery), first: 600, bad: ["{}"])
    let before = try await site.redrive()
    #expect(before.exitCode == 66 && before.output.isEmpty)
    #expect(before.errors.contains("there is no topic \(site.stage.deadLetters), which a router creates"))

    try await site.route(environment: Self.wrong)
    // A transaction's rows are seen a moment after its commit.
    try await eventually("all dead letters", within: .seconds(30)) {
      try await site.redrive("--json").number("rows") == 601
    }
    let dry = try await site.redrive("--reason", "bad-producer")
    #expect(dry.exitCode == 1)
    #expect(dry.errors == "600 rows would be sent; 'router redrive --reason bad-producer --apply' does it.\n")
    let lines = site.plain(dry.output).split(separator: "\n").map { $0.split(separator: " ").map { String($0) } }
    #expect(lines.first == ["REASON", "INPUT", "ROWS", "OLDEST", "NEWEST"])
    #expect(lines.dropFirst().compactMap { Int($0[2]) }.reduce(0, +) == 600)
    #expect(try site.waitingRows().isEmpty)
    // Without a terminal nobody can be asked.
    let asked = try await site.redrive("--apply")
    #expect(asked.exitCode == 1 && asked.errors == "601 rows not sent.\n")

    // Single topics and reasons.
    let topic = site.rows[1].topic
    let count = site.rows.count { $0.topic == topic && $0 != site.rows[0] }
    let one = try await site.redrive("--topic", topic, "--reason", "bad-producer", "--since", "1h", "--json")
    #expect(one.number("rows") == count && one.number("sent") == 0 && one.document["applied"] as? Bool == false)
    let none = try await site.redrive("--reason", "unknown-user")
    #expect(none.exitCode == 0 && none.output.isEmpty && none.errors == "No dead letters.\n")
    let typo = try await site.redrive("--topic", "x" + topic)
    #expect(typo.exitCode == 0)
    #expect(typo.errors == "No dead letters of input topic 'x\(topic)'. Did you mean '\(topic)'?\n")

    try await site.route {
      let sent = try await site.redrive("--reason", "bad-producer", "--yes", "--json")
      #expect(sent.exitCode == 0 && sent.errors == "600 rows sent.\n", "\(sent.errors)")
      #expect(sent.number("rows") == 600 && sent.number("sent") == 600)
    }
    let again = try await site.redrive("--yes", "--json")
    #expect(again.exitCode == 0 && again.number("already_sent") == 600)
    // The row that is none comes back, and is not doubled.
    #expect(again.number("sent") == 1)
    try await site.route()
    let rows = try site.waitingRows()
    #expect(rows.count == 601 && Set(rows.map { $0.header("redriven") }).count == 601)
    #expect(rows.allSatisfy { $0.header("since") == "0" && $0.header("timestamp") != nil })

    let audit = try await site.audit("--json", "--exactly-once")
    #expect(audit.exitCode == 0, "\(audit.errors) \(audit.findings)")
    #expect(audit.number("redriven") == 600 && audit.number("proven_rows") == 601 && audit.number("misplaced") == 0)
    #expect(
      try await site.audit().errors
        == "600 rows redriven: dead-lettered at first, and routed after 'router redrive'.\n")
    let delivered = try Delivered(site.stage)
    delivered.checkOrder(site.rows) { Self.owner($0) }
    let returned = delivered.deadLetters.filter { $0.header("redriven") != nil }
    #expect(returned.map(\.key) == [site.rows[0].key] && returned[0].header("reason") == "malformed-row")
  }

  /// The copies that had arrived before are there twice; nobody lacks one.
  @Test func rowsBeyondALimitFollowOnceItAllows() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let maker = try RowMaker(stage)
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    let rows = InputRow.numbered(try (1...12).map { try maker.row("loadavg", "many:\($0):c1", at: now) })
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let limited = RouterHarness(try stage.settings { $0.topics.newPerUser = 6 }, creator: stage.creator)
    try await limited.waitForCommit(stage, rows)
    let refused = try await limited.stop().deadLettered
    #expect((5...7).contains(refused))
    let file = try RouterFile(stage)
    let redrive = try await RouterProgram.run(
      ["redrive", "--config", file.path, "--reason", "too-many-new-names", "--yes"])
    #expect(redrive.status == .exited(0), "\(redrive.errorText)")
    let router = try RouterHarness(stage)
    try await router.waitForRows(Int(refused))
    #expect(try await router.stop().routed == refused)
    try await file.audit()
    let delivered = try Delivered(stage)
    for row in rows {
      let owner = try #require(Self.owner(row))
      let topics = Set((delivered.byKey[row.key] ?? []).map(\.topic)).subtracting([stage.deadLetters])
      #expect(topics == [owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix)])
    }
  }

  /// Sent on its way too early, a row is the same dead letter again; rows of the job that come later wait for its owner all the same.
  @Test func redrivingTooEarlySpoilsNothing() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let site = try AuthoritySite(stage)
    let rows = InputRow.numbered([site.row(job: 801, host: "c1"), site.row(job: 801, host: "c1")])
    let telling = site.telling(job: 801, user: "alice", host: "c1")
    try stage.makeTopics([site.jobs: 1, site.load: 1])
    try stage.feed(rows[..<1])
    var environment = site.environment
    environment["ROUTER_IDENTITY_OWNER_WAIT"] = "1s"
    let first = try await IndexedRouter(site.file, environment: environment)
    try await eventually("the dead letter", within: .seconds(40)) { try Delivered(stage).deadLetters.count == 1 }
    try await first.stop()
    // One that has not seen any row of the job wait.
    environment["ROUTER_IDENTITY_OWNER_WAIT"] = "30s"
    let router = try await IndexedRouter(site.file, environment: environment)
    func redrive() async throws {
      let redrive = try await RouterProgram.run(
        ["redrive", "--config", site.file.path, "--reason", "unknown-job", "--yes"], environment: environment)
      #expect(redrive.status == .exited(0) && redrive.errorText.hasPrefix("1 "), "\(redrive.errorText)")
    }
    try await redrive()
    try await eventually("the dead letter again", within: .seconds(40)) { try Delivered(stage).deadLetters.count == 2 }
    try stage.feed(rows[1...])
    try await site.file.waitForCommit(rows, by: [router.process], within: .seconds(40))
    try stage.feed([telling])
    try await eventually("the row that waits", within: .seconds(40)) {
      try Delivered(stage).byKey[rows[1].key]?.count == 2
    }
    #expect(try Delivered(stage).deadLetters.count == 2)
    try await redrive()
    try await eventually("the row that was too early", within: .seconds(40)) {
      try Delivered(stage).byKey[rows[0].key]?.count == 4
    }
    try await router.stop()
    let delivered = try Delivered(stage)
    for row in rows {
      let topics = Set((delivered.byKey[row.key] ?? []).map(\.topic)).subtracting([stage.deadLetters])
      #expect(topics == ["\(stage.prefix).user.alice.rows", "\(stage.prefix).user.alice.job.801"])
    }
  }

  /// A broker that hangs in the middle: what was sent is told, and a second run sends the rest.
  @Test func aBrokerThatHangsLeavesTheRestForLater() async throws {
    let cluster = try await KafkaCluster.start(.one)
    let stage = try Stage(cluster)
    let site = try AuditSite(stage, first: 2000)
    try await site.route(environment: Self.wrong)
    var settings = try stage.settings()
    // Small, so that it is full several times.
    settings.producer["queue.buffering.max.messages"] = "100"
    let redriver = try Redriver(
      settings, client: try stage.admin, observer: SilentObserver(), timeoutMilliseconds: 3000)
    let survey = try redriver.survey(RedriveRequest())
    #expect(survey.report.rows == 2000)
    var steps = 0
    let sending = redriver.send(survey) { progress in
      if progress.phase == .sending { steps += 1 }
      if steps == 5 { try? cluster.pause() }
      return true
    }
    #expect((1..<2000).contains(sending.report.sent), "\(sending.report.sent)")
    guard case .kafka(let error)? = sending.failure else { throw HarnessError(description: "\(sending)") }
    #expect(error.remedy == .retry, "\(error)")
    #expect(sending.report.unanswered > 0)
    let down = try await site.redrive("--timeout", "1s")
    #expect(down.exitCode == 69 && down.errors.contains("no broker answers at "), "\(down.errors)")
    try cluster.resume()
    let rest = try await site.redrive("--yes", "--json")
    #expect(rest.exitCode == 0, "\(rest.errors)")
    // Some of those without an answer had been stored.
    let stored = try #require(rest.number("already_sent"))
    #expect((sending.report.sent...sending.report.sent + sending.report.unanswered).contains(Int64(stored)))
    #expect(rest.number("sent") == 2000 - stored)
    let rows = try site.waitingRows()
    #expect(rows.count == 2000 && Set(rows.map { $0.header("redriven") }).count == 2000)
    try await site.route()
    #expect(try await site.audit("--json", "--exactly-once").number("redriven") == 2000)
    try await cluster.stop()
  }

  @Test func permissionsThatAreMissingAreNamed() async throws {
    let cluster = try await KafkaCluster.start(.sasl)
    let stage = try Stage(cluster, as: .router)
    let site = try AuditSite(stage, first: 20)
    try stage.makeTopics([stage.deadLetters: 1, site.waitingTopic: 1])
    for row in site.rows {
      try site.store(row.payload, key: row.key, in: stage.deadLetters, reason: "bad-producer")
    }
    let admin = try stage.admin
    func allow(_ resource: AccessRule.Resource, _ name: String, _ operation: AccessRule.Operation) throws {
      let rule = AccessRule(resource, .literal, name, principal: "User:router", operation: operation)
      #expect(try admin.createAccessRules([rule], timeoutMilliseconds: 30_000).isEmpty)
    }
    func refused(_ what: String, _ words: String...) async throws {
      // Brokers learn of a right a moment after it was granted.
      var last = ""
      do {
        try await eventually("it is said that \(what) is missing", within: .seconds(30)) {
          let outcome = try await site.redrive("--yes")
          last = outcome.errors
          return outcome.exitCode == 77 && words.allSatisfy { outcome.errors.contains($0) }
        }
      } catch {
        throw HarnessError(description: "\(error), but: \(last)")
      }
    }
    try await refused("READ on the dead-letter topic", "a permission is missing: ", stage.deadLetters)
    try allow(.topic, stage.deadLetters, .read)
    try await refused("READ on the topic of waiting rows", "a permission is missing: ", site.waitingTopic)
    try allow(.topic, site.waitingTopic, .read)
    try await refused("READ on the group", "a permission is missing: ")
    try allow(.group, stage.group, .read)
    try await refused(
      "WRITE on the topic of waiting rows", "0 of 20 rows sent; run the command again to send the rest.\n",
      "a permission is missing: send a row to \"\(site.waitingTopic)\"", "docs/site.md")
    try allow(.topic, site.waitingTopic, .write)
    try await eventually("the rows are sent", within: .seconds(30)) {
      try await site.redrive("--yes").errors == "20 rows sent.\n"
    }
    #expect(try site.waitingRows().count == 20)
    try await cluster.stop()
  }
}

/// `router redrive` where no broker is needed.
@Suite(.timeLimit(.minutes(1))) struct RedriveUsageTests {
  @Test(arguments: [
    (["--reason", "bad-producr"], "router: --reason cannot be 'bad-producr'\n  Did you mean bad-producer? "),
    (["--reason", ""], "router: --reason cannot be ''\n"),
    (["--since", "1"], "router: --since cannot be '1'\n  A unit is missing"),
    (["--since", "0s"], "router: --since cannot be '0s'\n"),
    (["--topic", ""], "router: --topic cannot be ''\n"),
    (["--timeout", "0s"], "router: --timeout cannot be '0s'\n"),
    (["--aply"], "router: unknown option --aply\n"),
    (["meminfo"], "router: unexpected argument 'meminfo'\n"),
  ])
  func nonsenseIsAUsageError(_ words: [String], _ errors: String) async throws {
    let process = try await RouterProgram.run(["redrive"] + words, environment: ["ROUTER_CONFIG": "/nowhere"])
    #expect(process.errorText.hasPrefix(errors), "\(process.errorText)")
    #expect(process.outputText.isEmpty)
    #expect(process.status == .exited(64))
  }

  @Test func reasonsAreOffered() async throws {
    let process = try await RouterProgram.run(["complete", "--", "redrive", "--reason", "bad"])
    #expect(process.outputText.contains("bad-producer"), "\(process.outputText)\(process.errorText)")
  }

  @Test func aBrokerThatIsDownIsReported() async throws {
    let port = try FreePort.pick(1)[0]
    let process = try await RouterProgram.run(
      ["redrive", "--timeout", "1s"],
      environment: [
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(port)", "ROUTER_CONFIG": "",
        "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
        "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
      ])
    #expect(process.errorText.hasPrefix("router: no broker answers at 127.0.0.1:\(port): "), "\(process.errorText)")
    #expect(process.status == .exited(69))
  }
}
