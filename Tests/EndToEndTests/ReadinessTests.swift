import Access
import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// What `/readyz` says of a router whose brokers go away, or that may not read its input topics.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct ReadinessTests {
  /// Asks until the answer has all of these texts.
  private static func wait(
    for status: Int, _ texts: [String] = [], at port: UInt16, within allowed: Duration = .seconds(40)
  ) async throws {
    var last = ""
    do {
      try await eventually("\(status) with \(texts)", within: allowed) {
        let answer = try await blocking { try RawResponse.get("/readyz", port: port) }
        last = "\(answer.status) \(answer.body)"
        return answer.status == status && texts.allSatisfy { answer.body.contains($0) }
      }
    } catch {
      Issue.record("\(error); the last answer was \(last)")
    }
  }

  private static func port(of run: RunningProcess) async throws -> UInt16 {
    var port: UInt16?
    try await eventually("the server's address", within: .seconds(30)) {
      port = run.errorText.firstMatch(of: /over HTTP address=127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.output.1) }
      return port != nil
    }
    return try #require(port)
  }

  private static let listen: [String: String?] = ["ROUTER_HTTP_LISTEN": "127.0.0.1:0"]

  @Test func inputsThatMayNotBeReadAreNamed() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    let site = try SecuredSite(cluster, acl: .off)
    let stage = site.stage
    let topics = ["loadavg", "meminfo", "vmstat", "dstat"].map { "\($0)\(stage.tag)" }
    try stage.makeTopics([topics[0]: 1, topics[1]: 1, topics[2]: 1])
    try await stage.grantRouter([])
    let principal = "User:router"
    func give(_ operation: AccessRule.Operation, _ topic: String) throws {
      let rule = AccessRule(.topic, .literal, topic, principal: principal, operation: operation)
      #expect(try site.admin.createAccessRules([rule], timeoutMilliseconds: 30000).isEmpty)
    }
    try give(.read, topics[0])
    // The brokers show it, and refuse its rows; the fourth does not exist.
    try give(.describe, topics[2])
    try give(.read, topics[3])
    // Otherwise the router looks for the topic again after half a minute.
    let reader = SiteReader(cluster, as: .router)
    try await eventually("the rights", within: .seconds(30)) {
      try topics.filter { $0 != topics[1] }.allSatisfy { try reader.refusal(of: $0) == nil }
    }
    var environment = Self.listen
    environment["ROUTER_INPUTS"] = topics.joined(separator: ",")
    let run = try site.start(["run"], environment: environment)
    let port = try await Self.port(of: run)
    try await Self.wait(
      for: 503,
      [
        "input topics cannot be read: READ permission is missing for \(topics[1]), \(topics[2])",
        "input topics do not exist yet: \(topics[3])",
      ], at: port)
    let metrics = try await blocking { try RawResponse.get("/metrics", port: port).body }
    #expect(metrics.contains("\nldms_router_unreadable_inputs{reason=\"refused\"} 2\n"))
    #expect(metrics.contains("\nldms_router_unreadable_inputs{reason=\"missing\"} 1\n"))
    let health = try await site.run("health", environment: environment)
    #expect(health.status == .exited(1))
    #expect(health.errorText.contains("READ permission is missing for \(topics[1])"), "\(health.errorText)")

    // Rows come again, or the end of the topic, after librdkafka has asked once more.
    try give(.read, topics[1])
    try give(.read, topics[2])
    try await Self.wait(for: 200, ["\"reasons\":[]", topics[3]], at: port, within: .seconds(60))
    let healthy = try await site.run("health", environment: environment)
    #expect(healthy.status == .exited(0), "\(healthy.errorText)")
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
  }

  @Test func brokersThatAreDownAreNoticedInSeconds() async throws {
    let cluster = try await KafkaCluster.start(.one)
    let stage = try Stage(cluster)
    try stage.makeInputs(try stage.rows(of: .recording, first: 100))
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      """
      kafka: {bootstrap.servers: "\(cluster.bootstrap)"}
      group: \(stage.group)
      instance: one
      decomposition: \(stage.decompositions[0])
      topics: {prefix: \(stage.prefix), directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))}
      http: {listen: "127.0.0.1:0"}
      """, to: "router.yaml")
    let run = try RouterProgram.start(["run", "--config", file])
    let port = try await Self.port(of: run)
    try await Self.wait(for: 200, at: port)
    try await cluster.kill(1)
    let began = ContinuousClock.now
    try await Self.wait(for: 503, ["no broker has answered for "], at: port, within: .seconds(15))
    #expect(ContinuousClock.now - began < .seconds(10))
    try await cluster.restart(1)
    try await Self.wait(for: 200, ["\"reasons\":[]"], at: port, within: .seconds(60))
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
    try await cluster.stop()
  }
}
