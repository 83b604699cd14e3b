import Foundation
import Kafka
import TestSupport
import Testing

@testable import RouterCLI

/// `router topics prune` on real and other brokers.
@Suite(.timeLimit(.minutes(3))) struct TopicsPruneTests {
  private static let day = 86_400

  /// Jobs of two users, old and young, and topics that are none of a job.
  private func filled() async throws -> TopicsFixture {
    let fixture = try TopicsFixture(try await KafkaCluster.shared(.one).clientProperties())
    let rows = [#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#]
    for name in ["user.alice.rows", "router.dead-letter", "user.alice.job.x.y", "user.nobody.else"] {
      try fixture.create(name)
      try fixture.produce(rows, to: name, age: .seconds(6 * Self.day))
    }
    for (job, days) in [("alice.job.7", 3), ("alice.job.8", 5), ("b-c3-b6k.job.9", 4)] {
      try fixture.create("user.\(job)")
      try fixture.produce(rows, to: "user.\(job)", age: .seconds(days * Self.day))
    }
    try fixture.create("user.alice.job.10")
    try fixture.produce(rows, to: "user.alice.job.10", age: .seconds(3600))
    try fixture.create("user.alice.job.11")
    return fixture
  }

  private static let table = """
    USER   JOB  STATE   PARTITIONS  ROWS  BYTES  LAST ROW
    alice  7    silent           1     3   27 B       3 d
    alice  8    silent           1     3   27 B       5 d
    bök    9    silent           1     3   27 B       4 d

    """
  private static let new = "1 job topic kept: without a row yet, so the age is unknown.\n"

  @Test(.requiresKafka) func deletesNothingUnlessTold() async throws {
    let fixture = try await filled()
    let dry = try await fixture.run("prune")
    #expect(dry.output == Self.table)
    #expect(dry.errors == Self.new + "3 job topics would be deleted; 'router topics prune --apply' does it.\n")
    #expect(dry.exitCode == 1)
    // Without a terminal nobody can be asked.
    let apply = try await fixture.run("prune", "--apply")
    #expect(apply.output == Self.table)
    #expect(apply.errors == Self.new + "3 job topics not deleted.\n")
    #expect(apply.exitCode == 1)
    #expect(try fixture.partitions("user.alice.job.7") == 1)

    let advice = try await fixture.run("prune", "--older-than", "100h", "--user", "alice")
    #expect(advice.errors.hasSuffix("'router topics prune --older-than 4d4h --user alice --apply' does it.\n"))

    let older = try await fixture.run("prune", "--older-than", "100h", "--user", "alice", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(older.output.utf8)) as? [String: Any]
    let topics = try #require(document?["topics"] as? [[String: Any]])
    #expect(topics.map { $0["topic"] as? String } == ["PREFIX.user.alice.job.8"])
    #expect(topics.map { $0["deleted"] as? Bool } == [false])
    #expect(topics.map { $0["rows"] as? Int } == [3])
    #expect(older.exitCode == 1)
    let none = try await fixture.run("prune", "--older-than", "30d", "--json")
    let empty = try JSONSerialization.jsonObject(with: Data(none.output.utf8)) as? [String: Any]
    #expect((empty?["topics"] as? [Any])?.isEmpty == true)
    #expect(none.errors == Self.new + "No job topic is that old.\n")
    #expect(none.exitCode == 0)
  }

  @Test(.requiresKafka) func deletesOldTopicsOfJobsAndNothingElse() async throws {
    let fixture = try await filled()
    let others = [
      "user.alice.rows", "router.dead-letter", "user.alice.job.x.y", "user.nobody.else", "user.alice.job.10",
      "user.alice.job.11",
    ]
    let prune = try await fixture.run("prune", "--yes")
    #expect(prune.output == Self.table)
    #expect(prune.errors == Self.new + "3 job topics deleted.\n")
    #expect(prune.exitCode == 0)
    for job in ["alice.job.7", "alice.job.8", "b-c3-b6k.job.9"] {
      try await eventually("\(job) is gone", within: .seconds(10)) { try fixture.partitions("user.\(job)") == nil }
    }
    for name in others { #expect(try fixture.partitions(name) == 1, "\(name)") }
    let again = try await fixture.run("prune", "--yes")
    #expect(again.output == "")
    #expect(again.errors == Self.new + "No job topic is that old.\n")
    #expect(again.exitCode == 0)
  }

  /// `router topics prune --apply` on a terminal, not started yet.
  private static func prune(_ fixture: TopicsFixture, on pair: PseudoTerminal) -> Process {
    let terminal = FileHandle(fileDescriptor: pair.terminal, closeOnDealloc: false)
    let process = Process()
    process.executableURL = RouterExecutable.url
    process.arguments = ["topics", "prune", "--apply"]
    process.environment = ["ROUTER_CONFIG": fixture.directory.path + "/router.yaml", "TERM": "dumb"]
    process.standardInput = terminal
    process.standardOutput = terminal
    process.standardError = terminal
    return process
  }

  @Test(.requiresKafka, arguments: [("y\n", Int32(0)), ("n\n", 1), ("\u{4}", 1)])
  func asksOnATerminal(_ answer: String, _ exitCode: Int32) async throws {
    let fixture = try TopicsFixture(try await KafkaCluster.shared(.one).clientProperties())
    try fixture.create("user.alice.job.7")
    try fixture.produce(["{}"], to: "user.alice.job.7", age: .seconds(3 * Self.day))
    let pair = try PseudoTerminal(columns: 100, rows: 24)
    let process = Self.prune(fixture, on: pair)
    _ = Array(answer.utf8).withUnsafeBytes { write(pair.controller, $0.baseAddress, $0.count) }
    try process.run()
    close(pair.terminal)
    let shown = try await blocking { pair.readToEnd() }
    process.waitUntilExit()
    close(pair.controller)
    #expect(process.terminationStatus == exitCode)
    #expect(shown.contains("Delete 1 job topic, rows included? [y/N] "))
    if exitCode == 0 {
      try await eventually("it is gone", within: .seconds(10)) { try fixture.partitions("user.alice.job.7") == nil }
    } else {
      #expect(try fixture.partitions("user.alice.job.7") == 1)
    }
  }

  /// A question may stand for long.
  @Test(.requiresKafka) func leavesWhatGotRowsBeforeTheAnswer() async throws {
    let fixture = try TopicsFixture(try await KafkaCluster.shared(.one).clientProperties())
    for job in [7, 8] {
      try fixture.create("user.alice.job.\(job)")
      try fixture.produce(["{}"], to: "user.alice.job.\(job)", age: .seconds(3 * Self.day))
    }
    let pair = try PseudoTerminal(columns: 100, rows: 24)
    let process = Self.prune(fixture, on: pair)
    try process.run()
    close(pair.terminal)
    let controller = pair.controller
    let asked = try await blocking {
      var shown: [UInt8] = []
      var byte: UInt8 = 0
      while read(controller, &byte, 1) == 1 {
        shown.append(byte)
        if String(decoding: shown, as: UTF8.self).hasSuffix("[y/N] ") { break }
      }
      return String(decoding: shown, as: UTF8.self)
    }
    #expect(asked.hasSuffix("Delete 2 job topics, rows included? [y/N] "))
    try fixture.produce(["{}"], to: "user.alice.job.7", age: .zero)
    _ = Array("y\n".utf8).withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
    let shown = try await blocking { pair.readToEnd() }
    process.waitUntilExit()
    close(controller)
    #expect(process.terminationStatus == 0)
    #expect(shown.contains("1 job topic left: rows arrived in the meantime.\r\n1 job topic deleted."), "\(shown)")
    try await eventually("the other is gone", within: .seconds(10)) {
      try fixture.partitions("user.alice.job.8") == nil
    }
    #expect(try fixture.partitions("user.alice.job.7") == 1)
  }

  @Test(.requiresKafka) func leavesWhatIsBeingWritten() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let fixture = try TopicsFixture(cluster.clientProperties())
    try fixture.create("user.alice.job.7")
    try fixture.produce(["{}"], to: "user.alice.job.7", age: .seconds(3 * Self.day))
    var properties = ClientProperties(["transactional.id": fixture.prefix])
    for (name, value) in cluster.clientProperties() { properties[name] = value }
    let producer = try Producer(properties: properties, observer: SilentObserver())
    try producer.initTransactions(timeoutMilliseconds: TopicsFixture.timeout)
    try producer.beginTransaction()
    let topic = try producer.topic(named: "\(fixture.prefix).user.alice.job.7")
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    try #require(producer.produce(to: topic, partition: 0, value: none, key: none, timestamp: 1, tag: 0) == nil)
    try #require(producer.flush(timeoutMilliseconds: 30000) { _ in })
    let open = try await fixture.run("prune", "--yes")
    #expect(open.errors == "1 job topic kept: being written.\nNo job topic is that old.\n")
    #expect(try fixture.partitions("user.alice.job.7") == 1)
    try producer.abortTransaction(timeoutMilliseconds: TopicsFixture.timeout) { _ in }
    try await eventually("it is deleted", within: .seconds(30)) {
      try await fixture.run("prune", "--yes").errors == "1 job topic deleted.\n"
    }
  }

  @Test(.requiresKafka) func namesThePermissionThatIsMissing() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let fixture = try TopicsFixture(
      cluster.clientProperties(as: .userB), own: cluster.clientProperties(as: .admin))
    let user = "User:userB"
    let rules = [
      AccessRule(.topic, .prefixed, fixture.prefix, principal: user, operation: .read),
      AccessRule(.group, .prefixed, fixture.prefix, principal: user, operation: .read),
    ]
    try #require(try fixture.admin.createAccessRules(rules, timeoutMilliseconds: TopicsFixture.timeout).isEmpty)
    try fixture.create("user.alice.job.7")
    let writer = try TopicsFixture(cluster.clientProperties(as: .admin))
    try writer.produce(["{}"], toTopic: "\(fixture.prefix).user.alice.job.7", age: .seconds(3 * Self.day))
    try await eventually("the topic is seen", within: .seconds(30)) {
      try await fixture.run("prune").output.contains("alice  7")
    }
    let prune = try await fixture.run("prune", "--yes")
    #expect(prune.errors.contains("router: a permission is missing: delete topic \"PREFIX.user.alice.job.7\""))
    #expect(
      prune.errors.contains("To delete topics, DELETE permission is required on them, or on the prefix PREFIX.user."))
    #expect(prune.exitCode == 77)
    #expect(try fixture.partitions("user.alice.job.7") == 1)
  }

  @Test func asksForAnAgeWhereTopicsAreKeptForEver() async throws {
    let fixture = try TopicsFixture(["bootstrap.servers": "127.0.0.1:9"])
    let prune = try await fixture.run("prune", environment: ["ROUTER_JOBS_TOPIC_TTL": "0s"])
    #expect(prune.output == "")
    #expect(
      prune.errors == """
        router: jobs.topic-ttl is 0s, so no topic is ever too old
          Set the age of the last message: router topics prune --older-than 7d

        """)
    #expect(prune.exitCode == 64)
  }

  @Test func anEmbeddedBrokerCannotDelete() async throws {
    let broker = try EmbeddedBroker()
    let fixture = try TopicsFixture(["bootstrap.servers": broker.bootstrapServers])
    let prune = try await fixture.run("prune", "--yes")
    #expect(prune.errors.contains("have no controller"))
    #expect(prune.exitCode == 78)
  }
}
