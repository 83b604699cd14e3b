import Glibc
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// What the index learns of owners, from which source, and how long it keeps it. Times are in seconds.
@Suite struct JobLedgerOwnersTests {
  private let index: JobIndex
  private var counts = JobCounts(valueCount: 0)
  private var merger = CounterMerger(columns: [])
  private var identities: [Identity] = []

  init() throws {
    index = JobIndex(rules: JobRules(), instance: "r1", valueNames: [], names: try TopicNames())
    _ = counts.tallies.schema(named: "meminfo")
    counts.addPartition()
  }

  private func fate(_ number: UInt64, host: String? = nil, at second: Int64) -> String {
    JobOwnersTests.fate(index.edit { $0.owners() }, number, host: host, at: second)
  }

  private static func message(
    _ kind: SlurmMessage.Kind, _ user: String = "alice", job: UInt64 = 701, from: Int64?, to: Int64? = nil,
    on nodes: String? = "c1"
  ) -> SlurmMessage {
    var slurm = SlurmJob()
    slurm.nodeList = nodes
    (slurm.started, slurm.ended) = (from.map { $0 * 1000 }, to.map { $0 * 1000 })
    if kind == .end { slurm.state = "COMPLETED" }
    return SlurmMessage(kind: kind, job: job, user: Name(user), slurm: slurm)
  }

  private static func row(
    job: UInt64 = 701, host: String? = "c1", start: Int64? = nil, end: Int64? = nil, at second: Int64
  ) -> OwnerRow {
    OwnerRow(
      job: job, user: .number(1), host: host.map { Name($0) }, component: 7, start: start.map { $0 * 1000 },
      end: end.map { $0 * 1000 }, time: second * 1000, saysTimes: start != nil)
  }

  private mutating func count(_ identity: Identity, at seconds: [Int64]) {
    if !identities.contains(identity) {
      identities.append(identity)
      counts.tallies.addRoute(component: nil)
    }
    let route = Int32(identities.firstIndex(of: identity)!)
    for second in seconds { counts.count(route: route, schema: 0, slot: 0, bytes: 9, time: second * 1000, delay: 0) }
    merger.add(
      JobFeed.Handover(
        generation: counts.generation, tallies: counts.tallies,
        newRoutes: Array(identities[counts.handedOver...]), time: nil, isBehind: false, partitions: [], assigned: 0),
      to: index)
    counts.handedOver = identities.count
  }

  // MARK: - Rows that name their user

  @Test mutating func rowsThatNameTheirUserSayWhoseTheNumberIs() {
    let reading = ProducerReading(user: Name("alice"), job: Name("701"), node: Name("c1"))
    count(Identity(reading, producer: Name("alice:701:c1"), jobID: nil), at: [1000, 1030, 1060])
    for (second, expected) in [(939, "unknown"), (940, "alice/701@c1"), (1120, "alice/701@c1"), (1121, "unknown")]
      as [(Int64, String)]
    {
      #expect(fate(701, host: "c1", at: second) == expected)
    }
    #expect(fate(701, host: "c2", at: 1030) == "unknown")
    // There was a gap, in which the number may have been another's.
    count(identities[0], at: [2000, 2001])
    #expect(fate(701, host: "c1", at: 1060) == "alice/701@c1")
    #expect(fate(701, host: "c1", at: 1500) == "unknown")
    #expect(fate(701, host: "c1", at: 2050) == "alice/701@c1")
  }

  /// Otherwise each row would be the reason to believe the next one.
  @Test mutating func rowsThatWereRoutedByTheirNumberSayNothing() {
    index.edit { $0.add(Self.message(.end, from: 1000, to: 1100)) }
    count(Identity(user: Name("alice"), job: 701, node: Name("c1")), at: [1050, 1100, 1150])
    #expect(fate(701, host: "c1", at: 1160) == "alice/701@c1")
    #expect(fate(701, host: "c1", at: 1161) == "unknown")
    count(identities[0], at: [1200, 1250])
    #expect(fate(701, host: "c1", at: 1250) == "unknown")
  }

  // MARK: - Slurm's messages

  @Test func aJobThatHasEndedIsKnownToABacklog() {
    index.edit { ledger in
      ledger.advance(to: 5_000_000)
      for number in 1...50 as ClosedRange<UInt64> {
        ledger.add(Self.message(.start, job: number, from: Int64(number) * 10))
        ledger.add(Self.message(.end, job: number, from: Int64(number) * 10, to: Int64(number) * 10 + 5))
      }
      ledger.lookAtHidden()
    }
    for number in 1...50 as ClosedRange<UInt64> {
      #expect(fate(number, host: "c1", at: Int64(number) * 10 + 1) == "alice/\(number)@c1")
    }
  }

  @Test func allRunsOfANumberAreKept() {
    index.edit { ledger in
      ledger.add(Self.message(.end, from: 1000, to: 1100))
      ledger.add(Self.message(.start, from: 5000, on: "c2"))
      ledger.add(Self.message(.requeue, from: 5000, to: 5100, on: "c2"))
      ledger.add(Self.message(.end, "bob", from: 3000, to: 3100))
      ledger.add(Self.message(.start, from: 7000, on: "c3"))
    }
    for (host, second, expected) in [
      ("c1", 1050, "alice/701@c1"), ("c1", 3050, "bob/701@c1"), ("c2", 5050, "alice/701@c2"), ("c1", 5050, "unknown"),
      ("c2", 6000, "unknown"), ("c3", 6930, "unknown"), ("c3", 9000, "alice/701@c3"),
    ] as [(String, Int64, String)] { #expect(fate(701, host: host, at: second) == expected, "\(host) \(second)") }
  }

  @Test func aJobThatIsForgottenStillHasAnOwner() {
    index.edit { ledger in
      ledger.add(Self.message(.end, from: 1000, to: 1100))
      ledger.add(Self.row(job: 702, host: "c2", start: 1000, end: 1100, at: 1100), of: Name("bob"))
      ledger.advance(to: 1_200_000)
      ledger.lookAtHidden()
      ledger.advance(to: 200_000_000)
      let forgotten = ledger.forgetExpired()
      #expect(forgotten.count == 2 && ledger.count == 0)
    }
    #expect(fate(701, host: "c1", at: 1050) == "alice/701@c1")
    #expect(fate(702, host: "c2", at: 1050) == "bob/702@c2")
  }

  @Test func whatEndedBeforeTheRowsIsForgottenFirst() {
    var accounts = SlurmAccounts(limit: 100)
    accounts.rowsRead = 30_500
    for number in 1...100 as ClosedRange<UInt64> {
      accounts.add(SlurmAccount(Self.message(.end, job: number, from: Int64(number), to: Int64(number))))
    }
    accounts.add(SlurmAccount(Self.message(.end, job: 101, from: 101, to: 101)))
    #expect(Set(accounts.takeForgotten()).count == 30 && accounts.count == 71)
    #expect(accounts.takeForgotten().isEmpty)
  }

  // MARK: - Rows of authorities

  @Test func aRowOfAnAuthorityMakesAJobKnown() throws {
    _ = index.edit { $0.add(Self.row(start: 1000, at: 1001), of: Name("alice")) }
    #expect(fate(701, host: "c1", at: 2000) == "alice/701@c1")
    index.edit { $0.advance(to: 1_001_000) }
    var job = try #require(index.jobs(Name("701")).jobs.first)
    #expect(job.state == .active && job.nodes.map(\.node) == [Name("c1")] && job.started == 1_000_000)
    // Its number is the node's, for rows that name no host.
    #expect(JobOwnersTests.fate(index.edit { $0.owners() }, 701, component: 7, at: 2000) == "alice/701@c1")
    index.edit { $0.advance(to: 1_020_000) }
    job = try #require(index.jobs(Name("701")).jobs.first)
    #expect(job.state == .silent, "no rows of it come")
    index.edit { ledger in
      ledger.add(Self.row(start: 1000, end: 1030, at: 1050), of: Name("alice"))
      ledger.advance(to: 1_050_000)
    }
    job = try #require(index.jobs(Name("701")).jobs.first)
    #expect(job.state == .ended && job.reason == .slurmRow && job.ended == 1_030_000)
    #expect(fate(701, host: "c1", at: 1090) == "alice/701@c1" && fate(701, host: "c1", at: 1091) == "unknown")
  }

  @Test func rowsThatSayNoTimesGoOnWhileTheyCome() {
    for second in stride(from: 1000, through: 1300, by: 3) as StrideThrough<Int64> {
      _ = index.edit { $0.add(Self.row(host: nil, at: second), of: Name("alice")) }
    }
    #expect(fate(701, host: "c9", at: 1150) == "alice/701@c9")
    #expect(fate(701, at: 1360) == "alice/701@-" && fate(701, at: 1361) == "unknown")
    #expect(index.edit { ledger in ledger.claims(of: JobKey(user: Name("alice"), job: Name("701"))).count } == 1)
  }

  // MARK: - Shares

  @Test func whatIsPublishedIsKnownToOthers() throws {
    index.edit { ledger in
      ledger.add(Self.message(.end, from: 1000, to: 1100, on: "c[1-3]"))
      ledger.add(Self.message(.start, from: 5000, on: "c2"))
      ledger.add(Self.row(job: 702, start: 1000, at: 1001), of: Name("bob"))
      ledger.add(Self.row(job: 703, host: nil, at: 1001), of: Name("carol"))
    }
    let other = JobIndex(rules: JobRules(), instance: "r2", valueNames: [], names: try TopicNames())
    for message in index.takeUnpublished(limit: .max) {
      guard case .job(let key, let instance)? = JobIndexKey(Array(message.key.utf8)), let value = message.value else {
        Issue.record("\(message.key)")
        continue
      }
      let share = try JobShare(message: value, key: key, instance: instance, valueNames: [])
      other.edit { $0.merge(share, isEarlier: true) }
    }
    let owners = other.edit { $0.owners() }
    for (number, host, second, expected) in [
      (701, "c3", 1050, "alice/701@c3"), (701, "c4", 1050, "unknown"), (701, "c2", 9000, "alice/701@c2"),
      (702, "c1", 2000, "bob/702@c1"), (703, "c9", 1001, "carol/703@c9"), (703, "c9", 1100, "unknown"),
    ] as [(UInt64, String, Int64, String)] {
      #expect(JobOwnersTests.fate(owners, number, host: host, at: second) == expected)
    }
  }

  @Test func whatAnEarlierRouterPublishedIsAClaim() throws {
    let message = """
      {"user":"alice","job":"701","router":"r1","schemas":[],"nodes":[],"history":[],"slurm":{"message":true,"node_list":"c[1-2]",\
      "state":"COMPLETED","started":1000000,"ended":1100000}}
      """
    let key = JobKey(user: Name("alice"), job: Name("701"))
    let share = try JobShare(message: Array(message.utf8), key: key, instance: "r1", valueNames: [])
    index.edit { $0.merge(share, isEarlier: true) }
    #expect(fate(701, host: "c2", at: 1050) == "alice/701@c2")
    #expect(fate(701, host: "c3", at: 1050) == "unknown" && fate(701, host: "c2", at: 1200) == "unknown")
  }

  // MARK: - Speed

  /// What the work costs this thread: others may be using the processors.
  private static func processorTime(_ work: () -> Void) -> Duration {
    func now() -> Duration {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let began = now()
    work()
    return now() - began
  }

  /// A snapshot is made twice a second, whatever there is.
  @Test func aSnapshotOfManyJobsIsMadeQuickly() {
    for number in 1...10_000 as ClosedRange<UInt64> {
      index.edit {
        $0.add(
          Self.message(
            .start, "user\(number % 100)", job: number, from: 1000, on: "c[\(number % 500)-\(number % 500 + 3)]"))
      }
    }
    let first = Self.processorTime { _ = index.edit { $0.owners() } }
    let kept = index.edit { $0.owners() }
    var slowest = Duration.zero
    for step in 0..<20 as Range<UInt64> {
      index.edit { ledger in
        for number in 0..<10 as Range<UInt64> {
          ledger.add(Self.message(.start, job: 20_000 + step * 10 + number, from: 1000))
        }
      }
      slowest = max(slowest, Self.processorTime { _ = index.edit { $0.owners() } })
    }
    #expect(kept.counts.numbers == 10_000)
    // Debug builds are slower by a factor of ten.
    #expect(slowest < .milliseconds(200) && first < .seconds(10), "first \(first), then \(slowest)")
  }
}
