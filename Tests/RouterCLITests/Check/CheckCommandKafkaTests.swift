import Foundation
import Kafka
import TestSupport
import Testing

/// `router check --connect` against Apache Kafka.
@Suite(.requiresKafka) struct CheckCommandKafkaTests {
  @Test(.timeLimit(.minutes(5))) func clusterWithEverythingIsAccepted() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties())
    let before = try await connection.run()
    #expect(before.code == 1, "\(before.output)")
    for topic in connection.inputs { #expect(before.output.contains("input \(topic): the topic does not exist")) }

    try connection.makeInputs(cluster)
    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)")
    for words in [
      "brokers: 1 broker (\(cluster.bootstrap)), answered in ",
      "warning  authorizer: the brokers have none: everybody who can connect reads everybody's topics",
      "input \(connection.inputs[0]): 2 partitions, 1 replica",
      "group \(connection.group): offsets can be committed; no router is in it now",
      "lag \(connection.inputs[1]): nothing is committed yet: the router will start with the oldest row, and has 0 rows",
      "routers: 4 input partitions, enough work for up to 4 routers",
      "reading: 2 input topics can be read",
      "user topics: can be created as topics/user.yaml declares",
      "job topics: can be created as topics/job.yaml declares",
      "dead-letter topic: can be created as topics/dead-letter.yaml declares",
      "auto-creation: the brokers do not create topics automatically",
      "writing: the brokers accept an idempotent producer",
    ] { #expect(check.output.contains(words), "\(words) in \(check.output)") }

    // It only looked.
    let topics = try CheckConnection.admin(cluster).describeCluster(timeoutMilliseconds: 30000).topics.keys
    #expect(!topics.contains { $0.hasPrefix("\(connection.prefix).") })
    let groups = try CheckConnection.admin(cluster).describeGroups(timeoutMilliseconds: 30000)
    #expect(!groups.contains { $0.name == connection.group })
  }

  @Test(.timeLimit(.minutes(5))) func routersWithoutWorkAreCounted() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 1)
    try connection.makeInputs(cluster, partitions: 1)
    var consumers: [Consumer] = []
    for instance in ["one", "two"] {
      var properties = ClientProperties(["group.id": connection.group, "group.instance.id": instance])
      for (name, value) in cluster.clientProperties() { properties[name] = value }
      let consumer = try Consumer(properties: properties, observer: SilentObserver())
      try consumer.subscribe(to: connection.inputs)
      consumers.append(consumer)
    }
    try await eventually("both members", within: .seconds(60)) {
      for consumer in consumers { _ = try? consumer.poll(timeoutMilliseconds: 100) }
      return try CheckConnection.admin(cluster).describeGroups(connection.group, timeoutMilliseconds: 30000)
        .flatMap(\.members).count == 2
    }
    let check = try await connection.run()
    #expect(
      check.output.contains(
        "warning  routers: 1 input partition, enough work for 1 router; 2 are in the group, so 1 of them reads nothing"),
      "\(check.output)")
    #expect(check.code == 0)
    for consumer in consumers { _ = consumer.leave(timeoutMilliseconds: 5000) }
  }

  @Test(.timeLimit(.minutes(5))) func lagAndClockAreReported() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 1)
    let topic = connection.inputs[0]
    try CheckConnection.make(
      [
        NewTopic(
          name: topic, partitions: 1, replication: 1, settings: ["message.timestamp.type": "LogAppendTime"])
      ], cluster)
    try await Kcat(cluster).write((0..<5).map { Array("row \($0)".utf8) }, to: topic)
    let fresh = try await connection.run()
    #expect(fresh.output.contains("lag \(topic): nothing is committed yet: the router will start with the oldest"))
    #expect(fresh.output.contains("and has 5 rows"), "\(fresh.output)")
    #expect(fresh.output.contains("ok       clock: not behind the broker's clock"))

    try commit(3, of: topic, connection.group, cluster)
    #expect(try await connection.run().output.contains("lag \(topic): 2 rows to route"))
  }

  /// What is committed stays as it is, also by an empty group.
  @Test(.timeLimit(.minutes(5))) func committedOffsetsStay() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 1)
    try connection.makeInputs(cluster, partitions: 1)
    try commit(0, of: connection.inputs[0], connection.group, cluster)
    #expect(try await connection.run().code == 0)
    let partition = TopicPartition(topic: connection.inputs[0], partition: 0)
    let offsets = try CheckConnection.admin(cluster).committedOffsets(
      ofGroup: connection.group, [partition], timeoutMilliseconds: 30000)
    #expect(offsets == [TopicPartitionOffset(partition, offset: 0)])
  }

  @Test(.timeLimit(.minutes(5))) func declarationsThatTheBrokerRefusesAreNamed() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 1)
    try connection.makeInputs(cluster)
    try connection.declare("user.yaml", "replication: default", "replication: 3")
    try connection.declare("job.yaml", "segment.bytes: 268435456", "segment.bytes: 1")
    let check = try await connection.run()
    #expect(check.code == 1, "\(check.output)")
    #expect(
      check.output.contains("error    user topics: topics/user.yaml declares replication 3, and there is 1 broker"))
    #expect(check.output.contains("error    job topics: the broker rejects what topics/job.yaml:"))
    #expect(check.output.contains("segment.bytes"))
    #expect(check.output.contains("ok       dead-letter topic: can be created"))
  }

  @Test(.timeLimit(.minutes(5))) func settingsOfOwnTopicsAreCompared() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 1)
    try connection.makeInputs(cluster)
    let right = [
      "message.timestamp.type": "LogAppendTime", "max.message.bytes": "2097152", "cleanup.policy": "delete",
    ]
    let wrong = ["message.timestamp.type": "CreateTime", "max.message.bytes": "1000000", "cleanup.policy": "compact"]
    try CheckConnection.make(
      [
        NewTopic(name: "\(connection.prefix).user.a.rows", partitions: 1, replication: 1, settings: right),
        NewTopic(name: "\(connection.prefix).user.a.job.1", partitions: 1, replication: 1, settings: wrong),
        NewTopic(name: "\(connection.prefix).user.a.job.2", partitions: 1, replication: 1, settings: wrong),
      ], cluster)
    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)")
    #expect(check.output.contains("ok       user topics: 1 there, with the settings that matter as declared"))
    let first = "2 of them, \(connection.prefix).user.a.job.1 first, have"
    #expect(check.output.contains("warning  job topics: \(first) message.timestamp.type=CreateTime, not LogAppendTime"))
    #expect(check.output.contains("\(first) max.message.bytes=1000000, not 2097152"))
    #expect(check.output.contains("\(first) cleanup.policy=compact, not delete"))
    #expect(try await connection.run(["--strict"]).code == 1)
  }

  @Test(.timeLimit(.minutes(5))) func rowsThatAreTooLargeForTheOutputsAreAnnounced() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(cluster.clientProperties(), inputs: 2)
    try CheckConnection.make(
      [
        NewTopic(
          name: connection.inputs[0], partitions: 1, replication: 1, settings: ["max.message.bytes": "16777216"]),
        NewTopic(name: connection.inputs[1], partitions: 1, replication: 1),
      ], cluster)
    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)")
    let words = "warning  input \(connection.inputs[0]): it takes rows of 16777216 bytes, and the dead-letter topic of"
    #expect(check.output.contains(words), "\(check.output)")
    #expect(!check.output.contains("input \(connection.inputs[1]): it takes rows"))
  }

  @Test(.timeLimit(.minutes(5))) func rightsAreMissingOneByOne() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let connection = try CheckConnection(cluster.clientProperties(as: .userB), inputs: 1)
    try connection.makeInputs(cluster)
    let admin = try CheckConnection.admin(cluster)
    let topic = connection.inputs[0]
    let principal = "User:userB"
    let all = ["READ on the topic", "READ on the group", "CREATE on topics", "WRITE on topics"]
    let rights: [(rules: [AccessRule], missing: [String])] = [
      ([], all),
      (
        [AccessRule(.topic, .literal, topic, principal: principal, operation: .describe)],
        ["reading \(topic): a permission is missing"] + all
      ),
      (
        [AccessRule(.topic, .literal, topic, principal: principal, operation: .read)],
        ["READ on the group", "CREATE on topics", "WRITE on topics"]
      ),
      (
        [AccessRule(.group, .literal, connection.group, principal: principal, operation: .describe)],
        ["READ on the group", "CREATE on topics", "WRITE on topics"]
      ),
      (
        [AccessRule(.group, .literal, connection.group, principal: principal, operation: .read)],
        ["CREATE on topics", "WRITE on topics"]
      ),
      (
        [AccessRule(.topic, .prefixed, "\(connection.prefix).", principal: principal, operation: .create)],
        ["WRITE on topics"]
      ),
      ([AccessRule(.topic, .prefixed, "\(connection.prefix).", principal: principal, operation: .write)], []),
    ]
    defer { _ = try? admin.deleteAccessRules(rights.flatMap(\.rules), timeoutMilliseconds: 30000) }
    for (rules, missing) in rights {
      let refused = try admin.createAccessRules(rules, timeoutMilliseconds: 30000)
      #expect(refused.isEmpty)
      // What is granted holds when the broker has read it in its own log, not when it has answered.
      try await eventually("a check that misses \(missing) after \(rules)", within: .seconds(60)) {
        let check = try await connection.run()
        let untold = all.filter { !missing.contains($0) }
        return check.code == (missing.isEmpty ? 0 : 77) && missing.allSatisfy { check.output.contains($0) }
          && untold.allSatisfy { !check.output.contains($0) }
          && check.output.contains("authorizer: the brokers have one")
      }
    }
  }

  /// Looking must not fence the router that owns the transactional id.
  @Test(.timeLimit(.minutes(5))) func transactionsAreLookedAtBesideARunningRouter() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(
      cluster.clientProperties(), configuration: "delivery: exactly-once\n", inputs: 1)
    try connection.makeInputs(cluster)
    let id = "\(connection.group)-check"
    var properties = ClientProperties(["transactional.id": id])
    for (name, value) in cluster.clientProperties() { properties[name] = value }
    let running = try Producer(properties: properties, observer: SilentObserver())
    try running.initTransactions(timeoutMilliseconds: 30000)
    try running.beginTransaction()

    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)")
    #expect(check.output.contains("ok       writing: the brokers accept an idempotent producer"), "\(check.output)")
    let words = "ok       transactions: the brokers accept transactional ids that begin with \"\(id)\""
    #expect(check.output.contains(words), "\(check.output)")

    let row = Array("row".utf8)
    let topic = try running.topic(named: connection.inputs[0])
    let refused = row.withUnsafeBytes {
      running.produce(
        to: topic, partition: 0, value: $0, key: UnsafeRawBufferPointer(start: nil, count: 0), timestamp: 0, tag: 1)
    }
    #expect(refused == nil)
    _ = running.flush(timeoutMilliseconds: 30000) { _ in }
    try running.commitTransaction(timeoutMilliseconds: 30000)
  }

  @Test(.timeLimit(.minutes(5))) func timeoutThatTheCoordinatorRefusesIsNamed() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let connection = try CheckConnection(
      cluster.clientProperties(), configuration: "delivery: exactly-once\n", inputs: 1)
    try connection.makeInputs(cluster)
    let check = try await connection.site.run(
      ["--connect"], environment: ["ROUTER_KAFKA_PRODUCER_TRANSACTION_TIMEOUT_MS": "3600000"])
    #expect(check.code == 1, "\(check.output)")
    #expect(check.output.contains("transactions: the brokers reject transaction.timeout.ms"), "\(check.output)")
    #expect(check.output.contains("transaction.max.timeout.ms"), "\(check.output)")
  }

  @Test(.timeLimit(.minutes(5))) func rightOnTransactionalIDsIsLookedFor() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let connection = try CheckConnection(
      cluster.clientProperties(as: .alice), configuration: "delivery: exactly-once\n", inputs: 1)
    try connection.makeInputs(cluster)
    let admin = try CheckConnection.admin(cluster)
    let principal = "User:alice"
    let rules = [
      AccessRule(.topic, .literal, connection.inputs[0], principal: principal, operation: .read),
      AccessRule(.group, .literal, connection.group, principal: principal, operation: .read),
      AccessRule(.topic, .prefixed, "\(connection.prefix).", principal: principal, operation: .create),
      AccessRule(.topic, .prefixed, "\(connection.prefix).", principal: principal, operation: .write),
    ]
    defer { _ = try? admin.deleteAccessRules(rules, timeoutMilliseconds: 30000) }
    #expect(try admin.createAccessRules(rules, timeoutMilliseconds: 30000).isEmpty)
    try await eventually("a check that misses the right on transactional ids", within: .seconds(60)) {
      let check = try await connection.run()
      return check.code == 0 && check.output.contains("ok       writing: ")
        && check.output.contains(
          "warning  transactions: there is no WRITE permission on transactional ids that begin with")
    }
  }

  @Test(.timeLimit(.minutes(5))) func wrongCredentialsAreRefused() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    var properties = cluster.clientProperties(as: .userB)
    properties["sasl.password"] = "wrong-password"
    let check = try await CheckConnection(properties).run()
    #expect(check.code == 77, "\(check.output)")
    #expect(check.output.contains("brokers: the brokers at \(cluster.bootstrap) reject the credentials"))
    #expect(!(check.output + check.errors).contains("wrong-password"))

    // Another protocol than the listener's: it hangs up without a word.
    let plain = try await CheckConnection(["bootstrap.servers": cluster.bootstrap]).run(["--timeout", "3s"])
    #expect(plain.code == 69, "\(plain.output)")
    #expect(plain.output.contains("security.protocol"))
  }

  private func commit(_ offset: Int64, of topic: String, _ group: String, _ cluster: KafkaCluster) throws {
    var properties = ClientProperties(["group.id": group])
    for (name, value) in cluster.clientProperties() { properties[name] = value }
    let consumer = try Consumer(properties: properties, observer: SilentObserver())
    let partition = TopicPartition(topic: topic, partition: 0)
    try consumer.commitAndWait([TopicPartitionOffset(partition, offset: offset)])
  }
}
