import Kafka
import Logging
import Naming
import Runtime
import Synchronization
import TestSupport
import Testing

@testable import Access
@testable import Topics

/// Answers as it is told, and notes what it was asked.
private final class ScriptedGranter: AccessGranting {
  typealias Script = @Sendable (_ rules: [AccessRule], _ call: Int) throws(KafkaError) -> [AccessRule: KafkaError]

  let calls = Mutex<[[AccessRule]]>([])
  let surveys = Mutex<[Bool]>([])
  private let found: @Sendable (_ call: Int) throws(KafkaError) -> AccessSurvey
  private let script: Script

  init(
    survey: @escaping @Sendable (Int) throws(KafkaError) -> AccessSurvey = { _ throws(KafkaError) in
      AccessSurvey(authority: .granted, openness: .closed)
    },
    answer script: @escaping Script = { _, _ throws(KafkaError) in [:] }
  ) {
    found = survey
    self.script = script
  }

  func grant(_ rules: [AccessRule]) throws(KafkaError) -> [(rule: AccessRule, error: KafkaError)] {
    let call = calls.withLock { calls in
      calls.append(rules)
      return calls.count
    }
    return try script(rules, call).map { ($0.key, $0.value) }
  }

  func survey(mayChange: Bool) throws(KafkaError) -> AccessSurvey {
    let call = surveys.withLock { surveys in
      surveys.append(mayChange)
      return surveys.count
    }
    return try found(call)
  }
}

/// Makes every topic at once.
private final class ReadyCreator: TopicCreating {
  func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    Dictionary(uniqueKeysWithValues: topics.map { ($0.name, .success(1)) })
  }
}

@Suite(.timeLimit(.minutes(1))) struct ACLGranterTests {
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    var log: Log {
      Log(level: .info, format: .text) { line in
        self.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      }
    }
  }

  private static let refusal = KafkaError(.clusterAuthorizationFailed, operation: "create an ACL")

  private let lines = Lines()
  private final class Report: Sendable {
    private let totals = Mutex(AccessTotals())
    var latest: AccessTotals {
      get { totals.withLock { $0 } }
      set { totals.withLock { $0 = newValue } }
    }
  }

  private let report = Report()
  private var access: UserAccess {
    get throws { UserAccess(names: try TopicNames(), principal: .standard) }
  }

  private func granting(_ granter: ScriptedGranter, _ mode: AccessMode = .on) throws -> ACLGranter {
    ACLGranter(
      access: try access, mode: mode, granter: granter, log: lines.log, report: { [report] in report.latest = $0 })
  }

  private func topics(_ names: String...) -> [NewTopic] {
    names.map { NewTopic(name: $0, partitions: 1, replication: nil) }
  }

  @Test func aUserIsGrantedTheirPermissionsOnceWithTheirFirstTopic() async throws {
    let granter = ScriptedGranter()
    let granting = try granting(granter)
    let creator = GrantingTopicCreator(ReadyCreator(), access: granting, names: try TopicNames())
    let made = creator.ensure(
      topics("ldms.router.dead-letter", "ldms.user.al.rows", "ldms.user.al.job.7", "ldms.user.a-5fl.job.1"))
    #expect(made.count == 4)
    // They were there before the topics were said to be.
    let expected = try ["al", "a_l"].flatMap { try #require(try access.rules(for: Name($0))) }
    #expect(granter.calls.withLock { $0 } == [expected])
    _ = creator.ensure(topics("ldms.user.al.job.8", "ldms.user.al.rows", "ldms.router.dead-letter", "ldms.router.jobs"))
    #expect(granter.calls.withLock { $0 }.count == 1)
    _ = creator.ensure(topics("ldms.user.alice.rows"))
    #expect(granter.calls.withLock { $0 }.count == 2)
    try await eventually("the totals") { report.latest.granted == 3 }
    #expect(lines.all.isEmpty, "silent when all is well")
  }

  @Test func topicsNeverFailForPermissions() async throws {
    let granter = ScriptedGranter(answer: { rules, call throws(KafkaError) in
      if call < 3 { throw KafkaError(.timedOut, operation: "create ACLs") }
      return [:]
    })
    let granting = try granting(granter)
    let creator = GrantingTopicCreator(ReadyCreator(), access: granting, names: try TopicNames())
    #expect(try creator.ensure(topics("ldms.user.al.rows"))["ldms.user.al.rows"]?.get() == 1)
    #expect(granter.calls.withLock { $0 }.count == 1)
    // Another one does not wait for what is being retried.
    let began = ContinuousClock.now
    _ = creator.ensure(topics("ldms.user.bo.rows"))
    #expect(ContinuousClock.now - began < .seconds(5))
    try await eventually("rights that came later") { report.latest.granted == 2 }
    #expect(granter.calls.withLock { $0 }.count == 3)
    #expect(lines.all.count == 1)
    #expect(lines.all[0].contains("users cannot read their topics yet; retrying"))
    #expect(lines.all[0].contains("user=al"))
  }

  @Test func aRefusalIsReportedWithTheRemedyAndCounted() async throws {
    let granter = ScriptedGranter(answer: { rules, _ throws(KafkaError) in
      Dictionary(uniqueKeysWithValues: rules.filter { $0.principal == "User:a$" }.map { ($0, Self.refusal) })
    })
    let granting = try granting(granter)
    let creator = GrantingTopicCreator(ReadyCreator(), access: granting, names: try TopicNames())
    _ = creator.ensure(topics("ldms.user.al.rows", "ldms.user.a-24.rows"))
    try await eventually("the totals") { report.latest.refused == 1 }
    #expect(report.latest.granted == 1)
    #expect(lines.all.count == 1)
    #expect(
      lines.all[0].contains("error cannot grant users permission to read their topics; their rows are still routed"))
    #expect(lines.all[0].contains("user=a$ count=1"))
    #expect(lines.all[0].contains("router acl --user 'a$'"))
  }

  @Test func whatIsFoundOutIsWaitedForUntilTheBrokersAnswer() async throws {
    let granter = ScriptedGranter(survey: { call throws(KafkaError) in
      if call < 2 { throw KafkaError(.transport, operation: "ask") }
      return AccessSurvey(authority: .noAuthorizer, openness: .unseen(""))
    })
    let granting = try granting(granter, .required)
    #expect(granting.waitForSurvey(milliseconds: 1) == nil)
    let tried = granting.request([Name("early")])
    let survey = granting.waitForSurvey(milliseconds: 20000)
    #expect(survey?.objection?.problem.contains("no authorizer") == true)
    #expect(granter.surveys.withLock { $0 } == [true, true], "it may change something only where it is required")
    #expect(tried.wait(limit: 1, milliseconds: 20000)?.count == 1, "who came meanwhile is not forgotten")
    #expect(granter.calls.withLock { $0.count } == 1)
  }

  @Test(arguments: [
    (AccessSurvey(authority: .noAuthorizer, openness: .unseen("")), "acl: on, but the brokers have no authorizer"),
    (AccessSurvey(authority: .missing(refusal), openness: .unseen("")), "do not let the router create ACLs"),
    (AccessSurvey(authority: .unsupported, openness: .unseen("")), "these brokers do not support ACLs"),
    (AccessSurvey(authority: .granted, openness: .open), "allow everything that no ACL covers"),
    (AccessSurvey(authority: .granted, openness: .unseen("of fog")), "unknown whether"),
  ])
  func whereItIsUselessThatIsReportedAtTheStart(_ survey: AccessSurvey, _ words: String) async throws {
    let granter = ScriptedGranter(survey: { _ throws(KafkaError) in survey })
    let granting = try granting(granter)
    try await eventually("the warning") { !lines.all.isEmpty }
    #expect(granting.waitForSurvey(milliseconds: 10000) == survey)
    #expect(lines.all.count == 1)
    #expect(lines.all[0].contains("warning ") && lines.all[0].contains(words), "\(lines.all)")
    #expect(granter.surveys.withLock { $0 } == [false])
  }

  @Test func theThreadEndsWithTheMaker() async throws {
    weak var remains: ScriptedGranter?
    do {
      let granter = ScriptedGranter(answer: { _, _ throws(KafkaError) in
        throw KafkaError(.timedOut, operation: "create")
      })
      remains = granter
      let granting = try granting(granter)
      _ = granting.request([Name("al")])
      try await eventually("an attempt") { !granter.calls.withLock { $0.isEmpty } }
    }
    try await eventually("the end of the thread") { remains == nil }
  }
}
