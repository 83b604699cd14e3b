import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Slurm's messages come through several topics and partitions, in any order, and some of them again.
@Suite struct SlurmOrderTests {
  private static let start: Int64 = 1_795_497_251_000
  private static let key = JobKey(user: Name("userA"), job: Name("701"))

  /// A message as `SlurmMessage` reads it; times in seconds.
  private static func message(
    _ kind: SlurmMessage.Kind, from began: Int64?, to ended: Int64? = nil, state: String? = nil,
    nodes: String? = "c[1-2]"
  ) -> SlurmMessage {
    var slurm = SlurmJob()
    slurm.name = "train"
    slurm.nodeList = nodes
    slurm.state = state
    slurm.started = began.map { start + $0 * 1000 }
    slurm.ended = ended.map { start + $0 * 1000 }
    return SlurmMessage(kind: kind, job: 701, user: Name("userA"), slurm: slurm)
  }

  /// A ledger that has come to a second.
  private static func ledger(at second: Int64 = 1000) -> JobLedger {
    var ledger = JobLedger(rules: JobRules(), instance: "r1", valueNames: [])
    ledger.advance(to: start + second * 1000)
    return ledger
  }

  private static func job(_ ledger: JobLedger) throws -> Job? {
    try ledger.place(of: key).flatMap { ledger.job(at: $0, names: try TopicNames()) }
  }

  /// What readers see of it, but for the states on the way.
  private static func shown(_ ledger: JobLedger) throws -> String {
    guard let job = try job(ledger) else { return "not shown" }
    let times = [job.started, job.ended].map { $0.map { "\(($0 - start) / 1000)" } ?? "-" }
    var ledger = ledger
    let owners = ledger.owners()
    let nodes = stride(from: -62, through: 90, by: 15).flatMap { second in
      (1...3).map { node in
        owners.find(701, component: nil, host: Name("c\(node)"), time: start + Int64(second) * 1000).word
      }
    }
    return "\(job.state) \(times) \(job.slurm.map { "\($0)" } ?? "") \(nodes)"
  }

  @Test func anEndThatIsReadBeforeItsStartIsTheEnd() throws {
    var ledger = Self.ledger()
    ledger.add(Self.message(.end, from: 10, to: 20, state: "COMPLETED"))
    ledger.advance(to: Self.start + 1_000_000)
    let ended = try #require(try Self.job(ledger))
    #expect(ended.history.map(\.state) == [.active, .ended])
    #expect(ended.history.map(\.reason) == [.slurmMessage, .slurmMessage])
    #expect(ended.started == Self.start + 10000 && ended.ended == Self.start + 20000)
    ledger.add(Self.message(.start, from: 10))
    ledger.advance(to: Self.start + 1_001_000)
    #expect(try Self.job(ledger)?.history == ended.history, "no ghost")
    // The same id runs again.
    ledger.add(Self.message(.start, from: 20))
    ledger.advance(to: Self.start + 1_002_000)
    #expect(try Self.job(ledger)?.ended == nil)
    #expect(try Self.job(ledger)?.state != .ended)
  }

  @Test func aJobOfOneSecondHasEnded() throws {
    for order in [[0, 1], [1, 0]] {
      var ledger = Self.ledger()
      let messages = [Self.message(.start, from: 10), Self.message(.end, from: 10, to: 10, state: "FAILED")]
      for index in order { ledger.add(messages[index]) }
      ledger.advance(to: Self.start + 1_000_000)
      #expect(try Self.job(ledger)?.state == .ended)
    }
  }

  @Test func aJobThatNeverRanIsNotShownUnlessItDid() throws {
    var ledger = Self.ledger()
    ledger.add(Self.message(.end, from: nil, to: 20, state: "CANCELLED", nodes: nil))
    ledger.lookAtHidden()
    #expect(try Self.shown(ledger) == "not shown")
    // It had run before it was requeued and cancelled: the start is read late.
    ledger.add(Self.message(.start, from: 5))
    ledger.advance(to: Self.start + 1_000_000)
    let job = try #require(try Self.job(ledger))
    #expect(job.state == .ended && job.started == Self.start + 5000 && job.ended == Self.start + 20000)
  }

  /// The job is not shown before its time, but its rows find whose they are.
  @Test func anEndIsKeptForTheRowsOfABacklog() throws {
    var ledger = Self.ledger(at: -7200)
    ledger.add(Self.message(.end, from: 10, to: 20, state: "COMPLETED", nodes: "c1"))
    #expect(try Self.shown(ledger) == "not shown")
    #expect(JobOwnersTests.fate(ledger.owners(), 701, host: "c1", at: Self.start / 1000 + 15) == "userA/701@c1")
    // Its rows come: it runs, by the rows' time.
    ledger.update(ledger.add(Self.key)) { share in
      _ = share.node(Name("c1"), first: Self.start - 7_200_000, seen: Self.start - 7_200_000, values: 0)
      return true
    }
    ledger.advance(to: Self.start - 7_190_000)
    #expect(try Self.job(ledger)?.state == .active)
    ledger.update(ledger.add(Self.key)) { share in
      (share.nodes[0].last, share.nodes[0].seen) = (Self.start + 19000, Self.start + 19000)
      return true
    }
    ledger.advance(to: Self.start + 19000)
    #expect(try Self.job(ledger)?.state == .ended)
    #expect(try Self.job(ledger)?.slurm?.state == "COMPLETED")
  }

  /// Rows of that time may still be read, and dead letters sent on their way again.
  @Test func whatEndedLongAgoIsNotShownButHasAnOwner() throws {
    var ledger = Self.ledger(at: 90000)
    ledger.add(Self.message(.end, from: 10, to: 20, state: "COMPLETED"))
    ledger.lookAtHidden()
    #expect(try Self.shown(ledger) == "not shown")
    #expect(ledger.hidden.isEmpty)
    #expect(JobOwnersTests.fate(ledger.owners(), 701, host: "c1", at: Self.start / 1000 + 15) == "userA/701@c1")
  }

  @Test func jobsWhoseTimeComesAreShownThen() throws {
    var ledger = JobLedger(rules: JobRules(), instance: "r1", valueNames: [])
    ledger.add(Self.message(.end, from: 10, to: 20, state: "COMPLETED"))
    ledger.lookAtHidden()
    #expect(try Self.shown(ledger) == "not shown", "what time it is nobody knows")
    ledger.advance(to: Self.start + 30000)
    ledger.lookAtHidden()
    ledger.advance(to: Self.start + 31000)
    #expect(try Self.job(ledger)?.state == .ended)
  }

  /// Messages of a job as Slurm writes them: some runs, each of which ends, is requeued or changes its nodes; some messages are
  /// missing, and of some there are two that differ.
  private static func messages(_ random: inout SeededGenerator) -> [SlurmMessage] {
    var messages: [SlurmMessage] = []
    var time = Int64.random(in: 0...5, using: &random)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let began = time
      messages.append(message(.start, from: began, nodes: "c\(Int.random(in: 1...3, using: &random))"))
      time += Int64.random(in: 0...3, using: &random)
      switch Int.random(in: 0...5, using: &random) {
      case 0: messages.append(message(.requeue, from: began, to: time, state: "PENDING", nodes: nil))
      case 1: messages.append(message(.end, from: nil, to: time, state: "CANCELLED", nodes: nil))
      case 2:
        messages.append(message(.resize, from: began, to: time, state: "RESIZING"))
        messages.append(message(.end, from: time, to: time + 2, state: "COMPLETED", nodes: "c1"))
        time += 2
      case 3: messages.append(message(.end, from: began, to: nil, state: "FAILED"))
      default:
        messages.append(message(.end, from: began, to: time, state: "COMPLETED"))
        messages.append(message(.end, from: began, to: time, state: "NODE_FAIL", nodes: "c2"))
      }
      time += Int64.random(in: 0...2, using: &random)
    }
    return messages.filter { _ in Int.random(in: 0...4, using: &random) > 0 }
  }

  @Test(arguments: 1...14) func anyOrderAndAnyRepetitionGivesTheSame(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<25 {
      let messages = Self.messages(&random)
      let now = Self.start + 100_000
      var expected = Self.ledger(at: 100)
      for message in messages { expected.add(message) }
      expected.advance(to: now)
      let shown = try Self.shown(expected)
      for _ in 0..<6 {
        var mixed = messages.shuffled(using: &random)
        mixed += mixed.filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
        var ledger = Self.ledger(at: 100)
        for message in mixed {
          // States may be looked at at any moment.
          if Int.random(in: 0...2, using: &random) == 0 { ledger.advance(to: now) }
          if Int.random(in: 0...4, using: &random) == 0 { ledger.lookAtHidden() }
          ledger.add(message)
        }
        ledger.advance(to: now)
        #expect(try Self.shown(ledger) == shown, "\(mixed)")
        // And through several routers.
        var other = JobLedger(rules: JobRules(), instance: "r2", valueNames: [])
        other.advance(to: now)
        for message in mixed.shuffled(using: &random) { other.add(message) }
        for place in ledger.entries.indices {
          for share in ledger[Int32(place)]?.shares ?? [] { other.merge(share) }
        }
        other.advance(to: now)
        #expect(try Self.shown(other) == shown, "\(mixed)")
      }
    }
  }

  /// Rows of slurm_sampler2 tell the whole list of a node's jobs each time, through any partition.
  @Test(arguments: 1...20) func rowsOfASamplerInAnyOrderGiveTheSame(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func row(_ state: SlurmRow.State, from began: Int64, to ended: Int64? = nil) -> SlurmRow {
      var row = SlurmRow(sampler: .mtSlurm2, job: 701)
      (row.user, row.name, row.state) = (Name("userA"), "train", state)
      (row.start, row.end) = (Self.start + began * 1000, ended.map { Self.start + $0 * 1000 })
      return row
    }
    var rows = [row(.starting, from: 0), row(.running, from: 0), row(.complete, from: 0, to: 5)]
    let isAgain = seed % 2 == 0
    if isAgain { rows += [row(.starting, from: 9), row(.running, from: 9)] }
    for _ in 0..<20 {
      var ledger = Self.ledger(at: 12)
      ledger.update(ledger.add(Self.key)) { share in
        _ = share.node(Name("c1"), first: Self.start, seen: Self.start + 12000, values: 0)
        return true
      }
      for row in rows.shuffled(using: &random) + rows.filter({ _ in Bool.random(using: &random) }) {
        ledger.add(row, from: Name("c1"))
      }
      ledger.advance(to: Self.start + 12000)
      let job = try #require(try Self.job(ledger))
      #expect(job.state == (isAgain ? .active : .ended))
      #expect(job.slurm?.state == (isAgain ? "RUNNING" : "COMPLETE"))
      #expect(job.started == Self.start + (isAgain ? 9000 : 0))
    }
  }

  @Test func whatIsToldOfJobsIsBounded() {
    var accounts = SlurmAccounts(limit: 100)
    for number in 1...1000 as ClosedRange<Int64> {
      var message = Self.message(.end, from: number, to: number + 1, state: "COMPLETED")
      message.job = UInt64(number)
      accounts.add(SlurmAccount(message))
      #expect(accounts.count <= 100)
    }
    #expect(accounts[JobKey(user: Name("userA"), job: Name("1000"))] != nil, "the latest are kept")
  }
}
