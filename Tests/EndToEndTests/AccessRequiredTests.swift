import Access
import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// Where it is useless to grant users their permissions, a router that has to does not start, and says what is missing.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct AccessRequiredTests {
  private func granter(_ cluster: KafkaCluster, as user: KafkaCluster.User) throws -> KafkaAccessGranter {
    try KafkaAccessGranter(
      properties: Stage.client(cluster.clientProperties(as: user)), observer: SilentObserver())
  }

  @Test func thereHasToBeAnAuthorizer() async throws {
    let site = try SecuredSite(try await KafkaCluster.shared(.one), acl: .required)
    let run = try await site.run("run")
    #expect(run.status == .exited(77))
    #expect(run.errorText.contains("acl: required, but the brokers have no authorizer"), "\(run.errorText)")
    #expect(run.errorText.contains("Set authorizer.class.name on the brokers"))
    #expect(try site.stage.outputTopics().isEmpty, "nothing was done before")
    let check = try await site.run("check", "--connect")
    #expect(check.status == .exited(1))
    #expect(check.outputText.contains("user ACLs: the brokers have no authorizer"), "\(check.outputText)")
  }

  /// acl: on says the same, and routes.
  @Test func withoutAnAuthorizerRowsAreRoutedAllTheSame() async throws {
    let site = try SecuredSite(try await KafkaCluster.shared(.one), acl: .on)
    let rows = try site.stage.rows(of: .recording, first: 300)
    try site.stage.makeInputs(rows)
    try site.stage.feed(rows)
    let router = try await site.route(rows)
    #expect(router.status == .exited(0))
    #expect(router.errorText.contains("acl: on, but the brokers have no authorizer"), "\(router.errorText)")
    #expect(
      router.errorText.contains("cannot grant users permission to read their topics; their rows are still routed"))
    var delivered = try Delivered(site.stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    let check = try await site.run("check", "--connect")
    #expect(check.status == .exited(0))
    #expect(check.outputText.contains("warning  user ACLs: the brokers have no authorizer"), "\(check.outputText)")
  }

  @Test func theEmbeddedBrokerKnowsNoPermissions() async throws {
    let broker = try EmbeddedBroker()
    let granter = try KafkaAccessGranter(
      properties: Stage.client(["bootstrap.servers": broker.bootstrapServers]), observer: SilentObserver())
    let survey = try await onOwnThread { try granter.survey(mayChange: true) }
    #expect(survey.objection?.problem == "these brokers do not support ACLs, like the embedded broker")
  }

  /// `allow.everyone.if.no.acl.found` is a secret of the brokers, so it has to be found out.
  @Test func aClusterThatIsOpenToEverybodyIsRecognized() async throws {
    let cluster = try await KafkaCluster.start(.sasl, settings: ["allow.everyone.if.no.acl.found": "true"])
    let site = try SecuredSite(cluster, acl: .required)
    // Nobody has any right, so everybody has all.
    let run = try await site.run("run")
    #expect(run.status == .exited(77))
    #expect(
      run.errorText.contains("acl: required, but the brokers allow everything that no ACL covers"), "\(run.errorText)"
    )
    #expect(run.errorText.contains("Set allow.everyone.if.no.acl.found=false on the brokers"))
    try await eventually("no ACL is left", within: .seconds(20)) {
      try site.admin.accessRules(on: .topic, timeoutMilliseconds: 30000).isEmpty
    }
    // Looking alone cannot tell it from a super user.
    let check = try await site.run("check", "--connect")
    #expect(check.outputText.contains("unknown  other permissions: unknown whether"), "\(check.outputText)")
    // With permission to make ACLs only, the brokers' settings may not be seen, and it is recognized as well.
    let alter = AccessRule(.cluster, .literal, "kafka-cluster", principal: "User:userA", operation: .alter)
    #expect(try site.admin.createAccessRules([alter], timeoutMilliseconds: 30000).isEmpty)
    let granter = try granter(cluster, as: .userA)
    try await eventually("the right", within: .seconds(20)) {
      try await onOwnThread { try granter.survey(mayChange: false) }.authority == .granted
    }
    #expect(try await onOwnThread { try granter.survey(mayChange: true) }.openness == .open)
    // A super user is not taken for everybody. Whether it is open cannot be seen by one, nor is that said.
    let admin = try self.granter(cluster, as: .admin)
    let survey = try await onOwnThread { try admin.survey(mayChange: true) }
    guard case .unseen(let reason) = survey.openness else {
      Issue.record("\(survey)")
      return
    }
    #expect(reason.hasPrefix("the router is a super user"))
    #expect(survey.objection == nil)
    // Where an ACL is about all topics, the question does not arise for topics.
    let all = AccessRule(.topic, .literal, "*", principal: "User:userB", operation: .describe)
    #expect(try site.admin.createAccessRules([all], timeoutMilliseconds: 30000).isEmpty)
    try await eventually("it is unseen", within: .seconds(20)) {
      try await onOwnThread { try admin.survey(mayChange: true) }.openness
        == .unseen("there are ACLs for all topics, and the brokers do not report allow.everyone.if.no.acl.found")
    }
    try await cluster.stop()
  }

  @Test func aClosedClusterIsRecognized() async throws {
    let cluster = try await KafkaCluster.start(.sasl)
    let site = try SecuredSite(cluster, acl: .required)
    let alter = AccessRule(.cluster, .literal, "kafka-cluster", principal: "User:userA", operation: .alter)
    #expect(try site.admin.createAccessRules([alter], timeoutMilliseconds: 30000).isEmpty)
    let granter = try granter(cluster, as: .userA)
    try await eventually("the right", within: .seconds(20)) {
      try await onOwnThread { try granter.survey(mayChange: true) }
        == AccessSurvey(authority: .granted, openness: .closed)
    }
    // A super user starts, with a warning that says what cannot be seen.
    let admin = try SecuredSite(cluster, as: .admin, acl: .required)
    let rows = try admin.stage.rows(of: .recording, first: 60)
    try admin.stage.makeInputs(rows)
    try admin.stage.feed(rows)
    let router = try await admin.route(rows)
    #expect(router.status == .exited(0))
    #expect(
      router.errorText.contains("unknown whether the brokers allow everything that no ACL covers"),
      "\(router.errorText)")
    try await cluster.stop()
  }

  @Test(.timeLimit(.minutes(1))) func brokersThatAreDownAreWaitedForAndAStopIsQuick() async throws {
    let site = try SecuredSite(try await KafkaCluster.shared(.one), acl: .required)
    let run = try site.start(["run"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"])
    try await eventually("the complaint", within: .seconds(30)) {
      run.errorText.contains("the brokers have not yet said whether the router can grant permissions")
    }
    #expect(run.status == nil)
    let asked = ContinuousClock.now
    #expect(try await run.terminate(within: .seconds(15)) == .exited(0))
    #expect(ContinuousClock.now - asked < .seconds(10))
  }
}
