import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

@testable import RouterCLI

/// What the router tells systemd.
@Suite struct ServiceNotificationTests {
  @Test(arguments: [false, true]) func aMessageArrives(_ isAbstract: Bool) throws {
    let listener = try NotificationListener(isAbstract: isAbstract)
    let notification = try #require(try ServiceNotification(environment: ["NOTIFY_SOCKET": listener.address]))
    try notification.send(["READY=1", "STATUS=two lines"])
    #expect(listener.receive(within: 5) == ["READY=1", "STATUS=two lines"])
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""]]) func nobodyListens(_ environment: [String: String]) throws {
    #expect(try ServiceNotification(environment: environment) == nil)
  }

  @Test(
    arguments: [
      ("run/notify", "'run/notify' is neither a path nor @ and a name"),
      ("vsock:2:1", "neither a path nor @ and a name"),
      ("/" + String(repeating: "x", count: 107), "an address of 108 bytes is too long"),
    ])
  func nonsenseIsToldApart(_ address: String, _ expected: String) {
    let failure = #expect(throws: ServiceNotification.Failure.self) {
      try ServiceNotification(environment: ["NOTIFY_SOCKET": address])
    }
    #expect(failure?.description.contains(expected) == true)
  }

  @Test func aListenerThatHasGoneIsAnError() throws {
    let notification = try #require(try ServiceNotification(environment: ["NOTIFY_SOCKET": "/nowhere/notify"]))
    let failure = #expect(throws: ServiceNotification.Failure.self) { try notification.send(["READY=1"]) }
    #expect(failure?.description == "NOTIFY_SOCKET '/nowhere/notify': No such file or directory")
  }

  @Test func aListenerThatDoesNotReadHoldsNobodyUp() throws {
    let listener = try NotificationListener()
    let notification = try #require(try ServiceNotification(environment: ["NOTIFY_SOCKET": listener.address]))
    // The queue of a datagram socket is short.
    #expect(throws: ServiceNotification.Failure.self) {
      for _ in 0..<100_000 { try notification.send(["STATUS=again"]) }
    }
  }

  @Test func countsAreWorded() {
    var snapshot = RouterStatus.Snapshot()
    #expect(ServiceNotifier.text(snapshot) == "Waiting for the input topics and the consumer group")
    snapshot.isMember = true
    snapshot.totals.consumed = 4671
    snapshot.totals.routed = 4670
    snapshot.totals.deadLettered = 1
    #expect(
      ServiceNotifier.text(snapshot)
        == "4,671 rows consumed, 4,670 routed, 1 dead-lettered; standing by; other routers have all partitions")
    snapshot.assignment = [TopicPartition(topic: "meminfo", partition: 0)]
    #expect(ServiceNotifier.text(snapshot) == "4,671 rows consumed, 4,670 routed, 1 dead-lettered")
  }

  private static let environment = [
    "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
    "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
  ]

  @Test(.timeLimit(.minutes(1))) func aRouterIsNotReadyBeforeItsBrokersAre() async throws {
    let listener = try NotificationListener()
    var environment = Self.environment
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = "127.0.0.1:1"
    environment["NOTIFY_SOCKET"] = listener.address
    let run = try RouterProgram.start(["run"], environment: environment)
    #expect(listener.receive() == ["STATUS=Waiting for the brokers, the input topics and the consumer group"])
    try await eventually("the complaint", within: .seconds(20)) { run.errorText.contains("127.0.0.1:1") }
    run.signal(SIGTERM)
    #expect(listener.receive() == ["STOPPING=1", "STATUS=Draining: waiting for the rows under way"])
    #expect(try await run.wait() == .exited(0))
  }

  @Test(.requiresKafka, .timeLimit(.minutes(3))) func aRouterTellsWhenItIsReadyAndHealthyAndWhenItStops() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    let listener = try NotificationListener()
    var environment = Self.environment
    environment["ROUTER_KAFKA_BOOTSTRAP_SERVERS"] = cluster.bootstrap
    environment["ROUTER_GROUP"] = "health-test"
    environment["ROUTER_INSTANCE"] = "here"
    environment["ROUTER_TOPICS_PREFIX"] = "health-test"
    environment["ROUTER_INPUTS"] = "health-test-input"
    let before = try await RouterProgram.run(["health"], environment: environment)
    #expect(before.status == .exited(1))
    #expect(before.errorText.hasPrefix("router: the router 'here' is not a member of group 'health-test'\n"))
    #expect(before.output.isEmpty)

    environment["NOTIFY_SOCKET"] = listener.address
    let run = try RouterProgram.start(["run"], environment: environment)
    #expect(listener.receive() == ["STATUS=Waiting for the brokers, the input topics and the consumer group"])
    // It does not join before there is something to read.
    try await ConsoleTool.topics.run(["--create", "--topic", "health-test-input"], on: cluster)
    let ready = try #require(listener.receive(within: 60), "\(run.errorText)")
    #expect(ready.first == "READY=1")
    #expect(ready.last == "STATUS=0 rows consumed, 0 routed, 0 dead-lettered")

    environment["NOTIFY_SOCKET"] = nil
    let healthy = try await RouterProgram.run(["health"], environment: environment)
    #expect(healthy.status == .exited(0), "\(healthy.errorText)")
    #expect(healthy.outputText.hasPrefix("here is a member of group 'health-test', from /127.0.0.1"))
    environment["ROUTER_INSTANCE"] = "her"
    #expect(try await RouterProgram.run(["health"], environment: environment).status == .exited(1))
    environment["ROUTER_INSTANCE"] = "here"

    run.signal(SIGTERM)
    #expect(listener.receive() == ["STOPPING=1", "STATUS=Draining: waiting for the rows under way"])
    #expect(try await run.wait() == .exited(0))
    let after = try await RouterProgram.run(["health"], environment: environment)
    #expect(after.status == .exited(1), "it has left its group")
  }

  @Test(.timeLimit(.minutes(1))) func withoutABrokerNobodyIsHealthy() async throws {
    let health = try await RouterProgram.run(
      ["health"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"])
    #expect(health.status == .exited(69))
    #expect(health.errorText.contains("127.0.0.1:1"))
  }
}
