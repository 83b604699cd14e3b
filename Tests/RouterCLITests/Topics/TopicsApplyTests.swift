import Foundation
import Kafka
import TestSupport
import Testing

@testable import RouterCLI

/// `router topics plan` and `apply` on real and other brokers.
@Suite(.timeLimit(.minutes(3))) struct TopicsApplyTests {
  private func fixture() async throws -> TopicsFixture {
    try TopicsFixture(try await KafkaCluster.shared(.one).clientProperties())
  }

  @Test(.requiresKafka) func makesWhatIsMissingOnce() async throws {
    let fixture = try await fixture()
    try fixture.declare("inputs", "partitions: 2\nconfig: {retention.ms: 3600000}\n")
    let plan = try await fixture.run("plan")
    #expect(
      plan.output == """
        create PREFIX.router.dead-letter: 1 partition, as DIR/topics/dead-letter.yaml says
        create PREFIX.router.waiting: 3 partitions, as waiting.yaml says
        create PREFIX.router.jobs: 1 partition, as DIR/topics/job-index.yaml says
        create 2 input topics (PREFIX-in1, PREFIX-in2): 2 partitions, as DIR/topics/inputs.yaml says
        5 differences; 'router topics apply' changes them.

        """)
    #expect(plan.errors == "")
    #expect(plan.exitCode == 1)
    #expect(try fixture.partitions("router.dead-letter") == nil)

    let apply = try await fixture.run("apply", "--yes")
    #expect(
      apply.output == """
        created PREFIX.router.dead-letter: 1 partition, as DIR/topics/dead-letter.yaml says
        created PREFIX.router.waiting: 3 partitions, as waiting.yaml says
        created PREFIX.router.jobs: 1 partition, as DIR/topics/job-index.yaml says
        created 2 input topics (PREFIX-in1, PREFIX-in2): 2 partitions, as DIR/topics/inputs.yaml says

        """)
    #expect(apply.errors == "")
    #expect(apply.exitCode == 0)
    #expect(try fixture.partitions("router.dead-letter") == 1)
    let input = try fixture.admin.describeTopic("\(fixture.prefix)-in1", timeoutMilliseconds: TopicsFixture.timeout)
    #expect(input?.partitionCount == 2)

    for command in ["apply", "plan"] {
      let again = try await fixture.run(command)
      #expect(again.output == "Nothing to do: 5 topics match DIR/topics.\n")
      #expect(again.errors == "")
      #expect(again.exitCode == 0)
    }
  }

  /// Topics that differ from their declarations in every way.
  private func differing() async throws -> TopicsFixture {
    let fixture = try await fixture()
    #expect(try await fixture.run("apply").exitCode == 0)
    try fixture.create("user.alice.rows", partitions: 1, ["retention.ms": "1000000", "segment.bytes": "2000000"])
    try fixture.create("user.bob.rows", partitions: 3, ["cleanup.policy": "compact"])
    for job in ["7", "8", "9"] { try fixture.create("user.alice.job.\(job)", partitions: 2) }
    try fixture.declare("user", "partitions: 3\nconfig: {retention.ms: 2000000, cleanup.policy: delete}\n")
    try fixture.declare("job", "partitions: 1\nreplication: 2\nconfig: {retention.ms: 86400000, segment.ms: 3600000}\n")
    return fixture
  }

  @Test(.requiresKafka) func saysWhatDiffers() async throws {
    let fixture = try await differing()
    let plan = try await fixture.run("plan")
    let jobs = "3 job topics (PREFIX.user.alice.job.7, PREFIX.user.alice.job.8, PREFIX.user.alice.job.9)"
    #expect(
      plan.output == """
        change \(jobs): retention.ms 604800000 -> 86400000, segment.ms 604800000 -> 3600000
            rows older than 1 d are deleted (7 d were kept)
        cannot change \(jobs): 2 partitions, and DIR/topics/job.yaml says 1
            Kafka cannot remove partitions; delete the topic, or declare 2
        cannot change \(jobs): 1 replica, and DIR/topics/job.yaml says 2
            Kafka's kafka-reassign-partitions.sh changes it; or declare 1, or default
        change PREFIX.user.alice.rows: retention.ms 1000000 -> 2000000
        add partitions to PREFIX.user.alice.rows: 1 -> 3
            later rows of a node may go to another partition than earlier ones
        change PREFIX.user.bob.rows: retention.ms 604800000 -> 2000000, cleanup.policy compact -> delete
            rows older than 2000 s are deleted (7 d were kept)
            rows older than the retention are deleted
        12 differences; 'router topics apply' changes 6, and asks before 4 that can lose rows.

        """)
    #expect(plan.exitCode == 1)

    let json = try await fixture.run("plan", "--json")
    #expect(json.exitCode == 1)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(document["compared"] as? Int == 10)
    #expect(JSONNames.inOtherStyle(json.output).isEmpty)
    let differences = try #require(document["differences"] as? [[String: Any]])
    #expect(
      differences.map { $0["action"] as? String } == [
        "change-settings", "remove-partitions", "change-replication", "change-settings", "add-partitions",
        "change-settings",
      ])
    #expect(differences.map { $0["possible"] as? Bool } == [true, false, false, true, true, true])
    #expect((differences[0]["topics"] as? [String])?.count == 3)
  }

  @Test(.requiresKafka) func losesNothingWithoutConsent() async throws {
    let fixture = try await differing()
    let apply = try await fixture.run("apply")
    #expect(apply.exitCode == 1)
    #expect(
      apply.output == """
        changed 3 job topics (PREFIX.user.alice.job.7, PREFIX.user.alice.job.8, PREFIX.user.alice.job.9): \
        segment.ms 604800000 -> 3600000
        changed PREFIX.user.alice.rows: retention.ms 1000000 -> 2000000
        added partitions to PREFIX.user.alice.rows: 1 -> 3

        """)
    #expect(apply.errors.contains("cannot change 3 job topics"))
    #expect(
      apply.errors.hasSuffix(
        """
        router: 4 changes that can lose rows were not made
          'router topics plan' lists them; 'router topics apply --yes' makes them.

        """))
    // What is set beside the declarations stays.
    #expect(try fixture.ownSettings("user.alice.rows") == ["retention.ms": "2000000", "segment.bytes": "2000000"])
    #expect(try fixture.ownSettings("user.alice.job.7") == ["segment.ms": "3600000"])
    #expect(try fixture.ownSettings("user.bob.rows") == ["cleanup.policy": "compact"])
    #expect(try fixture.partitions("user.alice.rows") == 3)

    let yes = try await fixture.run("apply", "--yes")
    #expect(yes.exitCode == 0)
    #expect(
      try fixture.ownSettings("user.alice.job.7") == ["retention.ms": "86400000", "segment.ms": "3600000"])
    #expect(try fixture.ownSettings("user.bob.rows") == ["retention.ms": "2000000", "cleanup.policy": "delete"])
    let again = try await fixture.run("apply", "--yes")
    #expect(again.output == "Nothing else can be done: 6 differences stay.\n")
    #expect(again.exitCode == 0)
    #expect(try await fixture.run("plan").exitCode == 1)
  }

  @Test(.requiresKafka, arguments: [("y\n", Int32(0), "86400000"), ("n\n", 1, "none"), ("\u{4}", 1, "none")])
  func asksOnATerminal(_ answer: String, _ exitCode: Int32, _ retention: String) async throws {
    let fixture = try await fixture()
    #expect(try await fixture.run("apply").exitCode == 0)
    try fixture.create("user.alice.job.7")
    try fixture.declare("job", "partitions: 1\nconfig: {retention.ms: 86400000}\n")
    let pair = try PseudoTerminal(columns: 100, rows: 24)
    let terminal = FileHandle(fileDescriptor: pair.terminal, closeOnDealloc: false)
    let process = Process()
    process.executableURL = RouterExecutable.url
    process.arguments = ["topics", "apply"]
    process.environment = ["ROUTER_CONFIG": fixture.directory.path + "/router.yaml", "TERM": "dumb"]
    process.standardInput = terminal
    process.standardOutput = terminal
    process.standardError = terminal
    _ = Array(answer.utf8).withUnsafeBytes { write(pair.controller, $0.baseAddress, $0.count) }
    try process.run()
    close(pair.terminal)
    let shown = try await blocking { pair.readToEnd() }
    process.waitUntilExit()
    close(pair.controller)
    #expect(process.terminationStatus == exitCode)
    #expect(shown.contains("These changes can lose rows:\r\n  change "))
    #expect(shown.contains("rows older than 1 d are deleted (7 d were kept)\r\nMake them? [y/N] "))
    #expect(try fixture.ownSettings("user.alice.job.7")["retention.ms", default: "none"] == retention)
  }

  @Test(.requiresKafka) func waitsForBrokersThatStart() async throws {
    let cluster = try await KafkaCluster.start(.one)
    try await cluster.stop(1)
    let fixture = try TopicsFixture(cluster.clientProperties())
    let apply = try RouterProgram.start(
      ["topics", "apply", "--timeout", "2m"], environment: ["ROUTER_CONFIG": fixture.directory.path + "/router.yaml"])
    try await cluster.restart(1)
    #expect(try await apply.wait(within: .seconds(60)) == .exited(0))
    #expect(apply.outputText.contains("created 2 input topics"))
    try await cluster.stop()
  }

  @Test(.requiresKafka) func saysWhatTheBrokerRefuses() async throws {
    let fixture = try await fixture()
    try fixture.declare("dead-letter", "partitions: 1\nreplication: 3\n")
    let apply = try await fixture.run("apply", "--timeout", "4s")
    #expect(apply.errors.hasPrefix("router: the brokers reject a change: create topic \"PREFIX.router.dead-letter\": "))
    #expect(apply.errors.contains("Correct what the files of DIR/topics declare"))
    // The others are made.
    #expect(apply.output.contains("created 2 input topics"))
    #expect(apply.exitCode == 78)
  }

  @Test(.requiresKafka) func namesThePermissionsThatAreMissing() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let fixture = try TopicsFixture(
      cluster.clientProperties(as: .userB), own: cluster.clientProperties(as: .admin))
    let apply = try await fixture.run("apply", "--yes")
    #expect(apply.output == "")
    #expect(apply.errors.hasPrefix("router: a permission is missing: create topic "))
    #expect(apply.errors.contains("To create topics, CREATE permission is required"))
    #expect(apply.exitCode == 77)

    try fixture.create("router.dead-letter")
    try fixture.declare("dead-letter", "partitions: 1\nconfig: {retention.ms: 1000}\n")
    try fixture.declare("inputs", "partitions: 1\n")
    let rule = AccessRule(
      .topic, .prefixed, fixture.prefix, principal: "User:userB", operation: .describe)
    let refused = try fixture.admin.createAccessRules([rule], timeoutMilliseconds: TopicsFixture.timeout)
    try #require(refused.isEmpty)
    try await eventually("the topic is seen", within: .seconds(30)) {
      try await fixture.run("plan").errors.contains("DESCRIBE_CONFIGS permission is required")
    }
  }

  @Test(.requiresKafka) func inputsWithoutADeclarationAreNotMade() async throws {
    let fixture = try await fixture()
    try FileManager.default.removeItem(atPath: fixture.directory.path + "/topics/inputs.yaml")
    let plan = try await fixture.run("plan")
    #expect(
      plan.output == """
        create PREFIX.router.dead-letter: 1 partition, as DIR/topics/dead-letter.yaml says
        create PREFIX.router.waiting: 3 partitions, as waiting.yaml says
        create PREFIX.router.jobs: 1 partition, as DIR/topics/job-index.yaml says
        3 differences; 'router topics apply' changes them.

        """)
    #expect(
      plan.errors == """
        The input topics PREFIX-in1, PREFIX-in2 are missing, and are not created because DIR/topics/inputs.yaml does not \
        declare them.

        """)
    #expect(plan.exitCode == 1)
  }

  @Test func anEmbeddedBrokerCannotBeChanged() async throws {
    let broker = try EmbeddedBroker()
    let fixture = try TopicsFixture(["bootstrap.servers": broker.bootstrapServers])
    for command in ["plan", "apply"] {
      let outcome = try await fixture.run(command)
      #expect(outcome.errors.hasPrefix("router: the brokers at BROKERS have no controller, "))
      #expect(outcome.errors.contains("'router demo'"))
      #expect(outcome.exitCode == 78)
    }
  }

  @Test func aWrongDeclarationIsAConfigurationError() async throws {
    let fixture = try TopicsFixture(["bootstrap.servers": "127.0.0.1:1"])
    try fixture.declare("user", "partitions: many\n")
    let plan = try await fixture.run("plan")
    #expect(plan.errors.hasPrefix("router: DIR/topics/user.yaml:1:13: "))
    #expect(plan.exitCode == 78)
  }
}
