import Kafka
import TestSupport
import Testing

@Suite(.requiresKafka, .timeLimit(.minutes(1))) struct AdminAccessTests {
  private static let limit: Int32 = 15_000

  @Test func rulesComeAndGo() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let admin = try Clients(cluster).admin()
      let principal = "User:\(Name.unique("someone"))"
      let topics = [
        AccessRule(.topic, .prefixed, "ldms.user.alice.", principal: principal, operation: .read),
        AccessRule(.topic, .literal, "*", principal: principal, host: "10.0.0.1", operation: .describe),
        AccessRule(.topic, .literal, "secret", principal: principal, operation: .all, isAllowed: false),
        AccessRule(.topic, .literal, "meminfo", principal: principal, operation: .describeConfigs),
      ]
      let others = [
        AccessRule(.group, .prefixed, "alice.", principal: principal, operation: .read),
        AccessRule(.cluster, .literal, "kafka-cluster", principal: principal, operation: .alter),
      ]
      #expect(try admin.createAccessRules(topics + others, timeoutMilliseconds: Self.limit).isEmpty)
      // Again is no error.
      #expect(try admin.createAccessRules(topics, timeoutMilliseconds: Self.limit).isEmpty)
      func rules(_ resource: AccessRule.Resource) throws -> Set<AccessRule> {
        Set(try admin.accessRules(on: resource, principal: principal, timeoutMilliseconds: Self.limit))
      }
      try eventuallyBlocking("all rules") { try rules(.topic) == Set(topics) }
      #expect(try rules(.group) == [others[0]])
      #expect(try rules(.cluster) == [others[1]])
      #expect(try admin.accessRules(on: .topic, timeoutMilliseconds: Self.limit).contains(topics[0]))

      #expect(try admin.deleteAccessRules([topics[0], topics[2]], timeoutMilliseconds: Self.limit) == 2)
      try eventuallyBlocking("two rules less") { try rules(.topic) == [topics[1], topics[3]] }
      #expect(try admin.deleteAccessRules([topics[0]], timeoutMilliseconds: Self.limit) == 0)
      #expect(try admin.deleteAccessRules(topics + others, timeoutMilliseconds: Self.limit) == 4)
      try eventuallyBlocking("no rule") {
        try rules(.topic).isEmpty && rules(.group).isEmpty && rules(.cluster).isEmpty
      }
      #expect(try admin.createAccessRules([], timeoutMilliseconds: Self.limit).isEmpty)
      #expect(try admin.deleteAccessRules([], timeoutMilliseconds: Self.limit) == 0)
    }
  }

  @Test func whatTheBrokerRefusesIsReportedOfEach() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let admin = try Clients(cluster).admin()
      let good = AccessRule(.topic, .literal, "t", principal: "User:\(Name.unique("x"))", operation: .read)
      var wrong = good
      wrong.principal = "nobody"
      let refused = try admin.createAccessRules([wrong, good], timeoutMilliseconds: Self.limit)
      #expect(refused.map(\.rule) == [wrong])
      #expect(refused.first?.error.operation == "create an ACL for nobody on \"t\"")
      #expect(refused.first?.error.remedy == .giveUp)
      #expect(try admin.deleteAccessRules([good], timeoutMilliseconds: Self.limit) == 1)
    }
  }

  @Test func theRightToItIsNeeded() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await onOwnThread {
      let admin = try Clients(cluster, as: .userA).admin()
      let rule = AccessRule(.topic, .literal, "t", principal: "User:userA", operation: .read)
      let refused = try admin.createAccessRules([rule], timeoutMilliseconds: Self.limit)
      #expect(refused.map(\.error.code) == [.clusterAuthorizationFailed])
      // librdkafka drops the reason.
      #expect(try admin.accessRules(on: .topic, timeoutMilliseconds: Self.limit).isEmpty)
    }
  }

  @Test func withoutAnAuthorizerThereAreNone() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await onOwnThread {
      let admin = try Clients(cluster).admin()
      let rule = AccessRule(.topic, .literal, "t", principal: "User:userA", operation: .read)
      let refused = try admin.createAccessRules([rule], timeoutMilliseconds: Self.limit)
      #expect(refused.map(\.error.code) == [.securityDisabled])
      #expect(try admin.accessRules(on: .topic, timeoutMilliseconds: Self.limit).isEmpty)
      let deletion = #expect(throws: KafkaError.self) {
        try admin.deleteAccessRules([rule], timeoutMilliseconds: Self.limit)
      }
      #expect(deletion?.code == .securityDisabled)
    }
  }
}

/// What is refused before a broker is asked.
@Suite(.timeLimit(.minutes(1))) struct AccessRuleTests {
  private static let rule = AccessRule(.topic, .literal, "t", principal: "User:u", operation: .read)

  @Test(arguments: ["name", "principal", "host"]) func aNULNeverMeansSomethingElse(field: String) throws {
    let admin = try Clients.ofNobody().admin()
    var rule = Self.rule
    switch field {
    case "name": rule.name += "\0x"
    case "principal": rule.principal += "\0x"
    default: rule.host += "\0x"
    }
    for call in [
      { _ = try admin.createAccessRules([Self.rule, rule], timeoutMilliseconds: 1000) },
      { _ = try admin.deleteAccessRules([Self.rule, rule], timeoutMilliseconds: 1000) },
    ] as [() throws -> Void] {
      let error = #expect(throws: KafkaError.self) { try call() }
      #expect(error?.code == .invalidArgument && error?.reason == "the name holds a NUL character")
    }
  }

  @Test(.enabled(if: LibraryVersion.number < 0x0206_00ff, "librdkafka is 2.6 or newer"))
  func transactionalIdsAreRejectedWithTheRemedy() throws {
    let admin = try Clients.ofNobody().admin()
    var rule = Self.rule
    rule.resource = .transactionalID
    for call in [
      { _ = try admin.createAccessRules([rule], timeoutMilliseconds: 1000) },
      { _ = try admin.deleteAccessRules([rule], timeoutMilliseconds: 1000) },
      { _ = try admin.accessRules(on: .transactionalID, timeoutMilliseconds: 1000) },
    ] as [() throws -> Void] {
      let error = #expect(throws: KafkaError.self) { try call() }
      #expect(error?.code == .unsupportedFeature && error?.remedy == .giveUp)
      #expect(error?.reason.contains("kafka-acls.sh, or librdkafka 2.6 or newer") == true)
    }
  }
}
