import Naming
import Testing

@testable import Jobs
@testable import MetricRouter

/// Which state each job is in, and what is known of it.
@Suite struct JobLedgerTests {
  private static let start: Int64 = 1_795_497_251_000
  private let key = JobKey(user: Name("userA"), job: Name("101"))
  private var ledger = JobLedger(rules: JobRules(), instance: "r1", valueNames: ["loadavg/load1min"])
  private let names: TopicNames

  init() throws {
    names = try TopicNames()
  }

  /// Rows of a node, as this router counts them.
  private mutating func rows(_ node: String, at second: Int64, of key: JobKey? = nil, count: UInt64 = 1) {
    let time = Self.start + second * 1000
    let place = ledger.add(key ?? self.key)
    ledger.update(place) { share in
      let index = share.node(Name(node), first: time, seen: time, values: 1)
      share.nodes[index].last = max(share.nodes[index].last, time)
      share.nodes[index].seen = max(share.nodes[index].seen, time)
      if share.schemas.isEmpty { share.schemas.append(JobShare.Schema(name: "meminfo")) }
      share.schemas[0].rows += count
      share.schemas[0].bytes += count * 100
      return false
    }
  }

  private mutating func advance(to second: Int64?) { ledger.advance(to: second.map { Self.start + $0 * 1000 }) }

  private func job(_ key: JobKey? = nil) throws -> Job {
    let place = try #require(ledger.place(of: key ?? self.key))
    return try #require(ledger.job(at: place, names: names))
  }

  /// `active rows 0`: state, reason and second of each change.
  private func history(_ key: JobKey? = nil) throws -> [String] {
    try job(key).history.map { "\($0.state) \($0.reason.rawValue) \(($0.time - Self.start) / 1000)" }
  }

  @Test mutating func becomesSilentAndEndsForWantOfRows() throws {
    for second in 0...10 as ClosedRange<Int64> {
      rows("c1", at: second)
      advance(to: second)
    }
    for second in 11...90 as ClosedRange<Int64> { advance(to: second) }
    #expect(try history() == ["active rows 0", "silent no-rows 25", "ended no-rows 70"])
    let job = try job()
    #expect(job.ended == Self.start + 10000, "it ended with its last row")
    #expect(job.started == Self.start)
    #expect(job.rows == 11 && job.bytes == 1100)
    #expect(job.jobTopic == "ldms.user.userA.job.101")
  }

  @Test mutating func aGapBelowTheLimitChangesNothing() throws {
    for second in [0, 1, 2, 12, 13] as [Int64] {
      rows("c1", at: second)
      advance(to: second)
    }
    #expect(try history() == ["active rows 0"])
  }

  @Test mutating func comesBackFromSilenceAndFromItsEnd() throws {
    rows("c1", at: 0)
    advance(to: 0)
    advance(to: 20)
    rows("c1", at: 21)
    advance(to: 21)
    advance(to: 100)
    rows("c1", at: 101)
    advance(to: 101)
    #expect(
      try history() == [
        "active rows 0", "silent no-rows 15", "active rows 21", "silent no-rows 36", "ended no-rows 81",
        "active rows-again 101",
      ])
    #expect(try job().ended == nil)
  }

  @Test mutating func endsNothingWhereTheTimeIsNotKnown() throws {
    rows("c1", at: 0)
    advance(to: 0)
    for _ in 0..<10 { advance(to: nil) }
    #expect(try history() == ["active rows 0"])
  }

  @Test mutating func comesThroughItsStatesWhereTimeContinuesInLargeSteps() throws {
    rows("c1", at: 0)
    advance(to: 3600)
    #expect(try history() == ["active rows 0", "silent no-rows 15", "ended no-rows 60"])
    #expect(ledger.changes.after(0).changes.map(\.isStart) == [true, false, false])
  }

  @Test mutating func continuesFromTheLatestStateThatAnyRouterSaw() throws {
    let changes = [
      JobChange(time: Self.start, state: .active, reason: .rows),
      JobChange(time: Self.start + 25000, state: .silent, reason: .noRows),
      JobChange(time: Self.start + 70000, state: .ended, reason: .noRows),
    ]
    // One of them was gone before the end; in which order they are read is by chance.
    for order in [[2, 3], [3, 2]] {
      ledger = JobLedger(rules: JobRules(), instance: "r1", valueNames: [])
      for count in order {
        var share = JobShare(key: key, instance: "r\(count)")
        let seen = Self.start + 10000
        share.nodes = [
          JobShare.Node(
            name: Name("c1"), component: 1, first: Self.start, last: seen, seen: seen, values: [], ended: nil)
        ]
        share.history = Array(changes.prefix(count))
        ledger.merge(share, isEarlier: true)
      }
      advance(to: 100)
      #expect(try history() == ["active rows 0", "silent no-rows 25", "ended no-rows 70"])
      #expect(ledger.changes.last == 0, "nothing of it is news")
    }
  }

  @Test mutating func tellsOfJobsThatOthersSawFirst() throws {
    var share = JobShare(key: key, instance: "r2")
    share.nodes = [
      JobShare.Node(
        name: Name("c1"), component: 1, first: Self.start, last: Self.start, seen: Self.start, values: [], ended: nil)
    ]
    share.history = [JobChange(time: Self.start, state: .active, reason: .rows)]
    ledger.merge(share)
    advance(to: 1)
    #expect(ledger.changes.after(0).changes.map(\.isStart) == [true])
    #expect(try history() == ["active rows 0"])
  }

  @Test mutating func beginsWithItsFirstRowWhicheverIsReadFirst() throws {
    rows("c1", at: 3)
    advance(to: 3)
    ledger.update(ledger.add(key)) { share in
      share.nodes[0].first = Self.start
      return false
    }
    #expect(try history() == ["active rows 0"])
    #expect(try job().since == Self.start)
  }

  @Test mutating func oneSilentNodeOfSeveralIsMarkedOnly() throws {
    for second in 0...40 as ClosedRange<Int64> {
      rows("c1", at: second)
      if second < 10 { rows("c2", at: second) }
      advance(to: second)
    }
    let job = try job()
    #expect(job.state == .active)
    #expect(job.nodes.map(\.isSilent) == [false, true])
    #expect(job.silentNodes == 1)
  }

  @Test mutating func aNodeSharedByTwoUsersIsShownAsShared() throws {
    let other = JobKey(user: Name("userC"), job: Name("103"))
    rows("c1", at: 0)
    rows("c2", at: 0)
    rows("c1", at: 0, of: other)
    advance(to: 0)
    #expect(try job().nodes.map(\.sharedWith) == [[other], []])
    #expect(try job(other).nodes[0].sharedWith == [key])
    // The other one ends: then nobody shares any more.
    for second in 1...70 as ClosedRange<Int64> {
      rows("c1", at: second)
      advance(to: second)
    }
    #expect(try job(other).state == .ended)
    #expect(try job().isOnSharedNode == false)
  }

  @Test mutating func jobsThatFollowOneAnotherOnANodeDoNotShareIt() throws {
    let next = JobKey(user: Name("userB"), job: Name("102"))
    for second in 0...3 as ClosedRange<Int64> { rows("c1", at: second) }
    for second in 4...6 as ClosedRange<Int64> { rows("c1", at: second, of: next) }
    advance(to: 6)
    // The first is not known to have ended yet.
    #expect(try job().state == .active && job(next).state == .active)
    #expect(try !job().isOnSharedNode && !job(next).isOnSharedNode)
    rows("c1", at: 5)
    #expect(try job().nodes[0].sharedWith == [next] && job(next).nodes[0].sharedWith == [key])
  }

  @Test mutating func aRateIsUnknownUntilItHasBeenCounted() throws {
    rows("c1", at: 0, count: 5)
    advance(to: 0)
    #expect(try job().rowsPerSecond == nil)
    #expect(ledger.totals().rowsPerSecond == nil)
    ledger.takeRates(time: Self.start)
    ledger.takePoints(time: Self.start)
    #expect(try job().rowsPerSecond == nil && job().schemas[0].rowsPerSecond == nil)
    #expect(try job().series.rowsPerSecond[0].isNaN)
    rows("c1", at: 10, count: 50)
    advance(to: 10)
    ledger.takeRates(time: Self.start + 10_000)
    #expect(try job().rowsPerSecond == 5 && job().schemas[0].rowsPerSecond == 5)
    #expect(ledger.totals().rowsPerSecond == 5)
    // A silent job is known to have none, and of one that has ended there is nothing to be told.
    advance(to: 30)
    #expect(try job().state == .silent && job().rowsPerSecond == 0)
    advance(to: 90)
    #expect(try job().state == .ended && job().rowsPerSecond == nil && job().schemas[0].rowsPerSecond == nil)
    #expect(ledger.totals().rowsPerSecond == 0)
  }

  @Test mutating func slurmEndsAJobAtOnceAndRepeatsDoNothing() throws {
    rows("c1", at: 0)
    advance(to: 0)
    let place = try #require(ledger.place(of: key))
    for _ in 0..<3 {
      ledger.update(place) { share in
        share.slurm = SlurmJob()
        share.slurm?.started = Self.start - 5000
        share.slurm?.ended = Self.start + 2000
        share.isSlurmMessage = true
        return true
      }
      // Rows of its last seconds come late.
      rows("c1", at: 4)
      advance(to: 5)
    }
    #expect(try history() == ["active rows 0", "ended slurm-message 2"])
    #expect(try job().started == Self.start - 5000)
    // A requeued job keeps its id.
    rows("c1", at: 40)
    advance(to: 40)
    #expect(try history().last == "active rows-again 40")
  }

  @Test mutating func aJobThatSlurmRunsIsSilentButNotEndedForWantOfRows() throws {
    rows("c1", at: 0)
    ledger.update(ledger.add(key)) { share in
      share.slurm = SlurmJob()
      share.slurm?.started = Self.start
      share.isSlurmMessage = true
      return true
    }
    advance(to: 0)
    advance(to: 600)
    #expect(try job().state == .silent)
  }

  @Test mutating func rowsOfLDMSEndAJobWhenAllItsNodesHaveEnded() throws {
    rows("c1", at: 0)
    rows("c2", at: 0)
    advance(to: 0)
    func end(_ node: Int, _ ledger: inout JobLedger) {
      ledger.update(ledger.add(key)) { share in
        share.nodes[node].ended = Self.start + 3000
        return true
      }
    }
    end(0, &ledger)
    rows("c2", at: 3)
    advance(to: 3)
    #expect(try job().state == .active)
    end(1, &ledger)
    advance(to: 4)
    #expect(try history() == ["active rows 0", "ended slurm-row 3"])
  }

  @Test mutating func sharesOfSeveralRoutersAreOneJob() throws {
    rows("c1", at: 0, count: 3)
    var other = JobShare(key: key, instance: "r2")
    other.schemas = [
      JobShare.Schema(name: "meminfo", rows: 4, bytes: 400), JobShare.Schema(name: "vmstat", rows: 1, bytes: 9),
    ]
    other.nodes = [
      JobShare.Node(
        name: Name("c1"), component: 1, first: Self.start - 1000, last: Self.start + 5000, seen: Self.start + 5000,
        values: [0.5], ended: nil)
    ]
    ledger.merge(other)
    advance(to: 16)
    let job = try job()
    #expect(job.rows == 8 && job.bytes == 709)
    #expect(job.schemas.map(\.name) == ["meminfo", "vmstat"])
    #expect(job.nodes.count == 1 && job.firstRow == Self.start - 1000 && job.lastRow == Self.start + 5000)
    #expect(job.values == [0.5])
    #expect(job.state == .active, "the other router had rows later")
    ledger.remove(key, instance: "r2")
    #expect(try self.job().rows == 3)
  }

  @Test mutating func anEarlierRunOfThisRouterIsAddedToWhatItCounts() throws {
    rows("c1", at: 100, count: 2)
    var earlier = JobShare(key: key, instance: "r1")
    earlier.schemas = [JobShare.Schema(name: "meminfo", rows: 40, bytes: 4000)]
    earlier.history = [
      JobChange(time: Self.start, state: .active, reason: .rows),
      JobChange(time: Self.start + 30000, state: .silent, reason: .noRows),
    ]
    ledger.merge(earlier, isEarlier: true)
    advance(to: 100)
    #expect(try job().rows == 42)
    #expect(try history() == ["active rows 0", "silent no-rows 30", "active rows 100"])
  }

  @Test mutating func endedJobsAreForgottenAfterTheirTime() throws {
    rows("c1", at: 0)
    advance(to: 0)
    advance(to: 61)
    #expect(ledger.expired().isEmpty)
    advance(to: 86_400 + 70)
    let expired = ledger.expired()
    #expect(expired.count == 1)
    for place in expired { ledger.forget(place) }
    #expect(ledger.count == 0)
    #expect(ledger.places(ofNode: Name("c1")).isEmpty && ledger.places(ofNumber: 101).isEmpty)
  }

  @Test mutating func readersAreToldOfChangesByNumber() throws {
    rows("c1", at: 0)
    advance(to: 0)
    advance(to: 20)
    let all = ledger.changes.after(0)
    #expect(all.changes.map(\.change.state) == [.active, .silent] && all.isComplete)
    #expect(all.changes.map(\.isStart) == [true, false])
    #expect(ledger.changes.after(1).changes.map(\.number) == [2])
    #expect(ledger.changes.after(2).changes.isEmpty)
    #expect(ledger.changes.after(99).isComplete == false, "a number of another run")
  }

  @Test mutating func findsAndSorts() throws {
    for (user, job, rows) in [("bob", "9", 5), ("alice", "10", 7), ("alice", "2", 6), ("alice", "zeta", 1)] {
      self.rows("c\(job)", at: 0, of: JobKey(user: Name(user), job: Name(job)), count: UInt64(rows))
    }
    advance(to: 0)
    func find(_ query: JobQuery) -> [String] {
      ledger.find(query).compactMap { ledger[$0]?.key.job.text }
    }
    #expect(find(JobQuery()) == ["2", "10", "zeta", "9"], "numbers by number, before names")
    #expect(find(JobQuery(order: .rows)) == ["10", "2", "9", "zeta"])
    #expect(find(JobQuery(order: .rows, isReversed: true)) == ["zeta", "9", "2", "10"])
    #expect(find(JobQuery(user: Name("bob"))) == ["9"])
    #expect(find(JobQuery(node: Name("c10"))) == ["10"])
    #expect(find(JobQuery(text: "ALI")) == ["2", "10", "zeta"])
    #expect(find(JobQuery(states: [.ended])) == [])
    for order in JobQuery.Order.allCases { #expect(find(JobQuery(order: order)).count == 4) }
  }
}
