import Access
import Kafka
import MetricRouter
import TestSupport
import Testing

/// A login by SCRAM, which librdkafka before 2.6.1 cannot do with Kafka 4: whoever configures it is told so.
@Suite(.requiresKafka, .timeLimit(.minutes(3))) struct ScramTests {
  private static let advice =
    "cannot log in to Kafka 4 with SCRAM-SHA-512: the brokers report a wrong password"
  private static let environment: [String: String?] = [
    "ROUTER_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "ROUTER_KAFKA_SASL_USERNAME": "router",
    "ROUTER_KAFKA_SASL_PASSWORD": "router-secret",
  ]

  @Test(.enabled(if: LibraryVersion.number < 0x0206_01ff, "librdkafka is 2.6.1 or newer"))
  func whatIsWrongIsReportedInPlaceOfInvalidCredentials() async throws {
    let cluster = try await KafkaCluster.start(
      .sasl,
      settings: [
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config":
          "org.apache.kafka.common.security.scram.ScramLoginModule required;",
      ])
    try await ConsoleTool.configs.run(
      [
        "--alter", "--entity-type", "users", "--entity-name", "router", "--add-config",
        "SCRAM-SHA-512=[password=router-secret]",
      ], on: cluster)
    let site = try SecuredSite(cluster, acl: .off)

    // A warning beforehand: Kafka 3 lets it pass.
    let check = try await site.run("check", environment: Self.environment)
    #expect(check.status == .exited(0))
    #expect(check.errorText.contains("ROUTER_KAFKA_SASL_MECHANISM: warning: kafka: librdkafka "), "\(check.errorText)")
    #expect(check.errorText.contains(Self.advice))
    #expect(try await site.run("check", "--strict", environment: Self.environment).status == .exited(1))

    // And the explanation afterwards.
    let connected = try await site.run("check", "--connect", environment: Self.environment)
    #expect(connected.status == .exited(77))
    #expect(connected.outputText.contains("reject the credentials"), "\(connected.outputText)")
    #expect(connected.outputText.contains(Self.advice))
    let topics = try await site.run("topics", environment: Self.environment)
    #expect(topics.status == .exited(77) && topics.errorText.contains(Self.advice), "\(topics.errorText)")
    let tail = try await site.run("tail", "--user", "al", environment: Self.environment)
    #expect(tail.status == .exited(77) && tail.errorText.contains(Self.advice), "\(tail.errorText)")

    let run = try site.start(["run"], environment: Self.environment)
    try await eventually("the refusal, with the remedy", within: .seconds(30)) {
      run.errorText.split(separator: "\n").contains { $0.contains("code=_AUTHENTICATION") && $0.contains(Self.advice) }
    }
    let first = try #require(run.errorText.split(separator: "\n").first { $0.contains(" warning ") })
    #expect(first.contains("kafka: librdkafka ") && first.contains("PLAIN inside TLS"), "\(run.errorText)")
    #expect(!run.errorText.contains("router-secret"))
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
    try await cluster.stop()
  }
}
