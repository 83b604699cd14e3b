import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// `router run` as a process on real brokers, the recording as its input, and kcat as the reader.
@Suite(.serialized, .requiresKafka) struct RouterOnKafkaTests {
  /// What the recording comes to, counted in its rows by the producer that they name.
  private static let users = ["userA": 1859, "userB": 1339, "userC": 1473]
  private static let jobs = [
    "userA.job.101": 429, "userA.job.104": 1430, "userB.job.102": 923, "userB.job.105": 416, "userC.job.103": 1473,
  ]

  /// A cluster with the input topics of the recording.
  private struct Site {
    let cluster: KafkaCluster
    let recording: Recording
    let admin: AdminClient

    init(_ kind: KafkaCluster.Kind = .one, partitions: Int32 = 1) async throws {
      cluster = try await KafkaCluster.start(kind)
      recording = try Recording.read(directory: Repository.recording.path)
      var properties = ClientProperties()
      for (name, value) in cluster.clientProperties() { properties[name] = value }
      admin = try AdminClient(properties: properties, observer: SilentObserver())
      let topics = recording.topics.map { NewTopic(name: $0, partitions: partitions, replication: nil) }
      for outcome in try admin.createTopics(topics, timeoutMilliseconds: 30000) { #expect(outcome.error == nil) }
    }

    func environment(as user: KafkaCluster.User = .router, instance: String = "one") -> [String: String?] {
      var environment: [String: String?] = [
        "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
        "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path, "ROUTER_INSTANCE": instance,
      ]
      for (name, value) in cluster.clientProperties(as: user) {
        environment["ROUTER_KAFKA_" + name.uppercased().replacing(".", with: "_")] = value
      }
      return environment
    }

    func router(instance: String = "one") throws -> RunningProcess {
      try RouterProgram.start(["run"], environment: environment(instance: instance))
    }

    func replay(_ options: String...) throws -> RunningProcess {
      try RouterProgram.start(
        ["replay"] + options, environment: environment(as: .admin), directory: Repository.root.path)
    }

    /// How many rows stand in a topic; 0 where it is not there yet.
    func rows(_ topic: String) throws -> Int64 {
      guard let description = try admin.describeTopic(topic, timeoutMilliseconds: 10000) else { return 0 }
      return try (0..<description.partitionCount).reduce(0) { count, partition in
        let place = TopicPartition(topic: topic, partition: partition)
        let marks = try admin.watermarks(of: place, timeoutMilliseconds: 10000)
        return count + marks.high - marks.low
      }
    }

    /// Waits until the group has committed all that is in the input topics.
    func waitUntilCommitted(within allowed: Duration = .seconds(60), _ router: RunningProcess) async throws {
      try await eventually("the commit of all rows; the router says: \(router.errorText.suffix(1500))", within: allowed) {
        for topic in recording.topics {
          guard let description = try? admin.describeTopic(topic, timeoutMilliseconds: 5000) else { return false }
          let places = (0..<description.partitionCount).map { TopicPartition(topic: topic, partition: $0) }
          guard
            let committed = try? admin.committedOffsets(ofGroup: "ldms-router", places, timeoutMilliseconds: 5000)
          else { return false }
          for offset in committed {
            guard let marks = try? admin.watermarks(of: offset.partition, timeoutMilliseconds: 5000) else { return false }
            if offset.offset != marks.high, marks.high > 0 { return false }
          }
        }
        return true
      }
    }

    /// Each row of the input topics, as kcat reads it, by what its copies' key must be.
    func inputs() async throws -> [String: [UInt8]] {
      var rows: [String: [UInt8]] = [:]
      for topic in recording.topics {
        for message in try await Kcat(cluster).read(topic) {
          rows["\(message.topic)/\(message.partition)/\(message.offset)"] = message.payload ?? []
        }
      }
      return rows
    }

    /// Reads a topic with kcat and checks that it holds these rows of one user, and nothing else.
    ///
    /// - Returns: how many copies there are beyond the first of each row.
    func check(_ topic: String, _ count: Int, user: String, inputs: [String: [UInt8]]) async throws -> Int {
      let messages = try await Kcat(cluster).read(topic)
      var seen: Set<String> = []
      for message in messages {
        let key = String(decoding: message.key ?? [], as: UTF8.self)
        seen.insert(key)
        #expect(inputs[key] == message.payload, "\(key) in \(topic)")
        #expect(message.headers.isEmpty)
        let text = String(decoding: message.payload ?? [], as: UTF8.self)
        #expect(text.contains("\"producer\":\"\(user):"), "\(key) in \(topic)")
      }
      #expect(seen.count == count, "\(topic)")
      return messages.count - seen.count
    }

    /// Checks all topics of users and jobs.
    func checkAll() async throws -> Int {
      let inputs = try await inputs()
      #expect(inputs.count == recording.rows.count)
      var duplicates = 0
      for (user, count) in RouterOnKafkaTests.users {
        duplicates += try await check("ldms.user.\(user).rows", count, user: user, inputs: inputs)
      }
      for (job, count) in RouterOnKafkaTests.jobs {
        let user = String(job.prefix { $0 != "." })
        duplicates += try await check("ldms.user.\(job)", count, user: user, inputs: inputs)
      }
      return duplicates
    }
  }

  @Test(.timeLimit(.minutes(3))) func anIndependentClientReadsExactlyTheUsersRows() async throws {
    let site = try await Site()
    let router = try site.router()
    #expect(try await site.replay("--fast").wait(within: .seconds(60)) == .exited(0))
    try await site.waitUntilCommitted(router)
    #expect(try await site.checkAll() == 0)
    #expect(try site.rows("ldms.router.dead-letter") == 0)

    // One node's rows are in one partition, in the order of their input partition.
    var partitions: [String: Int32] = [:]
    var last: [String: Int64] = [:]
    for message in try await Kcat(site.cluster).read("ldms.user.userA.rows")
      .sorted(by: { ($0.partition, $0.offset) < ($1.partition, $1.offset) })
    {
      let text = String(decoding: message.payload ?? [], as: UTF8.self)
      let node = try #require(text.firstMatch(of: /"producer":"userA:\d+:(c\d)"/)?.1).description
      #expect(partitions[node] ?? message.partition == message.partition)
      partitions[node] = message.partition
      let key = String(decoding: message.key ?? [], as: UTF8.self).split(separator: "/")
      let offset = try #require(Int64(key[2]))
      let line = "\(node) \(key[0])/\(key[1])"
      #expect(last[line] ?? -1 < offset)
      last[line] = offset
    }

    // The topics are as topics/ says.
    let settings = try site.admin.describeSettings(ofTopics: ["ldms.user.userA.rows"], timeoutMilliseconds: 10000)
    let values = Dictionary(
      uniqueKeysWithValues: try #require(settings["ldms.user.userA.rows"]).get().map { ($0.name, $0.value) })
    #expect(values["message.timestamp.type"] == "LogAppendTime")
    #expect(values["retention.ms"] == "604800000")

    // SIGTERM drains and leaves the group; it does not wait for the session to time out.
    let asked = ContinuousClock.now
    #expect(try await router.terminate(within: .seconds(15)) == .exited(0))
    #expect(ContinuousClock.now - asked < .seconds(10))
    let group = try site.admin.describeGroups("ldms-router", timeoutMilliseconds: 10000).first
    #expect(group?.members.isEmpty == true)
    #expect(router.errorText.contains("consumed=4671 routed=4671 dead_lettered=0"))
    try await site.cluster.stop()
  }

  @Test(.timeLimit(.minutes(4))) func aRouterAndABrokerThatDieInTheMiddleLoseNothing() async throws {
    let site = try await Site()
    var router = try site.router()
    let replay = try site.replay("--speed", "8")
    try await eventually("some rows", within: .seconds(60)) { try site.rows("ldms.user.userA.rows") > 200 }
    router.kill()
    try await router.wait(within: .seconds(10))
    router = try site.router()
    try await eventually("more rows", within: .seconds(90)) { try site.rows("ldms.user.userA.rows") > 700 }
    try await site.cluster.kill()
    try await site.cluster.restart()
    #expect(try await replay.wait(within: .seconds(120)) == .exited(0), "\(replay.errorText)")
    try await site.waitUntilCommitted(within: .seconds(90), router)
    let duplicates = try await site.checkAll()
    print("after kill -9 of the router and of the broker: nothing lost, \(duplicates) copies came twice")
    #expect(try site.rows("ldms.router.dead-letter") == 0)
    #expect(try await router.terminate() == .exited(0))
    try await site.cluster.stop()
  }

  @Test(.timeLimit(.minutes(3))) func twoRoutersShareThePartitionsAndOneLeaves() async throws {
    let site = try await Site(partitions: 4)
    let first = try site.router(instance: "first")
    let second = try site.router(instance: "second")
    try await eventually("partitions for both", within: .seconds(60)) {
      first.errorText.contains("assigned") && second.errorText.contains("assigned")
        && (try site.admin.describeGroups("ldms-router", timeoutMilliseconds: 10000).first?.members.count) == 2
    }
    let replay = try site.replay("--speed", "20")
    try await eventually("some rows", within: .seconds(60)) { try site.rows("ldms.user.userA.rows") > 300 }
    let seen = second.errorText.count
    #expect(try await first.terminate(within: .seconds(15)) == .exited(0))
    // It left: the other does not wait for its session (45 s) to time out.
    try await eventually("all partitions for the second", within: .seconds(15)) {
      second.errorText.dropFirst(seen).contains("partitions assigned count=28")
    }
    #expect(try await replay.wait(within: .seconds(60)) == .exited(0))
    try await site.waitUntilCommitted(second)
    #expect(try await site.checkAll() == 0)
    #expect(try await second.terminate() == .exited(0))
    try await site.cluster.stop()
  }

  @Test(.timeLimit(.minutes(3))) func aTopicThatIsForbiddenConcernsItsRowsOnly() async throws {
    let site = try await Site(.sasl)
    let principal = "User:router"
    let rules = [
      AccessRule(.topic, .prefixed, "ldms.", principal: principal, operation: .create),
      AccessRule(.topic, .prefixed, "ldms.", principal: principal, operation: .write),
      AccessRule(.topic, .prefixed, "ldms.", principal: principal, operation: .describe),
      AccessRule(.group, .literal, "ldms-router", principal: principal, operation: .read),
      AccessRule(.topic, .prefixed, "ldms.user.userB.", principal: principal, operation: .write, isAllowed: false),
    ] + site.recording.topics.map { AccessRule(.topic, .literal, $0, principal: principal, operation: .read) }
    #expect(try site.admin.createAccessRules(rules, timeoutMilliseconds: 10000).isEmpty)
    let router = try site.router()
    #expect(try await site.replay("--fast").wait(within: .seconds(60)) == .exited(0))
    try await site.waitUntilCommitted(router)
    let inputs = try await site.inputs()
    for user in ["userA", "userC"] {
      let count = try #require(Self.users[user])
      #expect(try await site.check("ldms.user.\(user).rows", count, user: user, inputs: inputs) == 0)
    }
    let letters = try await Kcat(site.cluster).read("ldms.router.dead-letter")
    #expect(letters.count == Self.users["userB"])
    for letter in letters {
      #expect(letter.header("reason") == "topic-refused")
      #expect(letter.header("detail")?.contains("ldms.user.userB.") == true)
      #expect(inputs[String(decoding: letter.key ?? [], as: UTF8.self)] == letter.payload)
    }
    #expect(try site.rows("ldms.user.userB.rows") == 0)
    #expect(try await router.terminate() == .exited(0))
    try await site.cluster.stop()
  }
}
