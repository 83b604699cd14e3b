import Kafka
import Naming
import Testing

@testable import MetricRouter

@Suite struct RoutingTopicAdmissionTests {
  private let alice = Name("alice")
  private let bob = Name("bob")

  private func admission(
    perMinute: Int = 100, perUser: Int = 10, users: Int = 100, jobs: Int = 100
  ) throws -> TopicAdmission {
    TopicAdmission(
      TopicAdmission.Limits(perMinute: perMinute, perUser: perUser, users: users, jobs: jobs),
      names: try TopicNames(prefix: "ldms"), now: 0)
  }

  private func job(_ number: Int, _ user: String = "alice") -> String { "ldms.user.\(user).job.\(number)" }

  @Test func aUserDoesNotUseUpWhatBelongsToOthers() throws {
    var admission = try admission(perUser: 3)
    admission.look([], asked: [], now: 0)
    let verdicts = (1...5).map { admission.decide(job($0), isJob: true, user: alice, now: 0) }
    #expect(verdicts.prefix(3).allSatisfy { $0 == .make })
    guard case .postpone(let why) = verdicts[3] else {
      Issue.record("\(verdicts)")
      return
    }
    #expect(why.contains("topics.new-per-user") && why.contains("alice"))
    #expect(admission.decide(job(1, "bob"), isJob: true, user: bob, now: 0) == .make)
    // It may be there by now. A third of the minute brings one more.
    #expect(admission.decide(job(9), isJob: true, user: alice, now: 10_000) == .look)
    #expect(admission.decide(job(9), isJob: true, user: alice, now: 20_001) == .make)
  }

  @Test func allTogetherHaveABudgetToo() throws {
    var admission = try admission(perMinute: 2)
    admission.look([], asked: [], now: 0)
    #expect(admission.decide("ldms.user.a.rows", isJob: false, user: Name("a"), now: 0) == .make)
    #expect(admission.decide("ldms.user.b.rows", isJob: false, user: Name("b"), now: 0) == .make)
    guard case .postpone(let why) = admission.decide("ldms.user.c.rows", isJob: false, user: Name("c"), now: 0) else {
      Issue.record("c should wait")
      return
    }
    #expect(why.contains("topics.new-per-minute"))
    #expect(admission.decide("ldms.user.c.rows", isJob: false, user: Name("c"), now: 15_000) == .look)
    #expect(admission.decide("ldms.user.c.rows", isJob: false, user: Name("c"), now: 30_001) == .make)
  }

  /// What is there costs nothing, also where that is found out only afterwards: a router that starts again finds all
  /// topics new.
  @Test func topicsThatExistCostNothing() throws {
    var admission = try admission(perUser: 2)
    #expect(admission.decide(job(1), isJob: true, user: alice, now: 0) == .make)
    #expect(admission.decide(job(2), isJob: true, user: alice, now: 0) == .make)
    #expect(admission.decide(job(3), isJob: true, user: alice, now: 0) == .look)
    admission.look(Set((1...50).map { job($0) }), asked: [(job(1), true), (job(2), true)], now: 1)
    for number in 3...50 { #expect(admission.decide(job(number), isJob: true, user: alice, now: 1) == .make) }
    #expect(admission.decide(job(51), isJob: true, user: alice, now: 1) == .make)
    #expect(admission.decide(job(52), isJob: true, user: alice, now: 1) == .make)
    guard case .postpone = admission.decide(job(53), isJob: true, user: alice, now: 1) else {
      Issue.record("two were paid for")
      return
    }
  }

  @Test func jobsAndUsersAreCountedByTheirTopics() throws {
    var admission = try admission(users: 2, jobs: 2)
    let there: Set = [job(1), job(2), "ldms.user.a.rows", "ldms.user.b.rows", "ldms.router.jobs", "meminfo"]
    admission.look(there, asked: [], now: 0)
    #expect(admission.userCount == 2 && admission.jobCount == 2 && !admission.hasRoom(forJobsBeside: 0))
    #expect(admission.knows(job(1)) && !admission.knows(job(3)))
    guard case .postpone(let why) = admission.decide("ldms.user.c.rows", isJob: false, user: Name("c"), now: 0) else {
      Issue.record("a third user")
      return
    }
    #expect(why.contains("topics.max-users"))
    #expect(admission.decide("ldms.user.a.rows", isJob: false, user: Name("a"), now: 0) == .make)
    // One has been deleted.
    admission.look(there.subtracting([job(1)]), asked: [], now: 11_000)
    #expect(admission.hasRoom(forJobsBeside: 0))
    admission.remove(job(2), isJob: true)
    admission.remove(job(2), isJob: true)
    #expect(admission.jobCount == 0)
  }

  @Test func withoutAnybodyToAskTheBudgetHolds() throws {
    var admission = try admission(perUser: 1)
    #expect(admission.decide(job(1), isJob: true, user: alice, now: 0) == .make)
    #expect(admission.decide(job(2), isJob: true, user: alice, now: 0) == .look)
    admission.cannotLook(now: 1)
    #expect(admission.decide(job(2), isJob: true, user: alice, now: 2) != .make)
    #expect(admission.decide(job(1), isJob: true, user: alice, now: 2) == .make)
  }
}
