import Foundation
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ConfigurationEnvironmentTests {
  /// A value of each key that differs from its default, as it is written in a variable, and what is then logged for it.
  private static let values = [
    "group": ("other", "other"),
    "instance": ("r2", "r2"),
    "decomposition": ("a.json, b.json", "[a.json, b.json]"),
    "inputs": ("meminfo,^vm.*", "[meminfo, \"^vm.*\"]"),
    "delivery": ("exactly-once", "exactly-once"),
    "producers": ("7", "7"),
    "topics.prefix": ("p", "p"),
    "topics.directory": ("d", "d"),
    "topics.new-per-minute": ("300", "300"),
    "topics.new-per-user": ("20", "20"),
    "topics.max-users": ("50", "50"),
    "identity.producers": ("{user}:{job}:{node},{node}", "[\"{user}:{job}:{node}\", \"{node}\"]"),
    "identity.nodes": ("c[1-3,7],gpu1", "\"c[1-3,7],gpu1\""),
    "identity.topic": ("{producer}", "\"{producer}\""),
    "identity.instances": ("{node}/{any}-{job}", "\"{node}/{any}-{job}\""),
    "identity.job": ("component_id, job_id", "[component_id, job_id]"),
    "identity.owner-wait": ("20s", "20s"),
    "identity.users": ("alice, bob", "[alice, bob]"),
    "identity.owners": (
      "[{schema: s, job: j, uid: u, when: a != 0}]", "[{schema: s, job: j, uid: u, when: \"a != 0\"}]"
    ),
    "identity.user-ids": ("/etc/users", "/etc/users"),
    "identity.by-node": ("exclusive", "exclusive"),
    "identity.shared-nodes": ("route", "route"),
    "jobs.silent-after": ("20s", "20s"),
    "jobs.ended-after": ("90s", "90s"),
    "jobs.keep-ended": ("168h", "7d"),
    "jobs.events": ("hpc, hpc-job-start", "[hpc, hpc-job-start]"),
    "jobs.topic-ttl": ("0s", "0s"),
    "jobs.max-topics": ("2000", "2000"),
    "jobs.columns": ("loadavg/load1min, rate(a/b{c=d})", "[loadavg/load1min, \"rate(a/b{c=d})\"]"),
    "acl": ("required", "required"),
    "acl-principal": ("User:CN={user},OU=hpc", "\"User:CN={user},OU=hpc\""),
    "http.listen": ("[::1]:0", "\"[::1]:0\""),
    "http.token-file": ("/run/token", "/run/token"),
    "log.level": ("error", "error"),
    "log.format": ("json", "json"),
  ]

  @Test(arguments: ConfigurationKey.all)
  func everyKeyHasAVariableThatGoesBeforeTheFile(_ key: ConfigurationKey) throws {
    let file = try String(
      contentsOf: ConfigurationFolder.repository.appending(path: "examples/router.yaml"), encoding: .utf8)
    let yaml = ConfigurationExampleTests.uncommented(file)
    switch key.meaning {
    case .setting(_, let write):
      let (value, logged) = try #require(Self.values[key.path], "give \(key.path) a value in this test")
      let folder = try ConfigurationFolder()
      let path = try folder.write("router.yaml", yaml)
      let before = try Configuration.load(file: path, environment: [:])
      let after = try Configuration.load(file: path, environment: [key.environmentVariable: value])
      #expect(write(after) == logged)
      #expect(write(before) != logged)
      for other in ConfigurationKey.all where other.path != key.path {
        guard case .setting(_, let writeOther) = other.meaning else { continue }
        #expect(writeOther(after) == writeOther(before), "\(other.path) changed as well")
      }
    case .kafkaProperties:
      #expect(try configurationComplaints("", [key.environmentVariable: "x"]).count == 1)
    }
  }

  @Test(arguments: [
    ("ROUTER_KAFKA_BOOTSTRAP_SERVERS", KafkaProperties.Side.common, "bootstrap.servers"),
    ("ROUTER_KAFKA_CONSUMER_FETCH_MIN_BYTES", .consumer, "fetch.min.bytes"),
    ("ROUTER_KAFKA_PRODUCER_LINGER_MS", .producer, "linger.ms"),
    ("ROUTER_KAFKA_SSL_CA_LOCATION", .common, "ssl.ca.location"),
  ])
  func propertiesHaveVariables(_ variable: String, _ side: KafkaProperties.Side, _ name: String) throws {
    let result = try loadedConfiguration("kafka: {\(name): before, consumer: {\(name): before}}", [variable: "1"])
    let expected = KafkaProperty(name, "1", at: .environment(variable))
    #expect(result.kafka.forClient(side).filter { $0.name == name } == [expected])
  }

  @Test func ownSideGoesBeforeCommonAndAliasesAreOne() throws {
    let result = try loadedConfiguration(
      "kafka: {metadata.broker.list: a, consumer: {debug: fetch}}",
      ["ROUTER_KAFKA_DEBUG": "msg", "ROUTER_KAFKA_BOOTSTRAP_SERVERS": "b"])
    #expect(
      result.kafka.forClient(.consumer).map(\.description) == ["bootstrap.servers: b", "debug: fetch"])
    #expect(result.kafka.forClient(.common).map(\.description) == ["bootstrap.servers: b", "debug: msg"])
  }

  @Test(arguments: [
    ("ROUTER_TOPIC_PREFIX", "x", "no key has this environment variable; did you mean ROUTER_TOPICS_PREFIX?"),
    ("ROUTER_topics_prefix", "x", "no key has this environment variable; did you mean ROUTER_TOPICS_PREFIX?"),
    (
      "ROUTER_BOOTSTRAP", "x",
      "no key has this environment variable; unset it, or see the keys of router.yaml: topics.prefix is ROUTER_TOPICS_PREFIX, librdkafka's properties begin with ROUTER_KAFKA_"
    ),
    (
      "ROUTER_GROUP_FILE", "x",
      "no key has this environment variable; unset it, or see the keys of router.yaml: topics.prefix is ROUTER_TOPICS_PREFIX, librdkafka's properties begin with ROUTER_KAFKA_"
    ),
    (
      "ROUTER_", "x",
      "no key has this environment variable; unset it, or see the keys of router.yaml: topics.prefix is ROUTER_TOPICS_PREFIX, librdkafka's properties begin with ROUTER_KAFKA_"
    ),
    (
      "ROUTER_KAFKA_", "x",
      "no librdkafka property is named; write ROUTER_KAFKA_BOOTSTRAP_SERVERS for bootstrap.servers"
    ),
    (
      "ROUTER_KAFKA_CONSUMER_", "x",
      "no librdkafka property is named; write ROUTER_KAFKA_BOOTSTRAP_SERVERS for bootstrap.servers"
    ),
    ("ROUTER_KAFKA_GROUP_ID", "x", "group.id cannot be set: the consumer group has a key of its own: use group"),
    ("ROUTER_KAFKA_LOG_LEVEL", "7", "log.level cannot be set: the log has a key of its own: use log.level; remove it"),
    ("ROUTER_GROUP", "", "group: a group needs a name; remove the key for the default"),
    ("ROUTER_PRODUCERS", "", "producers: expected a whole number from 1 to 64 or auto, found \"\""),
    (
      "ROUTER_DECOMPOSITION", " , ",
      "decomposition: expected the path of a file, or a list of them that is not empty, found a list"
    ),
    ("ROUTER_INPUTS", "a,b c", "inputs: \"b c\" is not a name that Kafka allows: use letters, digits and . _ - only"),
    (
      "ROUTER_KAFKA_SASL_PASSWORD_FILE", "/none",
      "cannot read the value of sasl.password from the file \"/none\": No such file or directory; check the path"
    ),
  ])
  func wrongVariablesAreRefused(_ variable: String, _ value: String, _ expected: String) throws {
    #expect(try configurationComplaints("", [variable: value]) == ["\(variable): \(expected)"])
  }

  @Test func variablesThatBelongToOthersAreLeftAlone() throws {
    let environment = [
      "ROUTER_CONFIG": "x", "ROUTERS": "y", "PATH": "z", "ROUTER_SECRET": "s", "ROUTER_SERVICE_HOST": "10.0.0.1",
      "ROUTER_SERVICE_PORT_HTTP": "1", "ROUTER_PORT": "tcp://10.0.0.1:9464", "ROUTER_PORT_9464_TCP": "x",
    ]
    #expect(try configurationComplaints("kafka: {sasl.password: {env: ROUTER_SECRET}}", environment) == [])
    #expect(try loadedConfiguration("inputs: [a]", ["ROUTER_INPUTS": ""]).inputs == [])
  }
}
