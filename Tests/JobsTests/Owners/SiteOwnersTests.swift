import Decomp
import Foundation
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Captured rows of sites whose samplers are called after their hosts: whose each is, against what really ran where.
@Suite struct SiteOwnersTests {
  private struct Job {
    var user: String
    var number: UInt64
    var nodes: [String]
    var start: Int64
    var end: Int64 = .max
  }

  private struct Row {
    var topic: String
    var stored: Int64
    var payload: [UInt8]
    var time: Int64
    var host: String
    var number: UInt64
    var tellsOfJobs: Bool
  }

  /// What the index learns from, and whether all of it is there before the first row is looked at.
  private struct Way: CustomStringConvertible {
    var usesMessages: Bool
    var usesRows: Bool
    var isBacklog: Bool
    var asksByNode = false

    var description: String {
      "messages \(usesMessages), rows \(usesRows), backlog \(isBacklog), by node \(asksByNode)"
    }
  }

  private static let ways = [
    Way(usesMessages: true, usesRows: false, isBacklog: false),
    Way(usesMessages: true, usesRows: false, isBacklog: true),
    Way(usesMessages: false, usesRows: true, isBacklog: false),
    Way(usesMessages: false, usesRows: true, isBacklog: true),
    Way(usesMessages: true, usesRows: true, isBacklog: false),
    Way(usesMessages: true, usesRows: false, isBacklog: false, asksByNode: true),
    Way(usesMessages: true, usesRows: false, isBacklog: true, asksByNode: true),
  ]

  private static func file(_ site: String, _ name: String) -> URL {
    Repository.fixtures.appending(path: "sites").appending(path: site).appending(path: name)
  }

  private static func jobs(_ site: String) throws -> [Job] {
    var jobs: [Job] = []
    for line in try String(contentsOf: file(site, "timeline.tsv"), encoding: .utf8).split(separator: "\n") {
      guard let found = line.firstMatch(of: /^([0-9.]+)\t(start|end): job ([0-9]+) of (\S+) on (\S+)/) else { continue }
      let time = Int64((Double(found.output.1) ?? 0) * 1000)
      let number = UInt64(found.output.3) ?? 0
      if found.output.2 == "start" {
        jobs.append(
          Job(
            user: String(found.output.4), number: number,
            nodes: found.output.5.split(separator: ",").map(String.init), start: time))
      } else if let index = jobs.firstIndex(where: { $0.number == number }) {
        jobs[index].end = time
      }
    }
    return jobs
  }

  private static func rows(_ site: String) async throws -> [Row] {
    let names = try FileManager.default.contentsOfDirectory(atPath: file(site, "").path).filter {
      $0.hasSuffix(".jsonl.gz")
    }.sorted()
    let paths = ["index.tsv.gz"] + names
    let unpacked = try await RunningProcess.run("gzip", ["-dc"] + paths.map { file(site, $0).path })
    var lines = unpacked.output.split(separator: UInt8(ascii: "\n"))[...]
    let index = lines.prefix { $0.first != UInt8(ascii: "{") }.dropFirst().map {
      String(decoding: $0, as: UTF8.self).split(separator: "\t").map(String.init)
    }
    lines = lines.dropFirst(index.count + 1)
    var rows: [Row] = []
    for name in names {
      let topic = String(name.dropLast(9))
      for line in index where line[0] == topic {
        guard let payload = lines.popFirst(), payload.count == Int(line[7]) else { break }
        let json = try JSONReading(Array(payload))
        rows.append(
          Row(
            topic: topic, stored: Int64(line[5]) ?? 0, payload: Array(payload),
            time: Int64((json["timestamp"]?.number ?? 0) * 1000), host: json["hostname"]?.string ?? "",
            number: UInt64(json["job_id"]?.integer ?? 0),
            tellsOfJobs: json["job_uid"] != nil || json["task_pid"] != nil))
      }
    }
    return rows.sorted { $0.stored < $1.stored }
  }

  private static func messages(_ site: String) throws -> [(time: Int64, message: SlurmMessage)] {
    let times = try String(contentsOf: file(site, "slurm.jobs.times"), encoding: .utf8).split(separator: "\n")
    let texts = try String(contentsOf: file(site, "slurm.jobs.jsonl"), encoding: .utf8).split(separator: "\n")
    return try zip(times, texts).map { (Int64((Double($0) ?? 0) * 1000), try SlurmMessage.read(Array($1.utf8)).get()) }
  }

  @Test(arguments: ["always_on", "hazard", "one_topic"], ways.indices)
  func rowsGoToTheUsersOfTheirJobs(_ site: String, _ index: Int) async throws {
    let way = Self.ways[index]
    let jobs = try Self.jobs(site)
    let rows = try await Self.rows(site)
    let messages = way.usesMessages ? try Self.messages(site) : []
    let decomposition = try Decomposition(file: Self.file(site, "decomp.json").path)
    let schema = try #require(decomposition.rowSchemas.first { $0.name == "slurm_jobs" })
    let reader = try OwnerRowReader(
      OwnerRule(schema: "slurm_jobs", columns: [.job: "job_id", .uid: "job_uid", .host: "hostname"]), schema: schema)
    var users = UserNumbers(.file(Repository.fixtures.appending(path: "sites/passwd").path))
    var rules = JobRules()
    rules.owners = JobOwners.Rules(asksByNode: way.asksByNode)
    var ledger = JobLedger(rules: rules, instance: "r1", valueNames: [])

    var nextMessage = 0
    var counts: [String: Int] = [:]
    var waiting: [Row] = []
    var nextSnapshot = Int64.min
    var owners = JobOwners()
    func hear(until now: Int64) {
      while nextMessage < messages.count, messages[nextMessage].time <= now {
        ledger.add(messages[nextMessage].message)
        nextMessage += 1
      }
      if now >= nextSnapshot {
        nextSnapshot = now == .max ? now : now + 500
        owners = ledger.owners()
        owners.messagesRead = way.usesMessages ? now : nil
        owners.taken = now
      }
    }
    func learn(_ row: Row) {
      guard way.usesRows, row.tellsOfJobs, let said = row.payload.withUnsafeBytes({ reader.read($0) }),
        case .number(let number) = said.user, case .name(let user) = users.name(of: number, now: 0)
      else { return }
      ledger.add(said, of: user)
    }
    func decide(_ row: Row, isLast: Bool) -> Bool {
      let found = owners.find(row.number, component: nil, host: Name(row.host), time: row.time)
      if case .unknown = found, !isLast { return false }
      let fate = Self.judge(row, found, jobs, asksByNode: way.asksByNode)
      counts[fate, default: 0] += 1
      if fate == "wrong" || fate == "missing" {
        Issue.record("\(way): \(fate): \(found) \(row.topic) \(row.host) \(row.number) \(row.time)")
      }
      return true
    }
    if way.isBacklog {
      for row in rows { learn(row) }
      hear(until: .max)
      for row in rows where !row.tellsOfJobs { _ = decide(row, isLast: true) }
    } else {
      for row in rows {
        learn(row)
        hear(until: row.stored)
        waiting.removeAll { decide($0, isLast: row.stored - $0.stored > 30_000) }
        if !row.tellsOfJobs, !decide(row, isLast: false) { waiting.append(row) }
      }
      nextSnapshot = .min
      hear(until: (rows.last?.stored ?? 0) + 30_000)
      for row in waiting { _ = decide(row, isLast: true) }
    }
    #expect(counts["wrong"] == nil && counts["missing"] == nil, "\(way): \(counts)")
    #expect(counts["right"] ?? 0 > (site == "hazard" ? 50 : 500), "\(way): \(counts)")
    if site != "hazard" { #expect(counts["shared"] ?? 0 > 20, "\(way): \(counts)") }
  }

  /// Whether a row's fate is right, by what ran; a moment beside a change of jobs it may be either.
  private static func judge(_ row: Row, _ found: JobOwners.Found, _ jobs: [Job], asksByNode: Bool) -> String {
    let there = jobs.filter { $0.nodes.contains(row.host) }
    func isNear(_ job: Job, _ slack: Int64) -> Bool { job.start - slack <= row.time && row.time <= job.end + slack }
    func overlap(_ one: Job, _ other: Job, _ slack: Int64) -> Bool {
      let (first, last) = (max(one.start, other.start), min(one.end, other.end))
      return first <= last && first - slack <= row.time && row.time <= last + slack
    }
    if case .owner(let user, let number, let node, _) = found {
      guard node == Name(row.host), let job = there.first(where: { $0.number == number }), job.user == user.text,
        isNear(job, 300), row.number == number || row.number == 0 && asksByNode
      else { return "wrong" }
      let isShared = there.contains { $0.user != job.user && overlap($0, job, -300) }
      return isShared ? "wrong" : "right"
    }
    if row.number == 0 {
      let running = there.filter { isNear($0, 300) }
      let isSure =
        running.count == 1 && row.time > running[0].start + 1300 && row.time < running[0].end - 1300
        && !there.contains { $0.user != running[0].user && overlap($0, running[0], 6300) }
      return isSure && asksByNode ? "missing" : "nobody's"
    }
    guard let job = there.first(where: { $0.number == row.number }), isNear(job, 300) else { return "nobody's" }
    if there.contains(where: { $0.user != job.user && overlap($0, job, -300) }) { return "shared" }
    return there.contains { $0.user != job.user && overlap($0, job, 6300) } ? "either" : "missing"
  }
}
