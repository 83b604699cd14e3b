import Foundation
import Kafka
import TestSupport
import Testing

@testable import RouterCLI

/// `router topics` on real and other brokers.
@Suite(.timeLimit(.minutes(3))) struct TopicsListTests {
  private static let hour = Duration.seconds(3600)
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// Two users, three jobs, and topics that are none of them.
  private func filled() async throws -> TopicsFixture {
    let fixture = try TopicsFixture(try await KafkaCluster.shared(.one).clientProperties())
    try fixture.create("user.alice.rows", partitions: 3)
    try fixture.create("user.alice.job.9")
    try fixture.create("user.alice.job.10")
    try fixture.create("user.b-c3-b6k.rows", ["cleanup.policy": "compact"])
    try fixture.create("user.b-c3-b6k.job.c1")
    try fixture.create("router.dead-letter")
    try fixture.create("user.nobody.else")
    let rows = Array(repeating: #"{"a":1}"#, count: 40)
    try fixture.produce(rows, to: "user.alice.rows", age: .seconds(2 * 3600))
    try fixture.produce(Array(rows.prefix(3)), to: "user.alice.job.9", age: .seconds(3 * 3600))
    try fixture.produce(Array(rows.prefix(40)), to: "user.b-c3-b6k.rows", age: .seconds(5 * 86_400))
    try fixture.produceInTransactions(5, of: Array(rows.prefix(10)), to: "user.b-c3-b6k.job.c1")
    try fixture.produce(["x"], to: "router.dead-letter", age: .seconds(600))
    return fixture
  }

  /// Rows that have just come are `now` or some seconds old.
  private func withoutSeconds(_ text: String) -> String {
    text.replacing(/( +)(now|\d+ s)(?=\r?\n)/) { String(repeating: " ", count: $0.output.0.utf8.count - 3) + "NOW" }
  }

  @Test(.requiresKafka) func showsWhatTopicsHold() async throws {
    let fixture = try await filled()
    let list = try await fixture.run()
    #expect(
      withoutSeconds(list.output) == """
        USER   JOB  STATE   PARTITIONS  ROWS   BYTES  LAST ROW
        alice  -    silent           3    40  ~400 B       2 h
        alice  9    silent           1     3    27 B       3 h
        alice  10   empty            1     0     0 B         -
        bök    -    silent           1   ~40  ~400 B       5 d
        bök    c1   active           1   ~50  ~450 B       NOW

        """)
    #expect(list.errors == "")
    #expect(list.exitCode == 0)

    let all = try await fixture.run("list", "--all", "--sort", "age")
    #expect(all.output.hasPrefix("TOPIC "))
    let topics = all.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ")[0] }
    #expect(
      topics == [
        "PREFIX.user.b-c3-b6k.job.c1", "PREFIX.router.dead-letter", "PREFIX.user.alice.rows",
        "PREFIX.user.alice.job.9", "PREFIX.user.b-c3-b6k.rows", "PREFIX.user.alice.job.10",
      ])
  }

  @Test(.requiresKafka) func answersScripts() async throws {
    let fixture = try await filled()
    let list = try await fixture.run("--json", "--user", "bök")
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any])
    let topics = try #require(document["topics"] as? [[String: Any]])
    #expect(JSONNames.inOtherStyle(list.output).isEmpty)
    #expect(document["total"] as? Int == 2 && document["limit"] is NSNull && document["offset"] as? Int == 0)
    #expect(topics.map { $0["topic"] as? String } == ["PREFIX.user.b-c3-b6k.rows", "PREFIX.user.b-c3-b6k.job.c1"])
    #expect(topics.map { $0["kind"] as? String } == ["user", "job"])
    #expect(topics.map { $0["user"] as? String } == ["bök", "bök"])
    try #require(topics.count == 2)
    #expect(topics[0]["job"] is NSNull)
    #expect(topics[1]["job"] as? String == "c1")
    #expect(topics.map { $0["state"] as? String } == ["silent", "active"])
    #expect(topics.map { $0["rows"] as? Int } == [40, 50])
    #expect(topics.map { $0["rows_exact"] as? Bool } == [false, false])
    #expect(topics.map { $0["bytes_exact"] as? Bool } == [false, false])
    let ages = topics.compactMap { $0["age_ms"] as? Int }
    #expect(ages.count == 2 && ages[0] >= 5 * 86_400_000 && ages[1] < 60000)

    let last = try #require((topics[1]["last_row"] as? String).flatMap { try? Self.style.parse($0) })
    #expect(abs(last.timeIntervalSinceNow) < 60)
    #expect(topics[1]["ended"] is NSNull)

    let none = try await fixture.run("--json", "--user", "carl").output
    let empty = try JSONSerialization.jsonObject(with: Data(none.utf8)) as? [String: Any]
    #expect(empty?["total"] as? Int == 0 && (empty?["topics"] as? [Any])?.isEmpty == true)
    let second = try await fixture.run("--json", "--limit", "1", "--offset", "1").output
    let page = try JSONSerialization.jsonObject(with: Data(second.utf8)) as? [String: Any]
    #expect((page?["topics"] as? [[String: Any]])?.map { $0["job"] as? String } == ["9"])
    #expect(page?["total"] as? Int == 5 && page?["limit"] as? Int == 1 && page?["offset"] as? Int == 1)
    let beyond = try await fixture.run("--offset", "9")
    #expect(beyond.output == "" && beyond.errors == "--offset 9 skips all of them: there are 5.\n")
  }

  @Test(.requiresKafka) func showsWhatIsAskedFor() async throws {
    let questions: [([String], [String], String)] = [
      (["--user", "alice", "--job", "9"], ["9"], ""),
      (["--state", "empty"], ["10"], ""),
      (["--state", "active"], ["c1"], ""),
      (["--user", "alice", "--sort", "rows"], ["-", "9", "10"], ""),
      (["--user", "alice", "--sort", "bytes"], ["-", "9", "10"], ""),
      (["--sort", "job"], ["-", "-", "9", "10", "c1"], ""),
      (["--user", "alcie"], [], "There are no topics of user 'alcie'. Did you mean alice?\n"),
      (["--job", "99"], [], "There is no topic of job '99'.\n"),
      (["--user", "alice", "--state", "active"], [], "No topic matches.\n"),
    ]
    let fixture = try await filled()
    for (words, jobs, errors) in questions {
      let list = try await fixture.run(["list"] + words)
      let shown = list.output.split(separator: "\n").dropFirst().map { String($0.split(separator: " ")[1]) }
      #expect(shown == jobs, "\(words)")
      #expect(list.errors == errors, "\(words)")
      #expect(list.exitCode == 0)
    }
  }

  @Test(.requiresKafka) func fitsATerminalWithColours() async throws {
    let fixture = try await filled()
    let text = try await onTerminal(fixture, ["topics", "--user", "alice"], columns: 60)
    let lines = withoutSeconds(text).split(separator: "\r\n").map { String($0) }
    #expect(
      lines == [
        "\u{1B}[1mUSER\u{1B}[0m   \u{1B}[1mJOB\u{1B}[0m  \u{1B}[1mSTATE\u{1B}[0m   \u{1B}[1mPARTITIONS\u{1B}[0m  "
          + "\u{1B}[1mROWS\u{1B}[0m   \u{1B}[1mBYTES\u{1B}[0m  \u{1B}[1mLAST ROW\u{1B}[0m",
        "alice  -    silent           3    40  ~400 B       2 h",
        "alice  9    silent           1     3    27 B       3 h",
        "alice  10   \u{1B}[2mempty\u{1B}[0m            1     0     0 B         -",
      ])
  }

  private func onTerminal(_ fixture: TopicsFixture, _ words: [String], columns: UInt16) async throws -> String {
    let pair = try PseudoTerminal(columns: columns, rows: 24)
    let outcome = try RouterExecutable.run(
      executable: RouterExecutable.url, words,
      environment: ["TERM": "xterm", "ROUTER_CONFIG": fixture.directory.path + "/router.yaml"],
      terminal: FileHandle(fileDescriptor: pair.terminal, closeOnDealloc: false))
    #expect(outcome.exitCode == 0)
    #expect(outcome.errors == "")
    close(pair.terminal)
    defer { close(pair.controller) }
    return pair.readToEnd()
  }

  @Test(.requiresKafka) func namesTheRightPrefix() async throws {
    let fixture = try await filled()
    let list = try await fixture.run("list", environment: ["ROUTER_TOPICS_PREFIX": "nothing-here"])
    #expect(list.output == "")
    #expect(
      list.errors.hasPrefix("No topic of a user or job begins with nothing-here.user. here. There are topics with"))
    #expect(list.exitCode == 0)
  }

  @Test(.requiresKafka) func completesUsersAndJobs() async throws {
    let fixture = try await filled()
    let environment = ["ROUTER_CONFIG": fixture.directory.path + "/router.yaml"]
    let users = try await RouterProgram.run(["complete", "--", "topics", "--user", "a"], environment: environment)
    #expect(users.outputText == "words\nalice\t\n")
    let jobs = try await RouterProgram.run(
      ["complete", "--", "topics", "list", "--user", "alice", "--job", ""], environment: environment)
    #expect(jobs.outputText == "words\n10\t\n9\t\n")
    // 'tail' takes what it is to connect to from its own options as well.
    let brokers = fixture.properties["bootstrap.servers"] ?? ""
    let tail = ["complete", "--", "tail", "--bootstrap", brokers, "--prefix", fixture.prefix]
    for (words, expected) in [
      (["--user", "a"], "alice\t\n"), (["--user", "alice", "--job", ""], "10\t\n9\t\n"), (["--user", "nobody"], ""),
    ] {
      let offered = try await RouterProgram.run(tail + words)
      #expect(offered.outputText == "words\n" + expected)
      #expect(offered.errorText.isEmpty)
    }
    let away = try await RouterProgram.run(["complete", "--", "tail", "--bootstrap", "127.0.0.1:1", "--user", ""])
    #expect(away.outputText == "words\n")
    #expect(away.errorText.isEmpty)
  }

  @Test func showsAnEmbeddedBroker() async throws {
    let broker = try EmbeddedBroker()
    let fixture = try TopicsFixture(["bootstrap.servers": broker.bootstrapServers])
    try broker.createTopic("\(fixture.prefix).user.alice.rows", partitions: 2)
    try broker.createTopic("\(fixture.prefix).user.alice.job.7", partitions: 1)
    try fixture.produce(["abc", "de"], to: "user.alice.rows", age: Self.hour)
    let list = try await fixture.run()
    #expect(
      list.output == """
        USER   JOB  STATE   PARTITIONS  ROWS  BYTES  LAST ROW
        alice  -    silent           2     2    9 B       1 h
        alice  7    empty            1     0    0 B         -

        """)
    #expect(list.errors == "")
    #expect(list.exitCode == 0)
  }

  @Test(.requiresKafka) func saysWhichRightIsMissing() async throws {
    // Of its own: what other tests let userA see is offered as a hint.
    let cluster = try await KafkaCluster.start(.sasl)
    let fixture = try TopicsFixture(
      cluster.clientProperties(as: .userA), own: cluster.clientProperties(as: .admin))
    try fixture.create("user.alice.rows")
    let before = try await fixture.run()
    #expect(before.output == "")
    #expect(
      before.errors == """
        No topic of a user or job begins with PREFIX.user. here. The router creates them with the first rows. To see them, \
        DESCRIBE permission is required.

        """)

    func allow(_ resource: AccessRule.Resource, _ operation: AccessRule.Operation) throws {
      let rule = AccessRule(resource, .prefixed, fixture.prefix, principal: "User:userA", operation: operation)
      let refused = try fixture.admin.createAccessRules([rule], timeoutMilliseconds: TopicsFixture.timeout)
      try #require(refused.isEmpty)
    }
    try allow(.topic, .describe)
    try allow(.topic, .write)
    try fixture.produce(["abc"], to: "user.alice.rows")
    try await eventually("the topic is seen", within: .seconds(30)) { try await fixture.run().output != "" }
    let described = try await fixture.run()
    #expect(
      described.output == """
        USER   JOB  STATE    PARTITIONS  ROWS  BYTES  LAST ROW
        alice  -    unknown           1    ~1      -         -

        """)
    // Both permissions are missing; the one is named that the broker refuses first.
    let topics = "For bytes and last row, READ permission on the topics is required.\n"
    let group = "For bytes and last row, READ permission on the consumer group (group in router.yaml) is required.\n"
    #expect(described.errors.hasSuffix(topics) != described.errors.hasSuffix(group), "\(described.errors)")
    #expect(described.exitCode == 0)

    // With the one granted, only the other can be.
    try allow(.topic, .read)
    try await eventually("the group's right is named", within: .seconds(30)) {
      try await fixture.run().errors.hasSuffix(group)
    }

    try allow(.topic, .describeConfigs)
    try allow(.group, .read)
    try await eventually("the rows are read", within: .seconds(30)) {
      try await fixture.run().output.contains("1    5 B ")
    }
    #expect(try await fixture.run().errors == "")
    try await cluster.stop()
  }

  @Test(.requiresKafka) func wrongCredentialsAreReportedAtOnce() async throws {
    var properties = try await KafkaCluster.shared(.sasl).clientProperties(as: .userA)
    properties["sasl.password"] = "wrong"
    let fixture = try TopicsFixture(properties)
    let start = ContinuousClock.now
    let list = try await fixture.run("list", "--timeout", "50s")
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(list.errors.hasPrefix("router: the broker at BROKERS rejects the credentials: "))
    #expect(list.exitCode == 77)
  }

  @Test(arguments: ["list", "plan", "apply"]) func aBrokerThatIsDownIsReported(_ command: String) async throws {
    let port = try FreePort.pick(1)[0]
    let fixture = try TopicsFixture(["bootstrap.servers": "127.0.0.1:\(port)"])
    let outcome = try await fixture.run(command, "--timeout", "1s")
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("router: no broker answers at BROKERS: "))
    #expect(outcome.errors.contains("ROUTER_KAFKA_BOOTSTRAP_SERVERS"))
    #expect(outcome.exitCode == 69)
  }

  @Test(arguments: [
    (["--state", "aktive"], "router: --state cannot be 'aktive'\n  Did you mean active? "),
    (["--sort", "size"], "router: --sort cannot be 'size'\n"),
    (["--timeout", "5"], "router: --timeout cannot be '5'\n  A unit is missing"),
    (["--timeout", "0s"], "router: --timeout cannot be '0s'\n  Allowed: 1s to 1h."),
    (["list", "--user", ""], "router: --user cannot be ''\n  It must not be empty."),
    (["list", "alice"], "router: unexpected argument 'alice'\n"),
    (["lsit"], "router: unknown command 'lsit' of 'router topics'\n  Did you mean 'list'? "),
    (["plan", "--yes"], "router: unknown option --yes\n"),
    (["apply", "--json"], "router: unknown option --json\n"),
  ])
  func nonsenseIsAUsageError(_ words: [String], _ errors: String) throws {
    let outcome = try RouterExecutable.run(executable: RouterExecutable.url, ["topics"] + words)
    #expect(outcome.errors.hasPrefix(errors), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.exitCode == 64)
  }

  @Test func aWrongPrefixIsAConfigurationError() async throws {
    let fixture = try TopicsFixture(["bootstrap.servers": "127.0.0.1:1"])
    let list = try await fixture.run("list", environment: ["ROUTER_TOPICS_PREFIX": "a_b"])
    #expect(list.errors.contains("ROUTER_TOPICS_PREFIX"))
    #expect(list.exitCode == 78)
  }
}
