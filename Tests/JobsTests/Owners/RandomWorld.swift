import Naming
import TestSupport

@testable import Jobs
@testable import MetricRouter

/// A cluster by itself, and what is told of it: jobs on nodes, some of which they share; clocks that are wrong by up to 3 s; messages
/// that come late, twice, in another order or never; and numbers that are used again.
///
/// It knows the truth, and says what a row's fate has to be; it shares no code with what it judges. Times are in milliseconds of
/// the controller's clock.
struct RandomWorld {
  struct Job {
    var user: String
    var number: UInt64
    var nodes: [Int]
    var start: Int64
    var end: Int64
    /// By node: when the authority's rows of its beginning and its end come, if they do.
    var startTold: Int64 = .max
    var endTold: Int64 = .max
    var rowsTold: [Int: Int64] = [:]
    var rowEndsTold: [Int: Int64] = [:]
    /// When a source comes that names somebody else.
    var lieTold: Int64 = .max

    var slurmStart: Int64 { start / 1000 * 1000 }
    var slurmEnd: Int64 { end / 1000 * 1000 }
  }

  struct Row {
    var node: Int
    var number: UInt64
    /// When it was made, and what its node's clock said then.
    var made: Int64
    var time: Int64
    /// When it is read.
    var read: Int64
  }

  enum Told {
    case message(SlurmMessage)
    case row(OwnerRow, user: String)
  }

  struct Event {
    var time: Int64
    var what: Told
  }

  /// What a site has.
  struct Site {
    /// Messages of Slurm's, rows that tell times, rows that tell that a job is there.
    var hasMessages = true
    var hasRows = false
    var hasSeen = false
    var namesHosts = true
    var sharesNodes = false
    var asksByNode = false
    var hasNumbers = true
    var losesMessages = false
    var hasLies = false
    /// Rows are read when everything has happened.
    var isBacklog = false
  }

  static let users = ["alice", "bob", "carol"]
  static let begin: Int64 = 1_796_000_000_000
  /// By so much messages are late.
  static let lateness: Int64 = 4000

  let site: Site
  private(set) var jobs: [Job] = []
  private(set) var rows: [Row] = []
  private(set) var events: [Event] = []
  let clocks: [Int64]
  private(set) var end = RandomWorld.begin

  static func host(_ node: Int) -> Name { Name("c\(node)") }

  init(_ site: Site, _ random: inout SeededGenerator) {
    self.site = site
    clocks = (0..<Int.random(in: 2...4, using: &random)).map { _ in Int64.random(in: -3000...3000, using: &random) }
    makeJobs(&random)
    tell(&random)
    makeRows(&random)
    events.sort { $0.time < $1.time }
    rows.sort { $0.read < $1.read }
  }

  private mutating func makeJobs(_ random: inout SeededGenerator) {
    var free = clocks.map { _ in Self.begin }
    var time = Self.begin + 10_000
    var next: UInt64 = 701
    for _ in 0..<Int.random(in: 4...9, using: &random) {
      time += Int64.random(in: 0...60_000, using: &random)
      let count = Int.random(in: 1...2, using: &random)
      let nodes = Array(clocks.indices.shuffled(using: &random).prefix(count)).sorted()
      var start = time
      if !site.sharesNodes || Bool.random(using: &random) {
        // As a rule a node is free for a moment, but not always.
        start = max(start, nodes.map { free[$0] }.max()! + [0, 300, 5000].randomElement(using: &random)!)
      }
      let ended = start + Int64.random(in: 2000...150_000, using: &random)
      // Not within three minutes, and never while it is in use.
      let old = jobs.filter { $0.end + 185_000 < start }.map(\.number)
        .filter { number in jobs.allSatisfy { $0.number != number || $0.end + 185_000 < start } }
      var number = next
      if let again = old.randomElement(using: &random), Bool.random(using: &random) {
        number = again
      } else {
        next += 1
      }
      jobs.append(
        Job(user: Self.users.randomElement(using: &random)!, number: number, nodes: nodes, start: start, end: ended))
      for node in nodes { free[node] = max(free[node], ended) }
    }
    end = jobs.map(\.end).max()! + 70_000
  }

  // MARK: - What is told

  private mutating func tell(_ random: inout SeededGenerator) {
    for index in jobs.indices {
      let job = jobs[index]
      let isReused = jobs.contains { $0.number == job.number && $0.start > job.start }
      func isLost(_ random: inout SeededGenerator, mayBe: Bool = true) -> Bool {
        site.losesMessages && mayBe && Int.random(in: 0...4, using: &random) == 0
      }
      if site.hasMessages {
        if !isLost(&random) { tellStart(index, &random) }
        // A number of which nobody is told that it is free cannot be known to be another's.
        if !isLost(&random, mayBe: !isReused) { tellEnd(index, &random) }
      }
      for node in job.nodes where site.hasRows || site.hasSeen {
        tellRows(index, node, loses: isLost(&random), &random)
      }
      if site.hasLies, Int.random(in: 0...3, using: &random) == 0, let told = firstWord(jobs[index]),
        told < job.end - 1000
      {
        tellLie(index, after: told, &random)
      }
    }
  }

  private func message(_ job: Job, _ kind: SlurmMessage.Kind) -> SlurmMessage {
    var slurm = SlurmJob()
    slurm.nodeList = job.nodes.map { Self.host($0).text }.joined(separator: ",")
    slurm.started = job.slurmStart
    if kind == .end { (slurm.ended, slurm.state) = (job.slurmEnd, "COMPLETED") }
    return SlurmMessage(kind: kind, job: job.number, user: Name(job.user), slurm: slurm)
  }

  private mutating func add(_ told: Told, at time: Int64, _ random: inout SeededGenerator) {
    events.append(Event(time: time, what: told))
    if Int.random(in: 0...4, using: &random) == 0 {
      events.append(Event(time: time + Int64.random(in: 0...200_000, using: &random), what: told))
    }
  }

  private mutating func tellStart(_ index: Int, _ random: inout SeededGenerator) {
    let time = jobs[index].start + Int64.random(in: 0...Self.lateness, using: &random)
    jobs[index].startTold = time
    add(.message(message(jobs[index], .start)), at: time, &random)
  }

  private mutating func tellEnd(_ index: Int, _ random: inout SeededGenerator) {
    let time = jobs[index].end + Int64.random(in: 0...Self.lateness, using: &random)
    jobs[index].endTold = time
    add(.message(message(jobs[index], .end)), at: time, &random)
  }

  private mutating func tellRows(_ index: Int, _ node: Int, loses: Bool, _ random: inout SeededGenerator) {
    let job = jobs[index]
    func row(_ time: Int64) -> OwnerRow {
      OwnerRow(
        job: job.number, user: .number(1), host: site.namesHosts ? Self.host(node) : nil,
        component: site.namesHosts ? UInt64(node + 1) : nil, time: time + clocks[node])
    }
    if site.hasRows {
      let start = (job.start + clocks[node]) / 1000 * 1000
      var first = row(job.start)
      (first.start, first.saysTimes) = (start, true)
      if !loses {
        let time = job.start + Int64.random(in: 0...1000, using: &random)
        jobs[index].rowsTold[node] = time
        add(.row(first, user: job.user), at: time, &random)
      }
      var last = row(job.end)
      (last.start, last.end, last.saysTimes) = (start, max(start, (job.end + clocks[node]) / 1000 * 1000), true)
      let time = job.end + Int64.random(in: 0...1000, using: &random)
      if loses { jobs[index].rowsTold[node] = time }
      jobs[index].rowEndsTold[node] = time
      add(.row(last, user: job.user), at: time, &random)
    } else {
      var time = job.start
      while time < job.end {
        let told = time + Int64.random(in: 0...1000, using: &random)
        jobs[index].rowsTold[node] = min(jobs[index].rowsTold[node] ?? .max, told)
        events.append(Event(time: told, what: .row(row(time), user: job.user)))
        time += 3000
      }
    }
  }

  private mutating func tellLie(_ index: Int, after told: Int64, _ random: inout SeededGenerator) {
    let job = jobs[index]
    let liar = Self.users.filter { $0 != job.user }.randomElement(using: &random)!
    let time = Int64.random(in: told...job.end, using: &random)
    var row = OwnerRow(job: job.number, user: .number(2), host: Self.host(job.nodes[0]), time: time)
    (row.start, row.saysTimes) = (job.slurmStart, true)
    jobs[index].lieTold = time
    events.append(Event(time: time, what: .row(row, user: liar)))
    // It ends, or the number would never be anybody's again.
    row.end = job.slurmEnd
    events.append(Event(time: job.end, what: .row(row, user: liar)))
  }

  /// When the first true word about a job comes that holds on all of its nodes.
  private func firstWord(_ job: Job) -> Int64? {
    let slurm = min(job.startTold, job.endTold)
    guard slurm == .max else { return slurm }
    let rows = job.nodes.map { job.rowsTold[$0] ?? .max }.max()!
    return rows == .max ? nil : rows
  }

  // MARK: - Rows

  private mutating func makeRows(_ random: inout SeededGenerator) {
    for node in clocks.indices {
      var made = Self.begin
      while made < end {
        made += Int64.random(in: 500...9000, using: &random)
        var read = made + Int64.random(in: 0...2000, using: &random)
        if site.isBacklog { read = end + Int64.random(in: 0...50_000, using: &random) }
        rows.append(
          Row(node: node, number: number(on: node, at: made), made: made, time: made + clocks[node], read: read))
      }
    }
  }

  private func running(on node: Int, at time: Int64) -> [Job] {
    jobs.filter { $0.nodes.contains(node) && $0.start <= time && time < $0.end }
  }

  /// What LDMS writes: the number of the last job that came, and 0 once that has ended.
  private func number(on node: Int, at time: Int64) -> UInt64 {
    guard site.hasNumbers else { return 0 }
    let last = jobs.filter { $0.nodes.contains(node) && $0.start <= time }.max { $0.start < $1.start }
    return last.map { time < $0.end ? $0.number : 0 } ?? 0
  }

  // MARK: - The judge

  /// What is wrong with giving a row to a user's job; `nil` where that is right.
  func fault(in row: Row, user: Name, number: UInt64, decided: Int64) -> String? {
    let there = running(on: row.node, at: row.made)
    // By node, a row is judged by its own time: its node's clock may have it in the seconds before a job began or after it
    // ended, as long as no other user is there.
    if row.number == 0, there.allSatisfy({ $0.user == user.text }),
      jobs.contains(where: {
        $0.user == user.text && $0.number == number && $0.nodes.contains(row.node) && $0.start - 3000 <= row.made
          && row.made <= $0.end + 3000
      })
    {
      return nil
    }
    guard there.contains(where: { $0.user == user.text && $0.number == number }) else {
      return "the job is not there: \(there)"
    }
    guard row.number != 0 else {
      return there.allSatisfy { $0.user == user.text } ? nil : "others are there, too: \(there)"
    }
    if site.sharesNodes || site.asksByNode, row.number == number, let job = there.first(where: { $0.number == number })
    {
      // Others of whom it had been told.
      let others = there.filter { $0.user != job.user && isTold($0, on: row.node, by: decided - 500) }
      // Seconds are cut off; and who is told to be gone need not be.
      for other in others where min(job.end, other.end) - max(job.start, other.start) > 8000 {
        if row.made > max(job.start, other.start) + 4000, row.made < min(job.end, other.end) - 4000 {
          return "shared with \(other)"
        }
      }
    }
    return nil
  }

  private func isTold(_ job: Job, on node: Int, by time: Int64) -> Bool {
    min(job.startTold, job.endTold) <= time || site.namesHosts && job.rowsTold[node] ?? .max <= time
  }

  /// Whose a row is that can be decided by what is told until then; `nil` where it need not be anybody's.
  func required(_ row: Row, until deadline: Int64) -> (user: String, number: UInt64)? {
    let there = running(on: row.node, at: row.made)
    if row.number == 0 {
      guard site.asksByNode, !site.losesMessages, there.count == 1 else { return nil }
      let job = there[0]
      // Whoever is near, by wrong clocks and cut seconds, may be meant.
      let near = jobs.filter {
        $0.nodes.contains(row.node) && $0.start - 10_000 < row.made && row.made < $0.end + 10_000
      }
      guard near.count == 1, row.made > job.start + 4000, row.made < job.end - 5000 else { return nil }
      return (job.user, job.number)
    }
    guard let job = there.first(where: { $0.number == row.number }), job.lieTold == .max else { return nil }
    let isSlurm = min(job.startTold, job.endTold) <= deadline
    let isRow = job.rowsTold.contains { (site.namesHosts ? $0.key == row.node : true) && $0.value <= deadline }
    guard isSlurm || isRow else { return nil }
    // Of claims that name no host nobody knows who shares it.
    guard site.namesHosts else { return (job.user, job.number) }
    if jobs.contains(where: { $0.lieTold < .max && $0.nodes.contains(row.node) }) { return nil }
    for other in jobs where other.user != job.user && other.nodes.contains(row.node) {
      // It is far away in time, whatever clocks say, and known to be.
      let isFar = row.made < other.start - 15_000 || row.made > other.end + 15_000 && isEndKnown(other, on: row.node)
      if isFar { continue }
      // One follows the other on the node, and the end of the first is told soon: clearly, where sources have clocks of their own.
      let (first, next) = other.start < job.start ? (other, job) : (job, other)
      let margin: Int64 = site.hasRows || site.hasSeen ? 8 : 0
      guard first.end / 1000 + margin <= next.start / 1000, isEndKnown(first, on: row.node),
        isEndKnown(next, on: row.node)
      else { return nil }
    }
    return (job.user, job.number)
  }

  private func isEndKnown(_ job: Job, on node: Int) -> Bool {
    job.endTold < .max || !site.hasMessages && (site.hasSeen || job.rowEndsTold[node] ?? .max < .max)
  }
}
