import Testing

@testable import MetricRouter

@Suite struct InputHealthTests {
  @Test func brokersThatFallSilentAreNotedAfterFourSeconds() {
    var health = InputHealth(now: 1000)
    #expect(health.silence(now: 4999) == nil)
    #expect(health.silence(now: 5000) == 4000)
    health.answered(now: 6000)
    #expect(health.silence(now: 9999) == nil)
    health.failed("Connection refused")
    #expect(health.silence(now: 10000) == 4000)
    #expect(health.failure == "Connection refused")
    health.answered(now: 11000)
    #expect(health.silence(now: 11000) == nil)
    #expect(health.failure == nil)
  }

  @Test func anElectionIsNoTroubleUnlessItLasts() {
    var health = InputHealth(now: 0)
    health.heard(.leaderless, of: "meminfo", now: 0)
    health.heard(.leaderless, of: "meminfo", now: 4999)
    #expect(health.troubles.isEmpty)
    health.heard(.leaderless, of: "meminfo", now: 5000)
    #expect(health.troubles == ["meminfo": .leaderless])
    health.heard(nil, of: "meminfo", now: 6000)
    #expect(health.troubles.isEmpty)
    health.heard(.leaderless, of: "meminfo", now: 7000)
    #expect(health.troubles.isEmpty, "it began anew")
  }

  @Test func readinessNamesWhatCannotBeRead() {
    var snapshot = RouterStatus.Snapshot()
    snapshot.isMember = true
    var health = InputHealth(now: 0)
    for topic in ["a", "b", "c", "d", "e", "f", "g"] { health.heard(.refused, of: topic, now: 0) }
    health.heard(.missing, of: "vmstat", now: 0)
    snapshot.inputHealth = health
    func reasons(_ now: Int64) -> [String] {
      Readiness.reasons(snapshot, hangs: nil, isStopping: false, now: now)
    }
    let refused = "input topics cannot be read: READ permission is missing for a, b, c, d, e and 2 more"
    #expect(reasons(0) == [refused])
    #expect(Readiness.notes(snapshot) == ["input topics do not exist yet: vmstat"])
    #expect(reasons(7500) == ["no broker has answered for 7 s", refused])
    snapshot.inputHealth?.failed("Connection refused")
    #expect(reasons(7500)[0] == "no broker has answered for 7 s: Connection refused")
    // What the consumer found out counts whatever the topic's metadata say.
    snapshot.inputHealth = InputHealth(now: 0)
    snapshot.refusedInputs = ["loadavg"]
    #expect(reasons(0) == ["input topics cannot be read: READ permission is missing for loadavg"])
    #expect(reasons(9000)[0] == "no broker has answered since the router started")
  }

  /// A site has not stored its first row of some kind yet: the router does all the work that there is.
  @Test func aMissingInputIsANote() {
    var snapshot = RouterStatus.Snapshot()
    snapshot.isMember = true
    snapshot.inputHealth = InputHealth(now: 0)
    snapshot.inputHealth?.heard(.missing, of: "vmstat", now: 0)
    #expect(Readiness.reasons(snapshot, hangs: nil, isStopping: false, now: 0).isEmpty)
    #expect(Readiness.obstacles(snapshot, now: 0).isEmpty)
  }
}
