import Foundation
import Kafka
import TestSupport
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

/// What librdkafka would refuse, in the terms of router.yaml.
@Suite struct KafkaClientCheckTests {
  /// Properties under `kafka:`, and what is said about each that is wrong.
  static let cases: [(kafka: String, problems: [String])] = [
    ("bootstrap.servers: \"k1:9092,k2:9092\"", []),
    ("bootstrap.servers: \"[::1]:9092, k2, ::1\"", []),
    ("bootstrap.servers: \"http://k1:9092\"", ["1:9: kafka.bootstrap.servers: \"http://k1:9092\" has a scheme"]),
    ("metadata.broker.list: \"k1:9092/kafka\"", ["1:9: kafka.metadata.broker.list: \"k1:9092/kafka\" has a path"]),
    ("bootstrap.servers: \"ssl://k1:9093\"", ["write \"k1:9093\", and set security.protocol: ssl"]),
    ("bootstrap.servers: \"ssl://k1:9093\", security.protocol: SSL", []),
    ("bootstrap.servers: \"k1:http,k2:99999,k3:\"", ["\"k1:http\"", "\"k2:99999\"", "\"k3:\""]),
    ("bootstrap.servers: \" , \"", ["names no broker"]),
    ("bootstrap.servers: \"k1:9092, k2:9092\"", []),
    ("bootstrap.servers: \"k1:9092 k2:9092\"", ["separate brokers by commas: \"k1:9092,k2:9092\""]),
    ("bootstrap.servers: \"k0;k1:9092 \\t k2,k3\"", ["separate brokers by commas: \"k0,k1:9092,k2\""]),
    ("securty.protocol: ssl", ["No such property; did you mean \"security.protocol\"?"]),
    ("sasl.pasword: hunter2", ["did you mean \"sasl.password\"?"]),
    ("zzzzzzzzz: 1", ["\"zzzzzzzzz\": No such property; remove it"]),
    ("security.protocol: tls", ["rejects the property \"security.protocol\""]),
    (
      "security.protocol: ssl, ssl.ca.location: absent.pem", ["1:33: kafka.ssl.ca.location: cannot read", "absent.pem"]
    ),
    ("ssl.ca.location: absent.pem", []),
    ("security.protocol: ssl, ssl.ca.location: garbage", ["kafka.ssl.ca.location: the file", "BEGIN CERTIFICATE"]),
    ("security.protocol: ssl, ssl.key.location: garbage", ["kafka.ssl.key.location: the file", "BEGIN PRIVATE KEY"]),
    (
      "security.protocol: ssl, ssl.certificate.location: a.crt, ssl.key.location: a.key",
      ["kafka.ssl.certificate.location: cannot read", "kafka.ssl.key.location: cannot read"]
    ),
    ("security.protocol: ssl, ssl.keystore.location: garbage", ["kafka.ssl.keystore.location"]),
    (
      "security.protocol: sasl_plaintext, sasl.mechanism: PLAIN",
      ["PLAIN needs sasl.username and sasl.password; set both"]
    ),
    (
      "security.protocol: sasl_plaintext, sasl.mechanism: SCRAM-SHA-512, sasl.username: a",
      ["SCRAM-SHA-512 needs sasl.password; set it"]
    ),
    (
      "security.protocol: sasl_plaintext, sasl.mechanisms: SCRAM-SHA256, sasl.username: a, sasl.password: b",
      ["kafka.sasl.mechanisms: librdkafka does not support the mechanism \"SCRAM-SHA256\"; did you mean SCRAM-SHA-256?"]
    ),
    ("security.protocol: sasl_plaintext, sasl.mechanism: plain", ["did you mean PLAIN?"]),
    ("security.protocol: sasl_plaintext, sasl.mechanism: GSSAPI", ["kafka.sasl.mechanism: GSSAPI (Kerberos) needs"]),
    ("security.protocol: sasl_plaintext", ["kafka.security.protocol: without sasl.mechanism the login is by GSSAPI"]),
    (
      "security.protocol: sasl_plaintext, sasl.kerberos.keytab: absent.keytab",
      ["kafka.sasl.kerberos.keytab: cannot read"]
    ),
    ("security.protocol: sasl_plaintext, sasl.mechanism: OAUTHBEARER", ["needs a source of tokens"]),
    (
      "security.protocol: sasl_ssl, sasl.mechanism: OAUTHBEARER, sasl.oauthbearer.token: {command: hunter2}", []
    ),
    ("sasl.oauthbearer.token: {file: token}", ["kafka.sasl.oauthbearer.token: a token is used only with"]),
    ("security.protocol: sasl_plaintext, sasl.mechanism: OAUTHBEARER, enable.sasl.oauthbearer.unsecure.jwt: true", []),
    ("max.in.flight: 10", ["kafka.max.in.flight: librdkafka rejects it: `max.in.flight` must be set <= 5"]),
    ("producer: {max.in.flight.requests.per.connection: 6}", ["kafka.max.in.flight.requests.per.connection"]),
    ("consumer: {partition.assignment.strategy: sticky}", ["use range, roundrobin or cooperative-sticky"]),
    ("consumer: {session.timeout.ms: 400000}", ["kafka.session.timeout.ms: librdkafka rejects it"]),
  ]

  @Test(arguments: cases) func isSaidWithKeyPlaceAndRemedy(_ `case`: (kafka: String, problems: [String])) throws {
    let directory = try TemporaryDirectory()
    try directory.write("not PEM", to: "garbage")
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "topics"), to: directory.url.appending(path: "topics"))
    try FileManager.default.copyItem(
      atPath: Capture.recording.path("decomp.json"), toPath: directory.path + "/decomp.json")
    let file = try directory.write("kafka: {\(`case`.kafka)}\n", to: "router.yaml")
    var problems: [ConfigurationProblem] = []
    do {
      _ = try RouterSetup.load(file: file, environment: [:])
    } catch {
      problems = error.problems
    }
    #expect(problems.isEmpty == `case`.problems.isEmpty, "\(problems)")
    for words in `case`.problems {
      #expect(problems.contains { $0.description.contains(words) }, "\(words) in \(problems)")
    }
    #expect(problems.allSatisfy { $0.place.path == file && !$0.message.contains("hunter2") }, "\(problems)")
    // What all clients have in common is said once.
    #expect(Set(problems).count == problems.count)
  }

  /// Built without libcurl, as Debian's is, it names the way that there is instead.
  @Test func openIDConnectIsLibrdkafkasToHave() throws {
    var kafka = KafkaProperties()
    for (name, value) in [
      ("security.protocol", "sasl_ssl"), ("sasl.mechanism", "OAUTHBEARER"), ("sasl.oauthbearer.method", "oidc"),
    ] {
      kafka.set(KafkaProperty(name, value), for: .common)
    }
    let properties = kafka.clientProperties(.common, over: ClientProperties())
    let problems = KafkaClientCheck(properties, of: .administration, kafka: kafka, side: .common).problems
    if properties.refused().isEmpty {
      // Then it wants to know where: client id, secret and URL.
      #expect(!problems.contains { $0.message.contains("needs a source of tokens") })
    } else {
      #expect(problems.count == 1 && problems[0].message.contains("built without OpenID Connect"), "\(problems)")
    }
  }

  @Test func theNamesOfAllPropertiesAreKnown() {
    let names = Set(ClientProperties.knownNames)
    #expect(
      names.isSuperset(of: ["acks", "debug", "ssl.ca.location", "sasl.password", "session.timeout.ms", "group.id"]))
    #expect(names.count > 120)
    #expect(ClientProperties(["linger.ms": "5"]).refused().isEmpty)
  }

  /// Where a token comes from is an instruction, not a secret to read at the start.
  @Test func tokensAreNotReadWithTheConfiguration() throws {
    let set = try loadedConfiguration("kafka: {sasl.oauthbearer.token: {file: run/token}}")
    let file = try #require(set.kafka.common.last)
    #expect(file.name == OAuthTokenSource.fileProperty)
    #expect(file.value.text.hasSuffix("/run/token") && file.value.text.hasPrefix("/"))
    // The environment goes before the file, whichever form either has.
    let over = try loadedConfiguration(
      "kafka: {sasl.oauthbearer.token: {file: token}}",
      ["ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN_COMMAND": "fetch --secret hunter2"])
    #expect(over.kafka.common.map(\.name) == ["bootstrap.servers", OAuthTokenSource.commandProperty])
    #expect(!over.description.contains("hunter2"))
    let variable = try loadedConfiguration("", ["ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN_FILE": "/absent"])
    #expect(variable.kafka.common.last?.value.text == "/absent")
    for (yaml, words) in [
      ("eyJ", "a token expires"), ("{env: TOKEN}", "expected {file: PATH}"), ("{file: a, command: b}", "expected"),
      ("{file: \"\"}", "expected {file: PATH}"), ("[a]", "expected one value"), ("{command: [a]}", "expected {file"),
    ] {
      let complaints = try configurationComplaints("kafka: {sasl.oauthbearer.token: \(yaml)}", ["TOKEN": "x"])
      #expect(complaints.count == 1 && complaints[0].contains(words), "\(complaints)")
    }
    #expect(
      try configurationComplaints("", ["ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN": "eyJ"])[0].contains("a token expires"))
  }

  @Test func pathsStartAtTheFile() throws {
    let set = try loadedConfiguration(
      "kafka: {ssl.ca.location: ca.pem, ssl.key.location: /k.pem, consumer: {ssl.crl.location: c}}")
    #expect(set.kafka.forClient(.common).last { $0.name == "ssl.ca.location" }?.value.text.hasSuffix("/ca.pem") == true)
    #expect(set.kafka.forClient(.common).last { $0.name == "ssl.ca.location" }?.value.text.hasPrefix("/") == true)
    #expect(set.kafka.forClient(.common).last { $0.name == "ssl.key.location" }?.value.text == "/k.pem")
    #expect(set.kafka.forClient(.consumer).last { $0.name == "ssl.crl.location" }?.value.text.hasPrefix("/") == true)
    let probe = try loadedConfiguration("kafka: {ssl.ca.location: probe}", ["ROUTER_KAFKA_SSL_KEY_LOCATION": "k"])
    #expect(probe.kafka.common.last { $0.name == "ssl.ca.location" }?.value.text == "probe")
    #expect(probe.kafka.common.last { $0.name == "ssl.key.location" }?.value.text == "k")
  }
}
