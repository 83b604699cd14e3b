import Foundation
import Kafka
import MetricRouter
import Replay
import TestSupport
import Testing

/// `router tail` as a process, on an embedded broker in the test's own.
@Suite(.timeLimit(.minutes(2))) struct TailTests {
  private static let environment: [String: String?] = ["ROUTER_CONFIG": "", "ROUTER_KAFKA_BOOTSTRAP_SERVERS": nil]

  /// Where there is no router.yaml.
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func start(_ topics: UserTopics, _ words: [String]) throws -> RunningProcess {
    try RouterProgram.start(
      ["tail", "--bootstrap", topics.bootstrap] + words, environment: Self.environment, directory: directory.path)
  }

  private func run(_ topics: UserTopics, _ words: String...) async throws -> RunningProcess {
    let process = try start(topics, words)
    try await process.wait(within: .seconds(40))
    return process
  }

  /// The recording in its users' topics, for all tests that only read.
  private static let recording = Task {
    try await blocking {
      let topics = try UserTopics()
      try topics.storeRecording()
      return topics
    }
  }

  private func recorded() async throws -> UserTopics { try await Self.recording.value }

  @Test func printsEveryByteOfAUsersRows() async throws {
    let topics = try await recorded()
    let process = try await run(topics, "--user", "userA", "--from-beginning", "--no-follow")
    #expect(process.status == .exited(0))
    #expect(process.errorText.isEmpty)
    let expected = try Capture.recording.read().rows.filter { $0.payload.contains("\"producer\":\"userA:") }
    let printed = process.output.split(separator: 0x0A).map { Array($0) }
    #expect(printed.count == 1859)
    #expect(Set(printed) == Set(expected.map(\.payload)) && printed.count == expected.count)
  }

  @Test func picksJobSchemaNodeAndColumns() async throws {
    let topics = try await recorded()
    let job = try await run(
      topics, "--job", "104", "--schema", "loadavg", "--node", "c1", "--columns", "producer,load1min",
      "--from-beginning", "-n", "3")
    #expect(job.status == .exited(0))
    #expect(job.errorText.isEmpty)
    let lines = job.outputText.split(separator: "\n")
    #expect(lines.first == "producer,load1min")
    #expect(lines.count == 4 && lines.dropFirst().allSatisfy { $0.hasPrefix("userA:104:c1,0.") })
    let user = try await run(
      topics, "--user", "userA", "--node", "c1", "--columns", "producer", "--from-beginning", "--no-follow")
    let producers = user.outputText.split(separator: "\n")
    #expect(producers.count == 716 && Set(producers.dropFirst()) == ["userA:104:c1"])
    let table = try await run(
      topics, "--job", "104", "--schema", "procstat2", "--format", "table", "--from-beginning", "-n", "2")
    #expect(table.outputText.split(separator: "\n").count == 3)
    #expect(table.outputText.hasPrefix("timestamp "))
  }

  @Test func aMistypedSchemaIsNoticed() async throws {
    let topics = try await recorded()
    let process = try await run(topics, "--job", "104", "--schema", "lodavg", "--from-beginning", "--no-follow")
    #expect(process.outputText.isEmpty)
    #expect(process.status == .exited(66))
    #expect(
      process.errorText.hasPrefix("router: no row is of schema 'lodavg'\n  Did you mean 'loadavg'? There are rows of "))
    #expect(process.errorText.contains("meminfo"))
  }

  @Test(
    arguments: [
      (
        ["--user", "usreA"], 66,
        "router: there is no topic ldms.user.usreA.rows\n"
          + "  Did you mean --user userA? A topic is created with its first row; --wait waits for it.\n"
      ),
      (
        ["--user", "nobody"], 66,
        "router: there is no topic ldms.user.nobody.rows\n  There are topics of userA, userB, userC. "
          + "A topic is created with its first row; --wait waits for it.\n"
      ),
      (
        ["--user", "userA", "--job", "103"], 66,
        "router: there is no topic ldms.user.userA.job.103\n  Job 103 belongs to user userC. "
          + "A topic is created with its first row; --wait waits for it.\n"
      ),
      (
        ["--job", "99"], 66,
        "router: there is no topic ldms.user.USER.job.99\n  There are topics of the jobs 101, 102, 103, 104, 105. "
          + "A topic is created with its first row; --wait waits for it.\n"
      ),
      (
        ["--user", "userA", "--prefix", "site"], 66,
        "router: there is no topic site.user.userA.rows\n"
          + "  A topic is created with its first row; --wait waits for it.\n"
      ),
      (
        ["--user", String(repeating: "é", count: 100)], 64,
        "router: no topic can be named after user '" + String(repeating: "é", count: 60)
          + "...': it would be too long\n  Topics have at most 249 characters. See 'router help tail'.\n"
      ),
      (
        ["--user", "userA", "--no-follow"], 64,
        "router: --no-follow needs --from-beginning or --since\n"
          + "  Add one of them. See 'router help tail'.\n"
      ),
      (
        ["--user", "userA", "--columns", "a", "--format", "json"], 64,
        "router: --columns cannot be used with --format json, which prints whole rows\n"
          + "  Use --format csv or --format table, or omit --columns. See 'router help tail'.\n"
      ),
      (
        ["--user", "userA", "-X", "security.protocoll=ssl"], 64,
        "router: librdkafka rejects -X security.protocoll\n  No such configuration property: "
          + "\"security.protocoll\".\n  Write -X NAME=VALUE, such as -X security.protocol=sasl_ssl.\n"
      ),
    ] as [([String], CInt, String)])
  func nonsenseIsExplained(_ words: [String], _ code: CInt, _ errors: String) async throws {
    let topics = try await recorded()
    let process = try start(topics, words)
    try await process.wait()
    #expect(process.errorText == errors)
    #expect(process.outputText.isEmpty)
    #expect(process.status == .exited(code))
  }

  @Test(arguments: [
    (["--user", "a", "--from-begining"], "Did you mean --from-beginning?"), (["--user", ""], "--user"),
    (["--user", "a", "--since", "10"], "--since"), (["--user", "a", "-n", "0"], "-n"), ([], "--user or --job"),
    (["--user", "a", "--format", "cvs"], "Did you mean csv?"), (["--user", "a", "--columns", "a,,b"], "--columns"),
    (["--user", "a", "--since", "1m", "--from-beginning"], "--from-beginning"),
  ])
  func theCommandLineIsChecked(_ words: [String], _ said: String) async throws {
    let process = try await RouterProgram.run(
      ["tail"] + words, environment: Self.environment, directory: directory.path)
    #expect(process.status == .exited(64))
    #expect(process.errorText.contains(said), "\(process.errorText)")
  }

  @Test func aJobOfSeveralUsersIsAsked() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.job.7", partitions: 1)
    try topics.broker.createTopic("ldms.user.b.job.7", partitions: 1)
    let process = try await run(topics, "--job", "7")
    #expect(process.errorText == "router: job '7' has topics of several users: a, b\n  Choose one with --user.\n")
    #expect(process.status == .exited(64))
  }

  /// Rows arrive while it runs; Ctrl-C is how it ends.
  @Test func followsUntilInterrupted() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.rows", partitions: 3)
    try topics.store([Array(#"{"before":1}"#.utf8)], in: "ldms.user.a.rows", node: "c1", partitions: 3)
    let process = try start(topics, ["--user", "a"])
    try await eventually("a row that came after it began", within: .seconds(30)) {
      try topics.store([Array(#"{"after":1}"#.utf8)], in: "ldms.user.a.rows", node: "c1", partitions: 3)
      return process.outputText.hasPrefix("{\"after\":1}\n")
    }
    process.signal(SIGINT)
    #expect(try await process.wait() == .exited(130))
    #expect(!process.outputText.contains("before"))
    #expect(process.errorText.isEmpty)
  }

  @Test func sigtermEndsItToo() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.rows", partitions: 1)
    try topics.store([Array("{}".utf8)], in: "ldms.user.a.rows", node: "c1", partitions: 1)
    let process = try start(topics, ["--user", "a", "--from-beginning"])
    try await process.waitForOutput("the row") { $0 == "{}\n" }
    process.signal(SIGTERM)
    #expect(try await process.wait() == .exited(143))
  }

  @Test func waitsForATopic() async throws {
    let topics = try UserTopics()
    let process = try start(topics, ["--job", "7", "--wait", "-n", "2"])
    try await eventually("that it waits", within: .seconds(30)) { process.errorText.contains("waiting for it") }
    try topics.broker.createTopic("ldms.user.a.job.7", partitions: 1)
    // The first rows are not missed.
    try topics.store([Array("{1}".utf8), Array("{2}".utf8)], in: "ldms.user.a.job.7", node: "c1", partitions: 1)
    #expect(try await process.wait() == .exited(0))
    #expect(process.outputText == "{1}\n{2}\n")
    #expect(process.errorText == "router: there is no topic ldms.user.USER.job.7; waiting for it\n")
  }

  @Test func waitingCanBeInterrupted() async throws {
    let topics = try UserTopics()
    let process = try start(topics, ["--user", "a", "--wait"])
    try await eventually("that it waits", within: .seconds(30)) { process.errorText.contains("waiting for it") }
    process.signal(SIGINT)
    #expect(try await process.wait() == .exited(130))
  }

  @Test func endsWithItsJob() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.job.7", partitions: 2)
    try topics.store([Array("{1}".utf8)], in: "ldms.user.a.job.7", node: "c1", partitions: 2)
    try topics.store([Array("{2}".utf8)], in: "ldms.user.a.job.7", node: "c2", partitions: 2)
    try topics.storeEnd(in: "ldms.user.a.job.7")
    let process = try await run(topics, "--job", "7", "--from-beginning")
    #expect(process.status == .exited(0))
    #expect(Set(process.outputText.split(separator: "\n")) == ["{1}", "{2}"])
    #expect(process.errorText == "router: job '7' has ended\n")
  }

  /// As with every job that is followed: its rows were printed before it ends. Whether the reader knows the ends of the partitions by
  /// then makes no difference; `TailProgressTests` has both cases.
  @Test func endsWithItsJobWhereNoRowIsLeft() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.job.7", partitions: 3)
    try topics.store([Array("{1}".utf8)], in: "ldms.user.a.job.7", node: "c1", partitions: 3)
    try topics.store([Array("{2}".utf8)], in: "ldms.user.a.job.7", node: "c2", partitions: 3)
    let process = try start(topics, ["--job", "7", "--from-beginning"])
    try await eventually("both rows", within: .seconds(30)) { process.outputText.utf8.count == 8 }
    try topics.storeEnd(in: "ldms.user.a.job.7")
    #expect(try await process.wait() == .exited(0))
    #expect(Set(process.outputText.split(separator: "\n")) == ["{1}", "{2}"])
    #expect(process.errorText == "router: job '7' has ended\n")
  }

  @Test func hostileRowsArriveAsTheyAre() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.rows", partitions: 1)
    let rows = try Capture.weird.read().rows.filter { $0.topic == "weird_62ccd49" }.map(\.payload)
    try topics.store(rows, in: "ldms.user.a.rows", schema: "weird_62ccd49", node: "c1", partitions: 1)
    let raw = try await run(topics, "--user", "a", "--from-beginning", "--no-follow")
    #expect(raw.output == Array(rows.map { $0 + [0x0A] }.joined()))
    let csv = try await run(
      topics, "--user", "a", "--schema", "weird", "--from-beginning", "-n", "2", "--columns", "v_str,v_char,v_f32,v_u64"
    )
    #expect(csv.errorText.isEmpty)
    #expect(
      csv.outputText.hasPrefix("v_str,v_char,v_f32,v_u64\n") && csv.outputText.contains(",18446744073709551615\n"))
    let table = try await run(
      topics, "--user", "a", "--from-beginning", "--no-follow", "--format", "table", "--columns", "v_str,v_f32,v_u")
    #expect(table.output.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    #expect(table.outputText.contains(#"q"b\s/t\tn\nr\rb\x01 é end"#))
    #expect(table.outputText.contains("nan"))
    #expect(table.errorText.hasPrefix("router: rows of 'weird_62ccd49' have no column 'v_u'; did you mean 'v_u"))
  }

  @Test func aReaderMayStopReading() async throws {
    let topics = try await recorded()
    // It follows, so nothing more comes after the rows that are there: only the closed pipe can end it.
    let line = """
      "\(RouterProgram.path)" tail --bootstrap \(topics.bootstrap) --user userA --from-beginning --schema loadavg \
      | head -1; echo ${PIPESTATUS[0]}
      """
    let shell = try await RunningProcess.run(
      "/bin/bash", ["-c", line], environment: Self.environment, directory: directory.path, within: .seconds(30))
    let lines = shell.outputText.split(separator: "\n")
    #expect(lines.count == 2 && lines.last == "141")
    #expect(shell.errorText.isEmpty)
  }

  @Test func aReaderThatLeavesIsNoticedWithoutARow() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.rows", partitions: 1)
    let line = """
      "\(RouterProgram.path)" tail --bootstrap \(topics.bootstrap) --user a | true; echo ${PIPESTATUS[0]}
      """
    let shell = try await RunningProcess.run(
      "/bin/bash", ["-c", line], environment: Self.environment, directory: directory.path, within: .seconds(30))
    #expect(shell.outputText == "141\n")
    #expect(shell.errorText.isEmpty)
  }

  @Test func aFullDiskIsAnError() async throws {
    let topics = try await recorded()
    let line = """
      exec "\(RouterProgram.path)" tail --bootstrap \(topics.bootstrap) --user userA --from-beginning > /dev/full
      """
    let shell = try await RunningProcess.run(
      "/bin/bash", ["-c", line], environment: Self.environment, directory: directory.path, within: .seconds(30))
    #expect(shell.status == .exited(74))
    #expect(shell.errorText.hasPrefix("router: cannot write to standard output: No space left on device\n"))
  }

  @Test func aBrokerThatIsDownIsAnError() async throws {
    let port = try FreePort.pick()
    let process = try await RouterProgram.run(
      ["tail", "--user", "a", "--bootstrap", "127.0.0.1:\(port)"], environment: Self.environment,
      directory: directory.path, within: .seconds(40))
    #expect(process.status == .exited(69))
    #expect(process.errorText.hasPrefix("router: no broker answers at 127.0.0.1:\(port): "))
    #expect(process.errorText.contains("Connection refused") && process.errorText.contains("--bootstrap"))
  }

  @Test func lookingForABrokerCanBeInterrupted() async throws {
    let port = try FreePort.pick()
    let process = try RouterProgram.start(
      ["tail", "--user", "a", "--bootstrap", "127.0.0.1:\(port)"], environment: Self.environment,
      directory: directory.path)
    try await eventually("that it catches the signal", within: .seconds(20)) {
      try process.catches(SIGINT)
    }
    process.signal(SIGINT)
    // Well before its own limit of ten seconds.
    #expect(try await process.wait(within: .seconds(8)) == .exited(130))
    #expect(process.errorText.isEmpty)
  }

  @Test func brokersThatGoAreWaitedFor() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("ldms.user.a.rows", partitions: 1)
    try topics.store([Array("{1}".utf8)], in: "ldms.user.a.rows", node: "c1", partitions: 1)
    let process = try start(topics, ["--user", "a", "--from-beginning", "-n", "2"])
    try await process.waitForOutput("the first row") { $0 == "{1}\n" }
    topics.broker.setBroker(1, up: false)
    try await eventually("that it says so", within: .seconds(30)) {
      process.errorText == "router: no broker can be reached; waiting for one\n"
    }
    topics.broker.setBroker(1, up: true)
    try topics.store([Array("{2}".utf8)], in: "ldms.user.a.rows", node: "c1", partitions: 1)
    #expect(try await process.wait() == .exited(0))
    #expect(process.outputText == "{1}\n{2}\n")
  }

  /// Only how to reach Kafka is needed: no decomposition is there.
  @Test func theConfigurationIsUsed() async throws {
    let topics = try UserTopics()
    try topics.broker.createTopic("site.user.a.rows", partitions: 1)
    try topics.store([Array("{1}".utf8)], in: "site.user.a.rows", node: "c1", partitions: 1)
    try directory.write(
      "kafka: {bootstrap.servers: \"\(topics.bootstrap)\"}\ntopics: {prefix: site}\n", to: "router.yaml")
    let words = ["tail", "--user", "a", "--from-beginning", "-n", "1"]
    let found = try await RouterProgram.run(words, environment: Self.environment, directory: directory.path)
    #expect(found.outputText == "{1}\n" && found.status == .exited(0))
    let wrong = try directory.write("kafka: {bootstrap.server: x}\n", to: "wrong.yaml")
    let refused = try await RouterProgram.run(
      words + ["--config", wrong], environment: Self.environment, directory: directory.path)
    #expect(refused.status == .exited(78))
    #expect(refused.errorText.hasPrefix("router: \(wrong):1:9: "), "\(refused.errorText)")
  }
}

extension RunningProcess {
  /// Whether it has a handler for a signal, as /proc says. The shell that becomes the router has one, too.
  fileprivate func catches(_ signal: CInt) throws -> Bool {
    let text = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
    guard text.hasPrefix("Name:\trouter\n") else { return false }
    let line = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") } ?? ""
    let mask = UInt64(line.split(separator: "\t").last ?? "", radix: 16) ?? 0
    return mask & (1 << UInt64(signal - 1)) != 0
  }
}

extension [UInt8] {
  fileprivate func contains(_ text: String) -> Bool {
    let text = Array(text.utf8)
    return indices.contains { self[$0...].starts(with: text) }
  }
}
