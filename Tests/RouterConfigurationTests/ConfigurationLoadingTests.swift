import Foundation
import Testing

@testable import Access
@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

/// What is expected where a mapping of topics is none.
private let topicsMapping =
  "router.yaml:1:9: topics: expected a mapping with the keys prefix, directory, new-per-minute, new-per-user, max-users"

@Suite struct ConfigurationLoadingTests {
  @Test(arguments: ["", "# nothing\n", "kafka:\ntopics:\nidentity: ~\nlog: {}\n"])
  func emptyFilesGiveTheDefaults(_ yaml: String) throws {
    let folder = try ConfigurationFolder()
    var expected = Configuration()
    expected.decomposition = [Located(folder.path + "/decomp.json")]
    expected.topics.directory = Located(folder.path + "/topics")
    #expect(try Configuration.load(file: folder.write("router.yaml", yaml), environment: [:]) == expected)
  }

  @Test func noFileGivesTheDefaults() throws {
    #expect(try Configuration.load(file: nil, environment: ["HOME": "/"]) == Configuration())
    #expect(Configuration().instance == ProcessInfo.processInfo.hostName)
  }

  @Test(arguments: [
    ("off", AccessMode.off), ("on", .on), ("required", .required), ("true", .on), ("no", .off),
    ("On", .on),
    ("\"on\"", .on), ("'off'", .off), ("False", .off),
  ])
  func usersPermissionsAreSwitched(_ value: String, _ mode: AccessMode) throws {
    #expect(try loadedConfiguration("acl: \(value)").acl.value == mode)
    if !value.contains(where: { "'\"".contains($0) }) {
      #expect(try loadedConfiguration("", ["ROUTER_ACL": value]).acl.value == mode)
    }
    let logged = try loadedConfiguration("acl: \(value)").description
    #expect(logged.contains("\nacl: \(mode.rawValue)\nacl-principal: \"User:{user}\"\n"), "\(logged)")
  }

  /// Somebody grants users their permissions, whether the router or not.
  @Test func aGroupOfAUserIsRejected() throws {
    for acl in AccessMode.allCases {
      let complaints = try configurationComplaints("group: alice.router\nacl: \(acl.rawValue)")
      #expect(
        complaints.count == 1 && complaints[0].hasPrefix("router.yaml:1:8: group: the group \"alice.router\" would be"))
    }
    #expect(try configurationComplaints("group: ldms-router.x\nacl: required") == [])
  }

  @Test func everyKeyIsRead() throws {
    let folder = try ConfigurationFolder()
    let path = try folder.write(
      "router.yaml",
      """
      kafka:
        bootstrap.servers: kafka:9092
        socket.keepalive.enable: true
        consumer: {fetch.min.bytes: 500000}
        producer:
          linger.ms: 50
      group: g 1
      instance: r-1
      decomposition: [a.json, /b/c.json]
      inputs:
        - meminfo
        - "^procstat2_[0-9a-f]{7}$"
      delivery: exactly-once
      producers: 4
      topics:
        prefix: cluster-1.x
        directory: t
      identity:
        producers: "{user}-{node}"
        nodes: c[1-3],gpu[01-16]
        topic: "ldms.{schema}.{producer}"
      log: {level: debug, format: json}
      """)
    let result = try Configuration.load(file: path, environment: [:])
    func at(_ line: Int, _ column: Int) -> ConfigurationPlace { .file(path, line: line, column: column) }
    #expect(
      result.kafka.forClient(.consumer) == [
        KafkaProperty("bootstrap.servers", "kafka:9092", at: at(2, 3)),
        KafkaProperty("socket.keepalive.enable", "true", at: at(3, 3)),
        KafkaProperty("fetch.min.bytes", "500000", at: at(4, 14)),
      ])
    #expect(result.kafka.producer == [KafkaProperty("linger.ms", "50", at: at(6, 5))])
    #expect(result.group == "g 1")
    #expect(result.instance == "r-1")
    let directory = folder.path
    #expect(
      result.decomposition == [
        Located("\(directory)/a.json", at: at(9, 17)), Located("/b/c.json", at: at(9, 25)),
      ])
    #expect(
      result.inputs == [Located("meminfo", at: at(11, 5)), Located("^procstat2_[0-9a-f]{7}$", at: at(12, 5))])
    #expect(result.delivery == .exactlyOnce)
    #expect(result.producers.value == 4)
    #expect(result.topics.prefix == Located("cluster-1.x", at: at(16, 11)))
    #expect(result.topics.directory == Located("\(directory)/t", at: at(17, 14)))
    #expect(result.identity.producers == [Located("{user}-{node}", at: at(19, 14))])
    #expect(result.identity.nodes == Located("c[1-3],gpu[01-16]", at: at(20, 10)))
    #expect(result.identity.topic == Located("ldms.{schema}.{producer}", at: at(21, 10)))
    #expect(result.log.level == .debug)
    #expect(result.log.format == .json)
  }

  @Test func pathsAreRelativeToTheFile() throws {
    let folder = try ConfigurationFolder()
    let path = try folder.write("sub/router.yaml", "decomposition: ../d.json\n")
    let result = try Configuration.load(file: path, environment: ["ROUTER_TOPICS_DIRECTORY": "here/topics"])
    #expect(result.decomposition.map(\.value) == ["\(folder.path)/sub/../d.json"])
    #expect(result.topics.directory.value == "here/topics")
    #expect(ConfigurationFile.resolve("d.json", relativeTo: "router.yaml") == "d.json")
  }

  @Test(arguments: [
    // Unknown keys.
    ("grop: x", #"router.yaml:1:1: unknown key "grop"; did you mean "group"?"#),
    ("\n  Group: x", #"router.yaml:2:3: unknown key "Group"; did you mean "group"?"#),
    ("topics: {prefx: a}", #"router.yaml:1:10: unknown key "topics.prefx"; did you mean "topics.prefix"?"#),
    ("topics: {dirctory: a}", #"router.yaml:1:10: unknown key "topics.dirctory"; did you mean "topics.directory"?"#),
    ("topics.prefix: a", #"router.yaml:1:1: unknown key "topics.prefix"; write prefix: below topics:"#),
    ("prefix: a", #"router.yaml:1:1: unknown key "prefix"; write prefix: below topics:"#),
    (
      "jobs: {silent_after: 3s}",
      #"router.yaml:1:8: unknown key "jobs.silent_after"; did you mean "jobs.silent-after"?"#
    ),
    (
      "bootstrap.servers: a",
      #"router.yaml:1:1: unknown key "bootstrap.servers"; librdkafka's properties go below kafka:"#
    ),
    ("log: {colour: x}", #"router.yaml:1:7: unknown key "log.colour"; valid here: level, format"#),
    (
      "5: x",
      #"router.yaml:1:1: unknown key "5"; valid here: kafka, group, instance, decomposition, inputs, delivery, producers, topics, identity, jobs, acl, acl-principal, http, log"#
    ),
    (
      "\"a\\u0007\\n\": x",
      #"router.yaml:1:1: unknown key "a\u{7}..."; valid here: kafka, group, instance, decomposition, inputs, delivery, producers, topics, identity, jobs, acl, acl-principal, http, log"#
    ),
    // Wrong types.
    ("just text", "router.yaml:1:1: expected keys, as group: ldms-router; is this the right file?"),
    ("- group", "router.yaml:1:1: expected keys, as group: ldms-router; is this the right file?"),
    ("group: [a]", "router.yaml:1:8: group: expected the name of a consumer group, found a list"),
    ("group: {a: b}", "router.yaml:1:8: group: expected the name of a consumer group, found a mapping"),
    ("group:", "router.yaml:1:7: group: expected the name of a consumer group, found nothing"),
    ("group: \"\"", "router.yaml:1:8: group: a group needs a name; remove the key for the default"),
    ("group: \"a\\0b\"", #"router.yaml:1:8: group: "a\u{0}b" contains control characters or line breaks; remove them"#),
    (
      "instance: a b",
      #"router.yaml:1:11: instance: "a b" is not a name that Kafka allows: use letters, digits and . _ - only"#
    ),
    ("producers: many", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "many""#),
    ("producers: 0", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "0""#),
    ("producers: 65", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "65""#),
    ("producers: -1", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "-1""#),
    ("producers: 1.0", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "1.0""#),
    ("producers: 0x1", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "0x1""#),
    (
      "producers: 99999999999999999999",
      #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "99999999999999999999""#
    ),
    (
      "producers: \"5\"",
      #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found the text "5"; remove the quotes"#
    ),
    ("producers:", "router.yaml:1:11: producers: expected a whole number from 1 to 64 or auto, found nothing"),
    ("producers: true", #"router.yaml:1:12: producers: expected a whole number from 1 to 64 or auto, found "true""#),
    (
      "decomposition: []",
      "router.yaml:1:16: decomposition: expected the path of a file, or a list of them that is not empty, found a list"
    ),
    (
      "decomposition: {a: b}",
      "router.yaml:1:16: decomposition: expected the path of a file, or a list of them, found a mapping"
    ),
    ("decomposition: [a, [b]]", "router.yaml:1:20: decomposition: expected the path of a file, found a list"),
    ("decomposition: [a, a]", #"router.yaml:1:20: decomposition: "a" is in the list twice, first at router.yaml:1:17"#),
    ("inputs: meminfo", #"router.yaml:1:9: inputs: expected a list of topics, found "meminfo""#),
    (
      "inputs: [\"a b\"]",
      #"router.yaml:1:10: inputs: "a b" is not a name that Kafka allows: use letters, digits and . _ - only"#
    ),
    ("inputs: [..]", #"router.yaml:1:10: inputs: ".." is a name that Kafka does not allow"#),
    ("inputs: [\"\"]", "router.yaml:1:10: inputs: a name must not be empty"),
    ("inputs: [\"^a(b\"]", #"router.yaml:1:10: inputs: "^a(b" is not a regular expression: Unmatched ( or \("#),
    (
      "inputs: [\"meminfo_.*\"]",
      #"router.yaml:1:10: inputs: "meminfo_.*" is not a name that Kafka allows: use letters, digits and . _ - only"#
    ),
    (
      "inputs: [ldms.user.alice.rows]",
      #"router.yaml:1:10: inputs: "ldms.user.alice.rows" is one of the topics that the router writes, which begin with ldms.user.; remove it, or choose another topics.prefix"#
    ),
    (
      "inputs: [x.router.dead-letter]\ntopics: {prefix: x}",
      #"router.yaml:1:10: inputs: "x.router.dead-letter" is one of the topics that the router writes, which begin with x.router.; remove it, or choose another topics.prefix"#
    ),
    (
      "delivery: at-lest-once",
      #"router.yaml:1:11: delivery: expected one of at-least-once, exactly-once, found "at-lest-once"; did you mean at-least-once?"#
    ),
    (
      "jobs: {events: \"hpc,hpc-job-start\"}",
      #"router.yaml:1:16: jobs.events: "hpc,hpc-job-start" is not the name of one topic; write several as a list: [hpc, hpc-job-start]"#
    ),
    (
      "jobs: {events: [hpc, ^hpc]}",
      #"router.yaml:1:22: jobs.events: "^hpc" is a regular expression, and these topics are read by name; list their names"#
    ),
    (
      "jobs: {events: [hpc, hpc]}",
      #"router.yaml:1:22: jobs.events: "hpc" is in the list twice, first at router.yaml:1:17"#
    ),
    (
      "jobs: {events: {start: hpc}}",
      "router.yaml:1:16: jobs.events: expected the name of a topic, or a list of them, found a mapping"
    ),
    ("topics: 5", "\(topicsMapping), found \"5\""),
    ("topics: [a]", "\(topicsMapping), found a list"),
    (
      "topics: {prefix: a_b}",
      #"router.yaml:1:18: topics.prefix: "a_b" contains _, and Kafka rejects topics whose names differ only in . and _; use - instead"#
    ),
    (
      "topics: {prefix: a..b}",
      #"router.yaml:1:18: topics.prefix: "a..b" has an empty part; remove the superfluous ."#
    ),
    ("topics: {prefix: \"\"}", "router.yaml:1:18: topics.prefix: a name must not be empty"),
    (
      "topics: {prefix: ü}",
      #"router.yaml:1:18: topics.prefix: "ü" is not a name that Kafka allows: use letters, digits and . _ - only"#
    ),
    (
      "log: {level: verbose}",
      #"router.yaml:1:14: log.level: expected one of error, warning, info, debug, found "verbose""#
    ),
    ("log: {level: warn}", #"router.yaml:1:14: log.level: expected one of error, warning, info, debug, found "warn""#),
    (
      "log: {level: dbug}",
      #"router.yaml:1:14: log.level: expected one of error, warning, info, debug, found "dbug"; did you mean debug?"#
    ),
    (
      "identity: {producers: []}",
      "router.yaml:1:23: identity.producers: expected a list of templates for producer names that is not empty, found a list"
    ),
    ("identity: {nodes: [c1, c2]}", "router.yaml:1:19: identity.nodes: expected a Slurm hostlist, found a list"),
    // Users' permissions.
    ("acl: onn", #"router.yaml:1:6: acl: expected one of off, on, required, found "onn"; did you mean on?"#),
    (#"acl: "true""#, #"router.yaml:1:6: acl: expected one of off, on, required, found "true""#),
    ("acl: {mode: on}", "router.yaml:1:6: acl: expected one of off, on, required, found a mapping"),
    ("acl:", "router.yaml:1:5: acl: expected one of off, on, required, found nothing"),
    (
      "acl-principal: User:alice",
      #"router.yaml:1:16: acl-principal: "User:alice" names no user; write {user} in place of the name, as in User:{user}"#
    ),
    (
      #"acl-principal: "{user}""#,
      #"router.yaml:1:16: acl-principal: "{user}" does not begin with the type of the principal and a colon; write User: in front"#
    ),
    (
      #"acl_principal: "User:{user}""#,
      #"router.yaml:1:1: unknown key "acl_principal"; did you mean "acl-principal"?"#
    ),
    (
      "group: alice.router\nacl: on",
      #"router.yaml:1:8: group: the group "alice.router" would belong to the user "alice", who could take its partitions away from the router; name a group without a dot"#
    ),
    (
      "jobs: {silent-after: 0s}",
      "router.yaml:1:22: jobs.silent-after: expected a time from 1s to 24h, a whole number with its unit ms, s, m, h or d, found \"0s\""
    ),
    (
      "http: {listen: \":9464\"}",
      #"router.yaml:1:16: http.listen: ":9464" is not an address to listen on: the address is missing; 127.0.0.1 is for this machine only, 0.0.0.0 for all its networks; write an address and a port, such as 127.0.0.1:9464, or off"#
    ),
    (
      "http: {listen: 9464}",
      #"router.yaml:1:16: http.listen: "9464" is not an address to listen on: "9464" is not an IP address, and the only name allowed is localhost; write an address and a port, such as 127.0.0.1:9464, or off"#
    ),
    (
      "http: {port: 9464}", #"router.yaml:1:8: unknown key "http.port"; valid here: listen, token-file"#
    ),
    // Kafka's properties.
    (
      "kafka: x",
      #"router.yaml:1:8: kafka: expected a mapping of librdkafka's properties, as bootstrap.servers: "localhost:9092""#
    ),
    (
      "kafka: {consumer: 5}",
      #"router.yaml:1:19: kafka.consumer: expected a mapping of librdkafka's properties, as bootstrap.servers: "localhost:9092""#
    ),
    (
      "kafka: {bootstrap.servers: [a, b]}",
      "router.yaml:1:28: kafka.bootstrap.servers: expected one value, found a list; write it as one text with commas"
    ),
    (
      "kafka: {bootstrap: {servers: a}}",
      "router.yaml:1:20: kafka.bootstrap: expected a value, {file: PATH} or {env: NAME}, found another mapping; names of properties are written with their dots, as bootstrap.servers"
    ),
    (
      "kafka: {client.id: }",
      "router.yaml:1:9: kafka.client.id has no value; write one, \"\" for an empty one, or remove it"
    ),
    ("kafka: {client.id: \"a\\0b\"}", "router.yaml:1:9: kafka.client.id: the value contains a zero byte; remove it"),
    (
      "kafka: {linger.ms: 5, queue.buffering.max.ms: 6}",
      "router.yaml:1:23: kafka.queue.buffering.max.ms is another name of the property at router.yaml:1:9; remove one of them"
    ),
    ("kafka: {\"\": 1}", #"router.yaml:1:9: kafka: "" is not the name of a property; write name: value"#),
    (
      "kafka: {linger_ms: 5}",
      #"router.yaml:1:9: kafka.linger_ms cannot be set: librdkafka's properties are written with dots; did you mean "linger.ms"?"#
    ),
  ])
  func mistakesAreRefusedWithPlaceAndRemedy(_ yaml: String, _ expected: String) throws {
    #expect(try configurationComplaints(yaml) == [expected])
  }

  @Test(arguments: [
    "group.id: a", "group.instance.id: a", "transactional.id: a", "enable.auto.commit: true",
    "enable.auto.commit: false", "enable.auto.offset.store: true", "enable.idempotence: false",
    "enable.idempotence: \"F\"", "acks: 1", "acks: 0", "request.required.acks: 1", "allow.auto.create.topics: true",
    "delivery.report.only.error: true", "queuing.strategy: lifo", "partitioner: random", "dr_msg_cb: x",
    "opaque: x", "ssl_key: x", "message.timeout.ms: 5000", "producer: {allow.auto.create.topics: 1}",
    "producer: {acks: 1}",
    "consumer: {group.id: a}", "auto.commit.enable: true", "log_level: 7",
  ])
  func theRoutersOwnPropertiesAreRejected(_ property: String) throws {
    let problems = try configurationComplaints("kafka: {\(property)}")
    #expect(problems.count == 1)
    #expect(problems.first?.contains(" cannot be set: ") == true)
    let remedies = ["remove it", "use group", "use instance"]
    #expect(remedies.contains { problems.first?.contains($0) == true })
  }

  @Test(arguments: [
    "acks: all", "acks: -1", "enable.idempotence: true", "allow.auto.create.topics: false",
    "consumer: {allow.auto.create.topics: true}", "no.such.property: 5", "debug: \"broker,topic\"",
  ])
  func otherPropertiesAreLeftToLibrdkafka(_ property: String) throws {
    #expect(try configurationComplaints("kafka: {\(property)}") == [])
  }

  @Test func everythingWrongIsReportedInOrder() throws {
    let problems = try configurationComplaints(
      """
      kafka: {group.id: x, acks: 1}
      grop: x
      producers: 0
      producers: 1
      topics: {prefix: _, directory: [], depth: 1}
      inputs: ["a b", "^(", fine]
      """, ["ROUTER_PRODUCERS": "x", "ROUTER_FOO": "1"])
    #expect(
      problems.map { $0.prefix { $0 != " " } } == [
        "router.yaml:1:9:", "router.yaml:1:22:", "router.yaml:2:1:", "router.yaml:3:12:", "router.yaml:4:1:",
        "router.yaml:5:18:", "router.yaml:5:32:", "router.yaml:5:36:", "router.yaml:6:10:", "router.yaml:6:17:",
        "ROUTER_FOO:", "ROUTER_PRODUCERS:",
      ])
  }

  @Test func filesThatCannotBeReadAreNamed() throws {
    let folder = try ConfigurationFolder()
    let directory = folder.path
    func complaint(_ path: String) -> String? {
      #expect(throws: ConfigurationErrors.self) { try Configuration.load(file: path, environment: [:]) }?.description
    }
    #expect(
      complaint("\(directory)/none.yaml")
        == "\(directory)/none.yaml: cannot read the configuration file: No such file or directory; check the path")
    #expect(
      complaint(directory)
        == "\(directory): cannot read the configuration file: it is a directory; name a file")
    #expect(
      complaint("/dev/null") == "/dev/null: cannot read the configuration file: it is not a regular file; name a file")
    #expect(complaint("") == ": cannot read the configuration file: the path is empty or contains a zero byte")
    let large = try folder.write("large.yaml", String(repeating: "#", count: YAMLDocument.largestSize + 1))
    #expect(
      complaint(large)
        == "\(large): the configuration file is too large: at most 1048576 bytes are read; is it the right file?")
    let largest = try folder.write("largest.yaml", String(repeating: "#", count: YAMLDocument.largestSize))
    #expect(throws: Never.self) { try Configuration.load(file: largest, environment: [:]) }
    #expect(mkfifo("\(directory)/pipe.yaml", 0o600) == 0)
    #expect(complaint("\(directory)/pipe.yaml")?.hasSuffix("it is not a regular file; name a file") == true)
  }

  @Test func theLogNamesEverySetting() {
    var configuration = Configuration()
    configuration.instance = "r1"
    configuration.kafka.set(KafkaProperty("debug", "all"), for: .consumer)
    #expect(
      configuration.description == """
        kafka: {bootstrap.servers: "localhost:9092", consumer: {debug: all}}
        group: ldms-router
        instance: r1
        decomposition: decomp.json
        inputs: []
        delivery: at-least-once
        producers: auto
        topics.prefix: ldms
        topics.directory: topics
        topics.new-per-minute: 10000
        topics.new-per-user: 2000
        topics.max-users: 10000
        identity.producers: "{user}:{job}:{node}"
        identity.nodes: ""
        identity.topic: ""
        identity.instances: []
        identity.job: job_id
        identity.owner-wait: 30s
        identity.users: any
        identity.owners: []
        identity.user-ids: system
        identity.by-node: off
        identity.shared-nodes: withhold
        jobs.silent-after: 15s
        jobs.ended-after: 1m
        jobs.keep-ended: 24h
        jobs.events: []
        jobs.topic-ttl: 24h
        jobs.max-topics: 10000
        jobs.columns: [loadavg/load1min, meminfo/MemTotal, meminfo/MemAvailable, "rate(procstat2/user{name=cpu})", \
        "rate(procstat2/system{name=cpu})"]
        acl: off
        acl-principal: "User:{user}"
        http.listen: "127.0.0.1:9464"
        http.token-file: ""
        log.level: info
        log.format: text
        """)
  }

  @Test(arguments: [("", "a name must not be empty"), ("a b", "is not a name that Kafka allows")])
  func aHostsNameThatKafkaRefusesIsReported(_ name: String, _ complaint: String) {
    var configuration = Configuration()
    configuration.instance = name
    let problems = configuration.contradictions().map(\.description)
    #expect(problems.count == 1)
    #expect(problems.first?.contains(complaint) == true)
    #expect(problems.first?.hasSuffix("set instance") == true)
  }

  @Test(arguments: [
    ("jobs: {events: hpc}", ["hpc"]), ("jobs: {events: [hpc, hpc-job-start]}", ["hpc", "hpc-job-start"]),
    ("jobs: {events: []}", []), ("jobs: {events: \"\"}", []), ("{}", []),
  ])
  func topicsOfSlurmsMessagesAreOneOrSeveral(_ yaml: String, _ topics: [String]) throws {
    #expect(try loadedConfiguration(yaml).jobs.events.map(\.value) == topics)
  }

  @Test func aListOfThousandsOfTopicsIsRead() throws {
    let yaml = "inputs:\n" + (0..<3000).map { "  - topic-\($0)\n" }.joined()
    #expect(try loadedConfiguration(yaml).inputs.count == 3000)
  }
}
