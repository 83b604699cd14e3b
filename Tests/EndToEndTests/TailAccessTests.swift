import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// `router tail` as a user of the cluster, on real Kafka with logins and ACLs.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct TailAccessTests {
  /// The topics of a test, with rows in those of userA and userB, and userA's permissions as a site grants them.
  private struct Site {
    let cluster: KafkaCluster
    let prefix: String
    let administration: AdminClient
    let producer: Producer
    let directory: TemporaryDirectory

    func topic(_ name: String) -> String { "\(prefix).user.\(name)" }

    func store(_ rows: [String], in topic: String, timestamp: Int64 = 0) throws {
      let handle = try producer.topic(named: topic)
      for row in rows {
        let code = Array(row.utf8).withUnsafeBytes { row in
          producer.produce(to: handle, partition: 0, value: row, key: row, timestamp: timestamp, tag: 0)
        }
        #expect(code == nil)
      }
      #expect(producer.flush(timeoutMilliseconds: 30_000) { _ in })
    }

    /// Starts `router tail` as a user; the password comes by the environment.
    func start(_ words: [String], as user: KafkaCluster.User = .userA, password: String? = nil) throws -> RunningProcess
    {
      try RouterProgram.start(
        [
          "tail", "--bootstrap", cluster.bootstrap, "--prefix", prefix, "-X", "security.protocol=sasl_plaintext", "-X",
          "sasl.mechanism=PLAIN", "-X", "sasl.username=\(user.rawValue)",
        ] + words,
        environment: ["ROUTER_CONFIG": "", "ROUTER_KAFKA_SASL_PASSWORD": password ?? user.password],
        directory: directory.path)
    }

    func run(_ words: String..., as user: KafkaCluster.User = .userA, password: String? = nil) async throws
      -> RunningProcess
    {
      let process = try start(words, as: user, password: password)
      try await process.wait(within: .seconds(60))
      return process
    }
  }

  private static func clientProperties(_ cluster: KafkaCluster) -> ClientProperties {
    var properties = ClientProperties()
    for (name, value) in cluster.clientProperties(as: .admin) { properties[name] = value }
    return properties
  }

  private func site(_ prefix: String) async throws -> Site {
    let cluster = try await KafkaCluster.shared(.sasl)
    let directory = try TemporaryDirectory()
    let properties = Self.clientProperties(cluster)
    let site = try Site(
      cluster: cluster, prefix: prefix, administration: AdminClient(properties: properties, observer: SilentObserver()),
      producer: Producer(properties: properties, observer: SilentObserver()), directory: directory)
    let topics = ["userA.rows", "userA.job.7", "userB.rows"].map { site.topic($0) }
    let made = try site.administration.createTopics(
      topics.map { NewTopic(name: $0, partitions: 2, replication: 1) }, timeoutMilliseconds: 30_000)
    #expect(made.allSatisfy { $0.error == nil })
    let refused = try site.administration.createAccessRules(
      [
        AccessRule(.topic, .prefixed, site.topic("userA."), principal: "User:userA", operation: .read),
        AccessRule(.group, .prefixed, "userA.", principal: "User:userA", operation: .read),
      ], timeoutMilliseconds: 30_000)
    #expect(refused.isEmpty)
    // A rule is in force a moment after the broker has taken it.
    var userProperties = ClientProperties()
    for (name, value) in cluster.clientProperties(as: .userA) { userProperties[name] = value }
    let user = try AdminClient(properties: userProperties, observer: SilentObserver())
    try await eventually("userA's rights", within: .seconds(30)) {
      (try? user.describeTopic(site.topic("userA.rows"), timeoutMilliseconds: 2000)) != nil
    }
    return site
  }

  @Test func aUserReadsTheirOwnRows() async throws {
    let site = try await site("tail-own")
    try site.store(["{1}", "{2}"], in: site.topic("userA.rows"))
    try site.store(["{3}"], in: site.topic("userA.job.7"))
    let rows = try await site.run("--user", "userA", "--from-beginning", "--no-follow")
    #expect(rows.outputText == "{1}\n{2}\n" && rows.errorText.isEmpty && rows.status == .exited(0))
    // Whose job it is is found among the topics that userA may see.
    let job = try await site.run("--job", "7", "--from-beginning", "-n", "1")
    #expect(job.outputText == "{3}\n" && job.errorText.isEmpty && job.status == .exited(0))
    let committed = try site.administration.committedOffsets(
      ofGroup: "userA.tail", [TopicPartition(topic: site.topic("userA.rows"), partition: 0)],
      timeoutMilliseconds: 30_000)
    #expect(committed.allSatisfy { $0.offset == TopicPartitionOffset.invalid })
  }

  /// As docs/users.md has a user do it: no configuration, and the login in a file of their own.
  @Test(arguments: ["option", "variable", "home"])
  func aFileSaysHowToLogIn(_ way: String) async throws {
    let site = try await site("tail-login-\(way)")
    try site.store(["{1}"], in: site.topic("userA.rows"))
    let file = try site.directory.write(
      """
      # my login
      bootstrap.servers=\(site.cluster.bootstrap)
      security.protocol=SASL_PLAINTEXT
      sasl.mechanism = PLAIN
      sasl.username=userA
      sasl.password=\(KafkaCluster.User.userA.password)

      """, to: "home/.config/ldms-router/client.properties")
    var words = ["tail", "--user", "userA", "--prefix", site.prefix, "--from-beginning", "--no-follow"]
    var environment: [String: String?] = ["ROUTER_CONFIG": "", "XDG_CONFIG_HOME": nil, "HOME": site.directory.path]
    switch way {
    case "option": words += ["--client-config", file]
    case "variable": environment["ROUTER_CLIENT_CONFIG"] = file
    default: environment["HOME"] = "\(site.directory.path)/home"
    }
    let process = try await RouterProgram.run(words, environment: environment, directory: site.directory.path)
    #expect(process.outputText == "{1}\n" && process.status == .exited(0), "\(process.errorText)")
    // What is said by the way goes before the file, and a password is never shown.
    let other = try await RouterProgram.run(
      words + ["-X", "sasl.username=userB"], environment: environment, directory: site.directory.path)
    #expect(other.status == .exited(77))
    #expect(other.errorText.hasPrefix("router: the broker rejects the login for 'userB': "), "\(other.errorText)")
    #expect(!other.errorText.contains(KafkaCluster.User.userA.password))
  }

  @Test func sinceCountsByTheTimeOfTheMessages() async throws {
    let site = try await site("tail-since")
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    try site.store(["{old}"], in: site.topic("userA.rows"), timestamp: now - 3_600_000)
    try site.store(["{new}"], in: site.topic("userA.rows"), timestamp: now - 60_000)
    let some = try await site.run("--user", "userA", "--since", "10m", "--no-follow")
    #expect(some.outputText == "{new}\n" && some.status == .exited(0))
    let all = try await site.run("--user", "userA", "--since", "2h", "--no-follow")
    #expect(all.outputText == "{old}\n{new}\n")
    let none = try await site.run("--user", "userA", "--since", "1s", "--no-follow")
    #expect(none.outputText.isEmpty && none.status == .exited(0))
  }

  @Test(arguments: [["--user", "userB"], ["--user", "nobody"], ["--user", "userB", "--job", "1"]])
  func anothersRowsAreRejected(_ words: [String]) async throws {
    let site = try await site("tail-other\(words.count)\(words[1])")
    let process = try site.start(words + ["--from-beginning"])
    #expect(try await process.wait() == .exited(77))
    #expect(process.outputText.isEmpty)
    #expect(process.errorText.hasPrefix("router: READ permission on the topic is missing: "), "\(process.errorText)")
    #expect(process.errorText.contains(site.topic(words[1])))
  }

  @Test func whatDoesNotExistIsNamed() async throws {
    let site = try await site("tail-missing")
    let process = try await site.run("--user", "userA", "--job", "8")
    #expect(process.status == .exited(66))
    #expect(
      process.errorText == """
        router: there is no topic tail-missing.user.userA.job.8
          There are topics of the jobs 7. A topic is created with its first row; --wait waits for it.

        """)
    let job = try await site.run("--job", "9")
    #expect(job.status == .exited(66))
    #expect(job.errorText.hasPrefix("router: there is no topic tail-missing.user.USER.job.9\n"))
    // userB may see nothing at all.
    let nothing = try await site.run("--job", "7", as: .userB)
    #expect(nothing.status == .exited(66))
    #expect(nothing.errorText.contains("No user topic is visible"))
  }

  @Test func aWrongPasswordIsRejectedAndNotShown() async throws {
    let site = try await site("tail-password")
    let process = try await site.run("--user", "userA", password: "geheim")
    #expect(process.status == .exited(77))
    #expect(process.errorText.hasPrefix("router: the broker rejects the login for 'userA': "), "\(process.errorText)")
    #expect(!process.errorText.contains("geheim"))
  }

  @Test func aGroupWithoutPermissionIsNamed() async throws {
    let site = try await site("tail-group")
    try site.store(["{1}"], in: site.topic("userA.rows"))
    let process = try await site.run("--user", "userA", "--from-beginning", "-X", "group.id=other.tail")
    #expect(process.status == .exited(77))
    #expect(
      process.errorText.hasPrefix("router: READ permission on the consumer group 'other.tail' is missing: "),
      "\(process.errorText)")
  }

  @Test func aTopicThatIsDeletedEndsIt() async throws {
    let site = try await site("tail-deleted")
    try site.store(["{1}"], in: site.topic("userA.job.7"))
    let process = try site.start(["--job", "7", "--from-beginning"])
    try await process.waitForOutput("the row") { $0 == "{1}\n" }
    let outcome = try site.administration.deleteTopics([site.topic("userA.job.7")], timeoutMilliseconds: 30_000)
    #expect(outcome.allSatisfy { $0.error == nil })
    #expect(try await process.wait(within: .seconds(60)) == .exited(66))
    #expect(
      process.errorText == """
        router: the topic tail-deleted.user.userA.job.7 was deleted while reading
          All earlier rows are printed.

        """)
  }

  @Test func followsRealKafka() async throws {
    let site = try await site("tail-follow")
    let process = try site.start(["--user", "userA"])
    try await eventually("a row that came after it began", within: .seconds(30)) {
      try site.store(["{1}"], in: site.topic("userA.rows"))
      return process.outputText.hasPrefix("{1}\n")
    }
    process.signal(SIGINT)
    #expect(try await process.wait() == .exited(130))
    #expect(process.errorText.isEmpty)
  }
}
