import Access
import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A site with logins and ACLs: the router and the commands that grant permissions are the programs that people run.
struct SecuredSite {
  let cluster: KafkaCluster
  let stage: Stage
  let admin: AdminClient
  private let directory: TemporaryDirectory
  private let tools: TemporaryDirectory

  /// - Parameter user: who the router is.
  init(
    _ cluster: KafkaCluster, as user: KafkaCluster.User = .router, acl: AccessMode,
    delivery: Configuration.Delivery = .atLeastOnce
  ) throws {
    self.cluster = cluster
    stage = try Stage(cluster, as: user)
    admin = try AdminClient(
      properties: Stage.client(cluster.clientProperties()), observer: SilentObserver())
    (directory, tools) = (try TemporaryDirectory(), try TemporaryDirectory())
    try ConsoleTool.acls.writeScript(named: "kafka-acls.sh", in: tools)
    try directory.write(cluster.toolProperties(), to: "admin.properties")
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "topics"), to: directory.url.appending(path: "topics"))
    // The input topics are the aggregator's.
    try FileManager.default.removeItem(at: directory.url.appending(path: "topics/inputs.yaml"))
    let kafka = stage.properties.sorted { $0.key < $1.key }.map { "  \($0.key): \"\($0.value)\"\n" }.joined()
    try directory.write(
      """
      kafka:
      \(kafka)group: \(stage.group)
      instance: one
      decomposition: \(stage.decompositions[0])
      topics: {prefix: \(stage.prefix), directory: topics}
      delivery: \(delivery.rawValue)
      acl: \(acl.rawValue)
      acl-principal: "\(principalTemplate)"

      """, to: "router.yaml")
  }

  /// As `acl-principal` has it.
  var principalTemplate: String { cluster.kind == .mutualTLS ? "User:CN={user},OU=hpc" : "User:{user}" }

  /// Changes a file of `topics/`.
  func declare(_ file: String, _ text: String, _ replacement: String) throws {
    let url = directory.url.appending(path: "topics/\(file)")
    let before = try String(contentsOf: url, encoding: .utf8)
    try #require(before.contains(text))
    try directory.write(before.replacing(text, with: replacement), to: "topics/\(file)")
  }

  func start(_ words: [String], environment: [String: String?] = [:]) throws -> RunningProcess {
    var variables: [String: String?] = ["ROUTER_CONFIG": directory.path + "/router.yaml"]
    for (name, value) in environment { variables.updateValue(value, forKey: name) }
    return try RouterProgram.start(words, environment: variables, directory: directory.path)
  }

  func run(_ words: String..., environment: [String: String?] = [:]) async throws -> RunningProcess {
    let process = try start(words, environment: environment)
    try await process.wait(within: .seconds(60))
    return process
  }

  /// Has `router acl` print commands, and an administrator's shell run them.
  func giveRights(_ words: [String]) async throws {
    let acl = try start(["acl", "--command-config", "admin.properties"] + words)
    try await acl.wait(within: .seconds(60))
    try #require(acl.status == .exited(0), "\(acl.errorText)")
    try await administrate(acl.outputText)
  }

  /// Runs a script where the administrator's files and Kafka's tools are.
  func administrate(_ script: String) async throws {
    let path = "\(tools.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    let shell = try await RunningProcess.run(
      "sh", ["-e"], environment: ["PATH": path], directory: directory.path, input: .bytes(Array(script.utf8)),
      within: .seconds(120))
    try #require(shell.status == .exited(0), "\(shell.outputText)\(shell.errorText)")
  }

  /// Runs the router until it has committed all of these rows, and stops it.
  func route(_ rows: [InputRow]) async throws -> RunningProcess {
    let router = try start(["run"])
    let ends = Stage.ends(of: rows)
    let reader = try stage.groupReader
    try await eventually("all offsets, by a router that says \(router.errorText)", within: .seconds(90)) {
      if let status = router.status { throw EndedRouter(description: "\(status): \(router.errorText)") }
      return (try? stage.committed(rows, reader)) == ends
    }
    try await router.terminate(within: .seconds(15))
    return router
  }

  struct EndedRouter: Error, CustomStringConvertible {
    let description: String
  }
}

/// What a user of the cluster gets to see.
struct SiteReader {
  let properties: ClientProperties

  init(_ cluster: KafkaCluster, as user: KafkaCluster.User) {
    properties = Stage.client(cluster.clientProperties(as: user))
  }

  /// Asks for a topic until there is an answer that is one.
  ///
  /// - Returns: why it was refused; `nil` where it may be seen.
  func refusal(of topic: String) throws -> KafkaErrorCode? {
    let client = try AdminClient(properties: properties, observer: SilentObserver())
    do {
      _ = try client.describeTopic(topic, timeoutMilliseconds: 30000)
      return nil
    } catch {
      return error.code
    }
  }

  /// All topics that the brokers show.
  func visibleTopics() throws -> Set<String> {
    let client = try AdminClient(properties: properties, observer: SilentObserver())
    return Set(try client.describeCluster(timeoutMilliseconds: 30000).topics.keys)
  }

  /// Joins a group and reads until there are so many rows, or a refusal.
  ///
  /// - Returns: how many rows of each topic; or why it was refused.
  func read(
    _ subscription: [String], group: String, count: Int
  ) throws -> Result<[String: Int], KafkaError> {
    var properties = properties
    properties["group.id"] = group
    properties["auto.offset.reset"] = "earliest"
    properties["topic.metadata.refresh.interval.ms"] = "1000"
    let consumer = try Consumer(properties: properties, observer: SilentObserver())
    try consumer.subscribe(to: subscription)
    var rows: [String: Int] = [:]
    let deadline = Deadline(within: .seconds(60))
    while rows.values.reduce(0, +) < count {
      if deadline.hasPassed { throw deadline.error(waitingFor: "\(count) rows of \(subscription); there are \(rows)") }
      do {
        if let message = try consumer.poll(timeoutMilliseconds: 100) { rows[message.topic, default: 0] += 1 }
      } catch {
        guard error.remedy != .retry else { continue }
        return .failure(error)
      }
    }
    return .success(rows)
  }

  /// Writes a row.
  func write(to topic: String) throws -> KafkaErrorCode? {
    let producer = try Producer(
      properties: properties.merging(ClientProperties(["enable.idempotence": "false"])), observer: SilentObserver())
    var code: KafkaErrorCode?
    let handle = try producer.topic(named: topic)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    let refused = producer.produce(to: handle, partition: 0, value: none, key: none, timestamp: 0, tag: 0)
    if let refused { return refused }
    _ = producer.flush(timeoutMilliseconds: 30000) { code = $0.error }
    return code
  }
}
