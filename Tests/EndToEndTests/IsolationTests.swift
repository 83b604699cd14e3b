import Access
import ConfigurationFiles
import Foundation
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import TestSupport
import Testing

/// The router under exactly the permissions that `router acl` prints, and users who see what is theirs: by passwords in
/// TLS, and by certificates.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct IsolationTests {
  /// Their names' beginnings are each other's, or their names are one where `.` and `_` are.
  private static let users: [KafkaCluster.User] = [.userA, .userB, .al, .alice, .underscored, .dotted]

  /// Recorded rows, in turns of each of the users, and two that are nobody's.
  private func rows(_ stage: Stage) throws -> [InputRow] {
    let recorded = try stage.rows(of: .recording).filter { ExpectedOwner(row: $0.payload)?.user == "userA" }
    let owned = recorded.prefix(180).enumerated().map { index, row in
      var row = row
      let user = Self.users[index % Self.users.count].rawValue
      row.payload = Array(
        String(decoding: row.payload, as: UTF8.self).replacing("\"producer\":\"userA", with: "\"producer\":\"\(user)")
          .utf8)
      return row
    }
    var bad = owned[0]
    bad.payload = Array("{}".utf8)
    return InputRow.numbered(owned + [bad, bad])
  }

  private func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  private func topics(of user: KafkaCluster.User, _ rows: [InputRow], _ stage: Stage) -> [String: Int] {
    var counts: [String: Int] = [:]
    for owner in rows.compactMap(owner) where owner.user == user.rawValue {
      counts[owner.userTopic(prefix: stage.prefix), default: 0] += 1
      counts[owner.jobTopic(prefix: stage.prefix), default: 0] += 1
    }
    return counts
  }

  /// What all groups of a user begin with.
  private func groups(of user: KafkaCluster.User) -> String { TopicNames.groupPrefix(user: Name(user.rawValue)) }

  private func checkRouted(_ rows: [InputRow], _ site: SecuredSite) throws {
    var delivered = try Delivered(site.stage)
    delivered.check(rows) { owner($0) }
    #expect(delivered.deadLetters.count == 2)
    // By transactions of an administrator nobody would have noticed: all went through the router's own permissions.
    #expect(Set(try site.stage.outputTopics().keys).count == Set(delivered.outputs.map(\.topic)).count)
  }

  /// Each user sees exactly their own; all of them look at the same time.
  private func checkIsolation(_ rows: [InputRow], _ site: SecuredSite) async throws {
    let stage = site.stage
    let topics = Dictionary(uniqueKeysWithValues: Self.users.map { ($0, self.topics(of: $0, rows, stage)) })
    let hidden = [rows[0].topic, stage.deadLetters, "\(stage.prefix).router.jobs"]
    let (cluster, prefix, group) = (site.cluster, stage.prefix, stage.group)
    try await withThrowingTaskGroup { tasks in
      for user in Self.users {
        tasks.addTask { try await checkIsolation(of: user, on: cluster, prefix, topics, hidden, group) }
      }
      try await tasks.waitForAll()
    }
  }

  /// - Parameters:
  ///   - topics: of each user, with their rows.
  ///   - hidden: topics that no user may read, an input first.
  ///   - routers: the routers' group.
  private func checkIsolation(
    of user: KafkaCluster.User, on cluster: KafkaCluster, _ prefix: String,
    _ topics: [KafkaCluster.User: [String: Int]], _ hidden: [String], _ routers: String
  ) async throws {
    let reader = SiteReader(cluster, as: user)
    let own = topics[user] ?? [:]
    #expect(own.count >= 2)
    // By name, with kcat, which needs no group.
    for (topic, count) in own {
      #expect(try await Kcat(cluster, as: user).read(topic).count == count, "\(user) \(topic)")
    }
    #expect(try reader.visibleTopics() == Set(own.keys), "\(user)")
    // By expression, one that is for everybody's topics, and with any group of their own.
    let all = own.values.reduce(0, +)
    for group in ["plot", "job.7"] {
      let read = try reader.read(
        ["^\(prefix)\\.user\\..*"], group: groups(of: user) + group, count: all)
      #expect(try read.get() == own, "\(user)")
    }
    let mine = try #require(own.keys.sorted().first)
    #expect(try reader.write(to: mine) == .topicAuthorizationFailed, "\(user)")
    for other in Self.users where other != user {
      for topic in (topics[other] ?? [:]).keys {
        #expect(try reader.refusal(of: topic) == .topicAuthorizationFailed, "\(user) \(topic)")
      }
      let refused = try reader.read([mine], group: groups(of: other) + "plot", count: 1)
      #expect(refused.failure?.code == .groupAuthorizationFailed, "\(user) \(other)")
    }
    for topic in hidden {
      #expect(try reader.refusal(of: topic) == .topicAuthorizationFailed, "\(user) \(topic)")
    }
    let read = try reader.read([hidden[0]], group: groups(of: user) + "x", count: 1)
    #expect(read.failure?.code == .topicAuthorizationFailed, "\(user)")
    for group in [routers, user.rawValue, "x"] {
      let refused = try reader.read([mine], group: group, count: 1)
      #expect(refused.failure?.code == .groupAuthorizationFailed, "\(user) \(group)")
    }
  }

  @Test func byPasswordsInTLSWithPermissionsThatTheRouterGrants() async throws {
    let cluster = try await KafkaCluster.start(.saslTLS)
    let site = try SecuredSite(cluster, acl: .required)
    let rows = try rows(site.stage)
    try site.stage.makeInputs(rows)
    try site.stage.feed(rows)
    // Without ALTER on the cluster it does not start, and says what is missing.
    let refused = try await site.run("run")
    #expect(refused.status == .exited(77))
    #expect(
      refused.errorText.contains("acl: required, but the brokers do not let the router create ACLs"),
      "\(refused.errorText)")
    #expect(refused.errorText.contains("'router acl --router' prints the command"))
    #expect(!refused.errorText.contains("Request("), "not the brokers' own words, which are the whole request")

    try await site.giveRights(["--router"])
    try await site.stage.waitForRights()
    let router = try await site.route(rows)
    #expect(router.status == .exited(0))
    #expect(!router.errorText.contains("right") && !router.errorText.contains(" error "), "\(router.errorText)")
    try checkRouted(rows, site)
    try await checkIsolation(rows, site)
    // Exactly what is printed, no more and no less.
    for user in Self.users {
      let rules = try [AccessRule.Resource.topic, .group].flatMap {
        try site.admin.accessRules(on: $0, principal: cluster.principal(of: user), timeoutMilliseconds: 30000)
      }
      let access = UserAccess(
        names: try TopicNames(prefix: site.stage.prefix), principal: try PrincipalTemplate(site.principalTemplate))
      #expect(Set(rules) == Set(access.rules(for: Name(user.rawValue)) ?? []))
    }
    try await checkThatADenialShutsOut(.userB, rows, site)
    try await checkThatEachRightIsNeeded(site, rows)
    try await cluster.stop()
  }

  /// With the command of docs/site.md: the user's permissions are there all the same, as after each start of the
  /// router.
  private func checkThatADenialShutsOut(
    _ user: KafkaCluster.User, _ rows: [InputRow], _ site: SecuredSite
  ) async throws {
    let (prefix, principal) = ("\(site.stage.prefix).user.\(user.rawValue).", site.cluster.principal(of: user))
    try await site.administrate(
      """
      kafka-acls.sh --bootstrap-server \(site.cluster.bootstrap) --command-config admin.properties --add \
        --deny-principal \(principal) --operation Read --topic \(prefix) --resource-pattern-type prefixed
      """)
    let rules = try site.admin.accessRules(on: .topic, principal: principal, timeoutMilliseconds: 30000)
    #expect(rules.count { $0.isAllowed } == 1 && rules.count { !$0.isAllowed } == 1)
    let reader = SiteReader(site.cluster, as: user)
    for topic in topics(of: user, rows, site.stage).keys {
      try await eventually("the denial of \(topic)", within: .seconds(30)) {
        try reader.read([topic], group: groups(of: user) + "x", count: 1).failure?.code == .topicAuthorizationFailed
      }
    }
  }

  @Test func byCertificatesWithPermissionsThatAnAdministratorGrants() async throws {
    let cluster = try await KafkaCluster.start(.mutualTLS)
    let site = try SecuredSite(cluster, acl: .off, delivery: .exactlyOnce)
    let rows = try rows(site.stage)
    try site.stage.makeInputs(rows)
    try site.stage.feed(rows)
    try await site.giveRights(["--router", "--principal", cluster.principal(of: .router)])
    try await site.giveRights(Self.users.flatMap { ["--user", $0.rawValue] })
    try await site.stage.waitForRights()
    #expect(try await site.route(rows).status == .exited(0))
    try checkRouted(rows, site)
    try await checkIsolation(rows, site)
    // With acl: on, but without the right, it says so and what to do, and routes on.
    let more = InputRow.numbered(rows + rows)
    try site.stage.feed(rows)
    let router = try site.start(["run"], environment: ["ROUTER_ACL": "on"])
    let ends = Stage.ends(of: more)
    try await eventually("all offsets", within: .seconds(60)) { (try? site.stage.committed(more)) == ends }
    try await eventually("the refusal", within: .seconds(20)) {
      router.errorText.contains("cannot grant users permission to read their topics; their rows are still routed")
    }
    #expect(router.errorText.contains("acl: on, but the brokers do not let the router create ACLs"))
    #expect(router.errorText.contains("'router acl --user "))
    #expect(try await router.terminate(within: .seconds(15)) == .exited(0))
    try await checkThatTransactionsNeedTheirRight(site)
    // A client without a certificate gets nowhere.
    var stranger = cluster.clientProperties(as: .userA)
    stranger["ssl.certificate.location"] = nil
    stranger["ssl.key.location"] = nil
    await #expect(throws: KcatError.self) { try await Kcat(stranger).run(["-L", "-m", "3"]) }
    try await cluster.stop()
  }

  /// A router that delivers exactly once does not start without permission to its transactional id.
  private func checkThatTransactionsNeedTheirRight(_ site: SecuredSite) async throws {
    let principal = site.cluster.principal(of: .router)
    let list = ["--list", "--principal", principal, "--transactional-id", "\(site.stage.group)-"]
    let prefixed = ["--resource-pattern-type", "prefixed"]
    let listed = try await ConsoleTool.acls.run(list + prefixed, on: site.cluster)
    #expect(listed.outputText.contains("operation=WRITE"), "\(listed.outputText)")
    try await ConsoleTool.acls.run(
      [
        "--remove", "--force", "--allow-principal", principal, "--operation", "Write", "--transactional-id",
        "\(site.stage.group)-",
      ] + prefixed, on: site.cluster)
    try await eventually("a refused start", within: .seconds(60)) {
      let run = try site.start(["run"])
      try await eventually("an end or rows", within: .seconds(30)) {
        run.status != nil || run.errorText.contains("partitions assigned")
      }
      guard run.status == nil else { return run.status == .exited(77) && run.errorText.contains("ransactional") }
      try await run.terminate(within: .seconds(15))
      return false
    }
  }

  /// Takes away one right after the other; each time something else does not work, and does again with it.
  private func checkThatEachRightIsNeeded(_ site: SecuredSite, _ rows: [InputRow]) async throws {
    let access = RouterAccess(
      try site.stage.settings { $0.acl = Located(.required) }, principal: site.cluster.principal(of: .router))
    let router = try AdminClient(
      properties: Stage.client(site.cluster.clientProperties(as: .router)), observer: SilentObserver())
    let topic = "\(site.stage.prefix).user.al.rows"
    for rule in access.rules where rule.resource != .topic || rule.operation != .read || rule.name == rows[0].topic {
      #expect(try site.admin.deleteAccessRules([rule], timeoutMilliseconds: 30000) == 1, "\(rule)")
      switch (rule.resource, rule.operation) {
      case (.topic, .read), (.topic, .create), (.topic, .write):
        try await eventually("a check that misses \(rule)", within: .seconds(60)) {
          let check = try await site.run("check", "--connect")
          return check.status == .exited(77)
            && check.outputText.contains("\("\(rule.operation)".uppercased()) on ")
        }
      case (.topic, .alterConfigs):
        try await eventually("a refused setting", within: .seconds(30)) {
          let outcome = try router.replaceSettings(
            of: [(topic, ["retention.ms": "1"])], validateOnly: true, timeoutMilliseconds: 30000)
          return outcome[0].error?.code == .topicAuthorizationFailed
        }
        // Without it the settings cannot be seen either.
        try site.declare("user.yaml", "retention.ms: 604800000", "retention.ms: 604700000")
        let apply = try await site.run("topics", "apply", "--yes")
        #expect(apply.errorText.contains("DESCRIBE_CONFIGS"), "\(apply.errorText)")
      case (.topic, .alter):
        try await eventually("refused partitions", within: .seconds(30)) {
          let outcome = try router.createPartitions(
            of: [(topic, 4)], validateOnly: true, timeoutMilliseconds: 30000)
          return outcome[0].error?.code == .topicAuthorizationFailed
        }
        try site.declare("user.yaml", "partitions: 3", "partitions: 4")
        let apply = try await site.run("topics", "apply", "--yes")
        #expect(apply.status == .exited(77), "\(apply.errorText)")
        #expect(apply.outputText.contains("retention.ms 604800000 -> 604700000"), "by the right before this one")
      case (.topic, .delete):
        try await eventually("a refused deletion", within: .seconds(30)) {
          try router.deleteTopics([topic], timeoutMilliseconds: 30000)[0].error?.code == .topicAuthorizationFailed
        }
      case (.group, _):
        try await eventually("a refused group", within: .seconds(60)) {
          let run = try site.start(["run"])
          try await eventually("an end", within: .seconds(30)) { run.status != nil }
          return run.status == .exited(77) && run.errorText.contains("the consumer group")
        }
      case (.cluster, _):
        try await eventually("a refused start", within: .seconds(30)) {
          try await site.run("check", "--connect").status == .exited(77)
        }
      case (.topic, _), (.transactionalID, _): Issue.record("nothing needs \(rule)")
      }
      #expect(try site.admin.createAccessRules([rule], timeoutMilliseconds: 30000).isEmpty)
    }
    try await eventually("a check with all rights", within: .seconds(60)) {
      try await site.run("check", "--connect").status == .exited(0)
    }
    let apply = try await site.run("topics", "apply", "--yes")
    #expect(apply.status == .exited(0), "\(apply.errorText)")
    #expect(apply.outputText.contains("3 -> 4"), "\(apply.outputText)")
  }
}

extension Result {
  fileprivate var failure: Failure? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
