import Foundation
import Kafka
import TestSupport
import Testing

/// `router run` and `router replay` as processes: what they say when something is wrong, and how they stop.
@Suite struct RunCommandTests {
  private static let environment = [
    "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
    "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
  ]

  @Test(
    arguments: [
      ("grop: x\n", "router.yaml:1:1: unknown key \"grop\"; did you mean \"group\"?"),
      ("{delivery: exactly-once, producers: 2}\n", "router.yaml:1:37: producers: delivery: exactly-once has one"),
      (
        "{delivery: exactly-once, kafka: {producer: {transactional.id: mine}}}\n",
        "the router makes it from group and instance"
      ),
      ("identity: {nodes: \"c[1-\"}\n", "router.yaml:1:19: identity.nodes"),
      ("kafka: {fetch.min.bytes: zz}\n", "librdkafka rejects the property \"fetch.min.bytes\""),
      ("inputs: [ldms.user.x.rows]\n", "one of the topics that the router writes"),
      ("a: [\n", "router.yaml:"),
    ])
  func aWrongConfigurationIsRejectedWithItsPlace(_ yaml: String, _ expected: String) async throws {
    let directory = try TemporaryDirectory()
    try yaml.write(toFile: "\(directory.path)/router.yaml", atomically: true, encoding: .utf8)
    let run = try await RouterProgram.run(["run"], environment: Self.environment, directory: directory.path)
    #expect(run.status == .exited(78))
    #expect(run.errorText.contains(expected), "\(run.errorText)")
    #expect(run.output.isEmpty)
  }

  /// What time may mend is not a wrong configuration: systemd tries again.
  @Test(.timeLimit(.minutes(1))) func whatMayPassIsNoWrongConfiguration() async throws {
    let missing = try await RouterProgram.run(["run", "--config", "/nowhere/router.yaml"])
    #expect(missing.status == .exited(66) && missing.errorText.contains("/nowhere/router.yaml"))
    var environment = Self.environment
    environment["ROUTER_DECOMPOSITION"] = "/nowhere/decomp.json"
    let decomposition = try await RouterProgram.run(["run"], environment: environment)
    #expect(decomposition.status == .exited(66) && decomposition.errorText.contains("/nowhere/decomp.json"))
    environment["ROUTER_GRUP"] = "x"
    #expect(try await RouterProgram.run(["run"], environment: environment).status == .exited(78))

    // Something that listens.
    let broker = try EmbeddedBroker()
    environment = Self.environment
    environment["ROUTER_HTTP_LISTEN"] = broker.bootstrapServers
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1"
    let busy = try await RouterProgram.run(["run"], environment: environment, within: .seconds(20))
    _ = broker
    #expect(busy.status == .exited(75) && busy.errorText.contains("the address is in use"), "\(busy.errorText)")
  }

  @Test(.timeLimit(.minutes(1))) func brokersThatAreDownAreWaitedForAndAStopIsQuick() async throws {
    var environment = Self.environment
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1"
    let run = try RouterProgram.start(["run"], environment: environment)
    try await eventually("the complaint", within: .seconds(20)) { run.errorText.contains("127.0.0.1:1") }
    #expect(run.status == nil)
    let asked = Date.now
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
    #expect(Date.now.timeIntervalSince(asked) < 10)
    #expect(run.errorText.contains("router stopped"))
  }

  @Test(.timeLimit(.minutes(1))) func replayNeedsABrokerAndTheTopics() async throws {
    let away = try await RouterProgram.run(
      ["replay", "--fast"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"],
      directory: Repository.root.path)
    #expect(away.status == .exited(69))
    #expect(away.errorText.contains("127.0.0.1:1"))
    #expect(away.errorText.contains("ROUTER_KAFKA_BOOTSTRAP_SERVERS"))
    let broker = try EmbeddedBroker()
    try broker.createTopic("meminfo", partitions: 1)
    let missing = try await RouterProgram.run(
      ["replay", "--fast"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers],
      directory: Repository.root.path)
    #expect(missing.status == .exited(66))
    #expect(missing.errorText.contains("vmstat"))
    #expect(!missing.errorText.contains("meminfo,"))
    for topic in ["dstat", "loadavg", "procinterrupts", "procnetdev2", "procstat2", "vmstat"] {
      try broker.createTopic(topic, partitions: 1)
    }
    let played = try await RouterProgram.run(
      ["replay", "--fast"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers],
      directory: Repository.root.path)
    #expect(played.status == .exited(0))
    #expect(played.outputText.contains("4,671 rows stored in 7 topics"))
  }

  /// `systemctl kill -s HUP`, logrotate, or a habit: the service goes on, and says that nothing has changed.
  @Test(.timeLimit(.minutes(1))) func signalsOfOtherServicesChangeNothing() async throws {
    let run = try Self.startAway()
    try await eventually("the start", within: .seconds(20)) { run.errorText.contains("router starts") }
    let signals: [(Int32, String?)] = [
      (SIGHUP, "SIGHUP"), (SIGUSR1, "SIGUSR1"), (SIGUSR2, "SIGUSR2"), (SIGPIPE, nil),
    ]
    for (number, name) in signals {
      run.signal(number)
      if let name {
        try await eventually(name, within: .seconds(20)) { run.errorText.contains("\(name) changes nothing") }
      }
    }
    #expect(run.status == nil)
    // And it still stops in order.
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
    #expect(run.errorText.contains("router stopped"))
  }

  @Test(.timeLimit(.minutes(1))) func aClosedTerminalEndsARouterThatWasStartedThere() async throws {
    let log = try TemporaryDirectory()
    // `script` gives it a terminal, which goes when `script` is killed.
    var environment = Self.environment
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1"
    environment["ROUTER_HTTP_LISTEN"] = "127.0.0.1:0"
    let terminal = try RunningProcess(
      "script", ["-qec", "exec \(RouterProgram.path) run 2>> \(log.path)/log", "/dev/null"], environment: environment,
      input: .written)
    func said() -> String { (try? String(contentsOfFile: log.path + "/log", encoding: .utf8)) ?? "" }
    try await eventually("the start", within: .seconds(20)) { said().contains("router starts") }
    terminal.signal(SIGKILL)
    try await eventually("the end", within: .seconds(20)) { said().contains("router stopped") }
    #expect(said().contains("the terminal was closed"))
  }

  private static func startAway() throws -> RunningProcess {
    var environment = Self.environment
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1"
    return try RouterProgram.start(["run"], environment: environment)
  }

  /// What may be right when it is retried: systemd does so.
  private static let passing: [String: Int32] = [
    "http: {listen: \"203.0.113.1:9464\"}": 75, "http: {token-file: absent}": 66, "topics: {directory: absent}": 66,
    "decomposition: absent.json": 66, "kafka: {security.protocol: ssl, ssl.ca.location: absent.pem}": 66,
    "kafka: {security.protocol: ssl, ssl.certificate.location: absent.crt}": 66,
  ]

  /// What `check` lets pass, `run` does, and what it does not, `run` says in the same words. `check` says once for all
  /// that the configuration does not do; the status of `run` tells systemd whether it may do when it is retried.
  @Test(
    .timeLimit(.minutes(2)),
    arguments: [
      "kafka: {security.protocol: ssl, ssl.ca.location: absent.pem}",
      "kafka: {security.protocol: ssl, ssl.ca.location: decomp.json}",
      "kafka: {security.protocol: ssl, ssl.certificate.location: absent.crt}",
      "kafka: {security.protocol: sasl_plaintext, sasl.mechanism: GSSAPI, sasl.kerberos.service.name: kafka}",
      "kafka: {security.protocol: sasl_plaintext, sasl.mechanism: PLAIN}",
      "kafka: {security.protocol: sasl_plaintext, sasl.mechanism: SCRAM-SHA256, sasl.username: a, sasl.password: b}",
      "kafka: {security.protocol: sasl_plaintext, sasl.mechanism: OAUTHBEARER}",
      "kafka: {max.in.flight: 10}", "kafka: {consumer: {partition.assignment.strategy: sticky}}",
      "kafka: {bootstrap.servers: \"http://k1:9092\"}", "kafka: {securty.protocol: ssl}",
      "http: {listen: \"203.0.113.1:9464\"}", "http: {token-file: absent}", "topics: {directory: absent}",
      "decomposition: absent.json", "group: alice.router", "instance: \"a b\"",
    ])
  func checkAndRunAgree(_ yaml: String) async throws {
    let site = try CheckSite(yaml + "\n")
    let check = try await site.run([])
    // Not RouterProgram, which would choose another address.
    let run = try await RunningProcess.run(
      RouterProgram.path, ["run"], directory: site.directory.path, within: .seconds(30))
    #expect(check.code == 78, "\(check.errors)")
    #expect(run.status == .exited(Self.passing[yaml] ?? 78), "\(run.errorText)")
    // Line by line, each way, but for what marks a line as an error.
    let checked = Self.errors(check.errors.replacing(": error: ", with: ": "))
    #expect(!checked.isEmpty, "\(check.errors)")
    #expect(Self.errors(run.errorText.replacing("router: ", with: "")) == checked)
  }

  /// The lines about the configuration's file.
  private static func errors(_ text: String) -> [Substring] {
    text.split(separator: "\n").filter { $0.hasPrefix("router.yaml") }
  }
}
