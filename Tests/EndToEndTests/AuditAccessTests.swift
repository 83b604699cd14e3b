import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// `router audit` where something stands in its way.
@Suite(.timeLimit(.minutes(5))) struct AuditAccessTests {
  @Test(arguments: [
    (["--since", "1"], "router: --since cannot be '1'\n  A unit is missing"),
    (["--since", "0s"], "router: --since cannot be '0s'\n"),
    (["--since", "1h", "--until", "1h"], "router: --until 1h ends before --since 1h begins\n"),
    (["--from", "meminfo"], "router: --from cannot be 'meminfo'\n  Write topic, partition and offset"),
    (["--from", "meminfo/0/-1"], "router: --from cannot be 'meminfo/0/-1'\n"),
    (["--to", "meminfo/0/01"], "router: --to cannot be 'meminfo/0/01'\n"),
    (["--to", "a/b/0/1"], "router: --to cannot be 'a/b/0/1'\n"),
    (["--from", "m/0/1", "--from", "m/0/2"], "router: --from is given twice for m/0\n"),
    (["--from", "m/0/5", "--to", "m/0/4"], "router: --to m/0/4 lies before --from m/0/5\n"),
    (["--max-rows", "0"], "router: --max-rows cannot be '0'\n"),
    (["--findings", "-1"], "router: --findings cannot be '-1'\n"),
    (["--exactly"], "router: unknown option --exactly\n"),
    (["meminfo"], "router: unexpected argument 'meminfo'\n"),
  ])
  func nonsenseIsAUsageError(_ words: [String], _ errors: String) async throws {
    let process = try await RouterProgram.run(["audit"] + words, environment: ["ROUTER_CONFIG": "/nowhere"])
    #expect(process.errorText.hasPrefix(errors), "\(process.errorText)")
    #expect(process.outputText.isEmpty)
    #expect(process.status == .exited(64))
  }

  @Test func aWrongConfigurationIsReported() async throws {
    let missing = try await RouterProgram.run(["audit", "--config", "/nowhere/router.yaml"])
    #expect(missing.status == .exited(66) && missing.errorText.contains("/nowhere/router.yaml"))
  }

  @Test func aBrokerThatIsDownIsReported() async throws {
    let port = try FreePort.pick(1)[0]
    let process = try await RouterProgram.run(
      ["audit", "--timeout", "1s"],
      environment: [
        "ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:\(port)", "ROUTER_CONFIG": "",
        "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
        "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
      ])
    #expect(process.errorText.hasPrefix("router: no broker answers at 127.0.0.1:\(port): "), "\(process.errorText)")
    #expect(process.status == .exited(69))
  }

  /// The broker of `router demo` has no times and no transactions, but rows and copies.
  @Test func anEmbeddedBrokerCanBeAudited() async throws {
    let stage = try Stage()
    let site = try AuditSite(stage, first: 500)
    let router = try RouterHarness(stage)
    try await router.waitForRows(500)
    try await router.waitForCommit(stage, site.rows)
    let outcome = try await site.audit("--json", "--exactly-once")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.number("rows") == 500 && outcome.number("proven_rows") == 500)
    let row = site.rows[0]
    let owner = try #require(AuditSite.owner(row))
    try site.store(row.payload, key: row.key, in: owner.jobTopic(prefix: stage.prefix))
    #expect(try await site.audit("--exactly-once").exitCode == 1)
    let since = try await site.audit("--since", "1h")
    #expect(since.exitCode == 64 && since.errors.contains("cannot find rows by time"))
    try await router.stop()
  }

  @Test(.requiresKafka) func whatDoesNotExistIsReported() async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: 100)
    try await site.route()
    let topic = site.rows[0].topic
    let cases: [([String], [String: String], Int32, String)] = [
      (
        ["--from", "\(topic)/99/0"], [:], 64,
        "router: \(topic)/99 is not a partition of an input topic\n  The topic has "
      ),
      (
        ["--to", "nothing/0/0"], [:], 64, "router: nothing/0 is not a partition of an input topic\n  Input topics are "
      ),
      (["--max-rows", "99"], [:], 64, "router: there are 100 rows, and --max-rows is 99\n"),
      ([], ["ROUTER_GROUP": "another"], 66, "router: the group 'another' has committed nothing"),
      ([], ["ROUTER_TOPICS_PREFIX": "another"], 66, "router: there is no topic another.router.dead-letter, "),
      ([], ["ROUTER_INPUTS": "nothing1,nothing2"], 66, "have none of the input topics: nothing1, nothing2\n"),
    ]
    for (words, environment, exitCode, errors) in cases {
      let outcome = try await site.auditWith(words, environment)
      #expect(outcome.errors.contains(errors), "\(outcome.errors)")
      #expect(outcome.exitCode == exitCode && outcome.output.isEmpty)
    }
    // One that is missing does not hold up the others.
    let some = try await site.auditWith(["--json"], ["ROUTER_INPUTS": "\(topic),nothing"])
    #expect(some.exitCode == 0)
    #expect(some.document["absent_inputs"] as? [String] == ["nothing"])
    #expect(some.errors.contains("Input topics that do not exist: nothing.\n"))
  }

  @Test(.requiresKafka) func rowsAreChosenByTheirTime() async throws {
    let site = try AuditSite(try Stage(try await KafkaCluster.shared(.one)), first: 200)
    try await site.route()
    // The recording is stored with the times of two minutes.
    let all = try await site.audit("--since", "1h", "--json")
    #expect(all.exitCode == 0 && all.number("rows") == 200)
    let none = try await site.audit("--until", "1h", "--json")
    #expect(none.exitCode == 0 && none.number("rows") == 0)
    #expect(try await site.audit("--until", "1h").output.hasSuffix("Nothing to prove: no such rows exist.\n"))
    let times = site.rows.map(\.timestamp).sorted()
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    let middle = now - times[100]
    let (young, old) = (
      try await site.audit("--since", "\(middle)ms", "--json"), try await site.audit("--until", "\(middle)ms", "--json")
    )
    for part in [young, old] {
      #expect(part.exitCode == 0)
      #expect((1..<200).contains(part.number("rows") ?? 0))
      #expect(part.number("rows") == part.number("proven_rows"))
    }
  }

  @Test(.requiresKafka) func aRightThatIsMissingIsNamed() async throws {
    let cluster = try await KafkaCluster.start(.sasl)
    let stage = try Stage(cluster, as: .router)
    let site = try AuditSite(stage, first: 100)
    let owner = try #require(AuditSite.owner(site.rows[0]))
    let admin = try stage.admin
    func allow(_ resource: AccessRule.Resource, _ name: String, _ operation: AccessRule.Operation) throws {
      let rule = AccessRule(resource, .prefixed, name, principal: "User:router", operation: operation)
      #expect(try admin.createAccessRules([rule], timeoutMilliseconds: 30_000).isEmpty)
    }
    func refused(_ what: String, _ words: String...) async throws {
      // Brokers learn of a right a moment after it was granted.
      var last = ""
      do {
        try await eventually("it is said that \(what) is missing", within: .seconds(30)) {
          let outcome = try await site.audit()
          last = outcome.errors
          return outcome.exitCode == 77 && words.allSatisfy { outcome.errors.contains($0) }
        }
      } catch {
        throw HarnessError(description: "\(error), but: \(last)")
      }
    }
    let none = try await site.audit()
    #expect(none.exitCode == 77 && none.errors.contains("a permission is missing: "))
    for input in try stage.settings().inputs { try allow(.topic, input, .read) }
    try await refused("READ on the group", stage.group)
    try allow(.group, stage.group, .read)
    for operation in [AccessRule.Operation.create, .write, .alterConfigs] {
      try allow(.topic, stage.prefix + ".", operation)
    }
    try await stage.waitForRights()
    try await eventually("the rights on inputs and group", within: .seconds(30)) {
      try await site.audit().errors.contains("has committed nothing")
    }
    try await site.route()
    // The router writes, and need not read, what it has written.
    try await refused("READ on the output topics", "a permission is missing: ", "docs/site.md")
    try allow(.topic, stage.prefix + ".", .read)
    try await eventually("the audit", within: .seconds(30)) { try await site.audit("--strict").exitCode == 0 }

    // Topics that may not be seen are none that have gone.
    let rule = AccessRule(
      .topic, .literal, owner.jobTopic(prefix: stage.prefix), principal: "User:router", operation: .describe,
      isAllowed: false)
    #expect(try admin.createAccessRules([rule], timeoutMilliseconds: 30_000).isEmpty)
    try await refused("DESCRIBE on a job's topic", owner.jobTopic(prefix: stage.prefix))

    let wrong = try await site.audit("--timeout", "50s", environment: ["ROUTER_KAFKA_SASL_PASSWORD": "wrong"])
    #expect(wrong.exitCode == 77 && wrong.errors.contains("rejects the credentials"))
    try await cluster.stop()
  }
}
