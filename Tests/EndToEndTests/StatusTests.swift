import Foundation
import HTTP
import Kafka
import MetricRouter
import RouterConfiguration
import Runtime
import TestSupport
import Testing

/// What a router says of itself over HTTP while it routes the recording.
@Suite(.timeLimit(.minutes(2))) struct StatusTests {
  private static func server(_ router: RouterHarness) throws -> StatusServer {
    try StatusServer(listen: ListenAddress("127.0.0.1:0"), token: nil, status: router.status, stop: StopSignal())
  }

  @Test func metricsAgreeWithWhatWasRouted() async throws {
    try await agree(on: Stage(.recording))
  }

  @Test(.requiresKafka, arguments: Configuration.Delivery.allCases)
  func metricsAgreeOnKafka(_ delivery: Configuration.Delivery) async throws {
    try await agree(on: Stage(try await KafkaCluster.shared(.one), delivery))
  }

  private func agree(on stage: Stage) async throws {
    let recorded = try stage.rows(of: .recording)
    let bad = InputRow(
      topic: recorded[0].topic, partition: 0, offset: 0, timestamp: recorded[0].timestamp, payload: Array("{}".utf8))
    let rows = InputRow.numbered([bad] + recorded)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    let server = try Self.server(router)
    defer { server.stop() }
    let port = server.address.port
    try await router.waitForRows(rows.count)
    var lines: Set<String> = []
    let partitions = Set(rows.map { "{topic=\"\($0.topic)\",partition=\"\($0.partition)\"}" })
    try await eventually("the metrics of the last row", within: .seconds(20)) {
      let text = try await blocking { try RawResponse.get("/metrics", port: port).body }
      lines = Set(text.split(separator: "\n").map(String.init))
      return lines.contains("ldms_router_rows_routed_total \(recorded.count)")
        && partitions.allSatisfy { lines.contains("ldms_router_input_lag_rows\($0) 0") }
    }
    let bytes = recorded.reduce(0) { $0 + $1.payload.count }
    for line in [
      "ldms_router_rows_dead_lettered_total{reason=\"malformed-row\"} 1", "ldms_router_rows_under_way 0",
      "ldms_router_bytes_routed_total \(bytes)", "ldms_router_bytes_dead_lettered_total 2",
      "ldms_router_live_topics{kind=\"user\"} 3", "ldms_router_live_topics{kind=\"job\"} 5",
      "ldms_router_group_member 1", "ldms_router_assigned_partitions \(partitions.count + 3)",
    ] {
      #expect(lines.contains(line), "\(line)\n\(lines.sorted().joined(separator: "\n"))")
    }
    for name in [
      "ldms_router_delivery_seconds_count", "ldms_router_commit_seconds_count", "ldms_router_rebalances_total",
    ] {
      #expect(!lines.contains("\(name) 0"), "\(name)")
      #expect(lines.contains { $0.hasPrefix("\(name) ") }, "\(name)")
    }
    let ready = try await blocking { try RawResponse.get("/readyz", port: port) }
    #expect(ready.status == 200)
    let alive = try await blocking { try RawResponse.get("/livez", port: port) }
    #expect(alive.status == 200)
    let topics = try await blocking { try RawResponse.get("/v1/topics?user=userB", port: port) }
    #expect(topics.status == 200)
    #expect(topics.body.contains("\"topic\":\"\(stage.prefix).user.userB.rows\",\"kind\":\"user\",\"user\":\"userB\""))
    try await router.stop()
  }

  @Test func aRouterWithoutBrokersLivesAndIsNotReady() async throws {
    let run = try RouterProgram.start(["run"], environment: Self.away)
    let port = try await Self.port(of: run)
    let alive = try await blocking { try RawResponse.get("/livez", port: port) }
    #expect(alive.status == 200)
    let ready = try await blocking { try RawResponse.get("/readyz", port: port) }
    #expect(ready.status == 503)
    #expect(ready.body.contains("not a member of its consumer group"))
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
  }

  @Test func anAddressInUseEndsTheStart() async throws {
    let first = try RouterProgram.start(["run"], environment: Self.away)
    let port = try await Self.port(of: first)
    let listen = ["ROUTER_HTTP_LISTEN": "127.0.0.1:\(port)"]
    let second = try await RouterProgram.run(["run"], environment: Self.away.merging(listen) { $1 })
    #expect(second.status == .exited(75))
    #expect(second.errorText.contains("ROUTER_HTTP_LISTEN: http.listen: cannot listen on 127.0.0.1:\(port)"))
    #expect(second.errorText.contains("the address is in use"))
    #expect(try await first.terminate(within: .seconds(15)) == .exited(0))
  }

  @Test func offServesNothing() async throws {
    let run = try RouterProgram.start(["run"], environment: Self.away.merging(["ROUTER_HTTP_LISTEN": "off"]) { $1 })
    try await eventually("the complaint", within: .seconds(20)) { run.errorText.contains("127.0.0.1:1") }
    #expect(!run.errorText.contains("over HTTP"))
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
  }

  private static let away = [
    "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
    "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
    "ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
  ]

  /// The port that a router's log tells.
  private static func port(of run: RunningProcess) async throws -> UInt16 {
    var port: UInt16?
    try await eventually("the server's address", within: .seconds(20)) {
      port = run.errorText.firstMatch(of: /over HTTP address=127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.output.1) }
      return port != nil
    }
    return try #require(port)
  }
}
