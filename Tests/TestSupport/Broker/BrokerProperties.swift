/// The properties of the brokers of tests: small, quick and forgetful, not for production.
enum BrokerProperties {
  static func all(
    _ kind: KafkaCluster.Kind, node: Int, port: UInt16, controllerPort: UInt16, voters: String,
    certificates: Certificates?, directory: String
  ) -> [String: String] {
    let listener = kind.protocolName
    let replicas = kind == .three ? "3" : "1"
    let inSync = kind == .three ? "2" : "1"
    var properties = small
    properties.merge([
      "process.roles": "broker,controller",
      "node.id": "\(node)",
      "controller.quorum.voters": voters,
      "listeners": "\(listener)://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controllerPort)",
      "listener.security.protocol.map": "\(listener):\(listener),CONTROLLER:\(listener)",
      "controller.listener.names": "CONTROLLER",
      "inter.broker.listener.name": listener,
      "log.dirs": "\(directory)/logs",
      "default.replication.factor": replicas,
      "min.insync.replicas": inSync,
      "offsets.topic.replication.factor": replicas,
      "transaction.state.log.replication.factor": replicas,
      "transaction.state.log.min.isr": inSync,
      "share.coordinator.state.topic.replication.factor": replicas,
      "share.coordinator.state.topic.min.isr": inSync,
    ]) { _, new in new }
    if kind.asksForPassword { properties.merge(passwords(listener)) { _, new in new } }
    if let certificates { properties.merge(encryption(certificates, kind)) { _, new in new } }
    if !kind.allowsAnonymous { properties.merge(authorization(kind)) { _, new in new } }
    return properties
  }

  private static let small = [
    "auto.create.topics.enable": "false",
    "num.partitions": "1",
    "unclean.leader.election.enable": "false",
    "leader.imbalance.check.interval.seconds": "5",

    // Internal topics: few partitions, or the first group and the first transaction cost 50 topic partitions each.
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "1",

    // Groups: no wait for more members; short sessions allowed.
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",

    // Transactions: look for timed-out ones every second instead of every 10.
    "transaction.max.timeout.ms": "900000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",

    // Logs: 256 KiB indexes instead of 10 MiB; deletion, retention and compaction are quick to see.
    "log.index.size.max.bytes": "262144",
    "log.segment.delete.delay.ms": "1000",
    "log.retention.check.interval.ms": "1000",
    "log.initial.task.delay.ms": "1000",
    "log.cleaner.backoff.ms": "500",
    "log.cleaner.threads": "1",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.cleaner.io.buffer.size": "131072",

    // A dead broker is noticed after 4 s instead of 9.
    "broker.session.timeout.ms": "4000",
    "broker.heartbeat.interval.ms": "500",

    // Few threads for a small machine.
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.replica.fetchers": "1",
    "background.threads": "2",
    "num.recovery.threads.per.data.dir": "2",
  ]

  /// Users who log in by PLAIN.
  private static func passwords(_ listener: String) -> [String: String] {
    let admin = KafkaCluster.User.admin
    let login = """
      org.apache.kafka.common.security.plain.PlainLoginModule required \
      username="\(admin.rawValue)" password="\(admin.password)"
      """
    func users(_ users: [KafkaCluster.User]) -> String {
      login + users.map { " user_\($0.rawValue)=\"\($0.password)\"" }.joined() + ";"
    }
    return [
      "sasl.enabled.mechanisms": "PLAIN",
      "sasl.mechanism.inter.broker.protocol": "PLAIN",
      "sasl.mechanism.controller.protocol": "PLAIN",
      "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
      "listener.name.controller.plain.sasl.jaas.config": users([admin]),
      "listener.name.\(listener.lowercased()).plain.sasl.jaas.config": users(KafkaCluster.User.allCases),
    ]
  }

  /// TLS; where there are no passwords, with certificates on both sides.
  private static func encryption(_ certificates: Certificates, _ kind: KafkaCluster.Kind) -> [String: String] {
    var properties = certificates.trust.merging(certificates.identity(of: "broker")) { _, new in new }
    if kind == .mutualTLS { properties["ssl.client.auth"] = "required" }
    return properties
  }

  private static func authorization(_ kind: KafkaCluster.Kind) -> [String: String] {
    [
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": ["admin", "broker"].map { kind.principal(of: $0) }.joined(separator: ";"),
      "allow.everyone.if.no.acl.found": "false",
    ]
  }
}
