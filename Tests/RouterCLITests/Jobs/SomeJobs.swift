import Glibc
import Naming

@testable import Jobs
@testable import MetricRouter

/// Jobs as an index may have them. The time is 13:02:11 on 24 November 2026, in UTC.
enum SomeJobs {
  static let now: Int64 = {
    // What is shown is local time.
    setenv("TZ", "UTC", 1)
    tzset()
    return 1_795_525_331_000
  }()

  private static let names = [
    "loadavg/load1min", "meminfo/MemTotal", "meminfo/MemAvailable", "rate(procstat2/user{name=cpu})",
    "rate(procstat2/system{name=cpu})",
  ]

  static let totals: JobIndexTotals = {
    var totals = JobIndexTotals()
    (totals.time, totals.isComplete, totals.valueNames) = (now, true, names)
    (totals.active, totals.silent, totals.ended) = (3, 1, 1)
    (totals.users, totals.nodes, totals.rowsPerSecond, totals.routers) = (3, 6, 1234.4, 2)
    return totals
  }()

  /// On three nodes, one of them silent and one shared with carol's.
  static let alice = job(
    "alice", "4711", .active, ran: 11_525, rate: 18, nodes: ["c1", "c2", "gpu01"], load: 31.25, memory: 0.43,
    name: "ocean-model", silent: ["c2"], shared: ["gpu01"])
  static let bob = job("bob", "4712", .active, ran: 95_000, rate: 6.25, nodes: ["c3"], load: 3.5, memory: 0.917)
  static let carol = job(
    "carol", "c4-run", .silent, ran: 65, rate: 0, nodes: ["gpu01"], load: nil, memory: nil, silent: ["gpu01"])
  static let dave = job(
    "dave", "4700", .ended, ran: 3600, rate: 0, nodes: ["c5", "c6"], load: nil, memory: nil, name: "測試 job")
  /// Of a user who would like to do things to the terminal.
  static let hostile = job(
    "eve\u{1B}[2J", "99\n1", .active, ran: 5, rate: 2, nodes: ["c7"], load: .infinity, memory: 0.5,
    name: "\u{1B}]0;x\u{7}\u{202E}漢字漢字漢字漢字漢字漢字漢字漢字 rm -rf", shared: [])

  static let all = [alice, bob, carol, dave]

  /// So many small jobs.
  static func many(_ count: Int) -> [Job] {
    (1...count).map {
      job("u\($0 % 7)", "\(1000 + $0)", .active, ran: Int64($0), rate: 6, nodes: ["n\($0)"], load: 1, memory: 0.1)
    }
  }

  private static func job(
    _ user: String, _ id: String, _ state: JobState, ran seconds: Int64, rate: Double, nodes: [String], load: Double?,
    memory: Double?, name: String? = nil, silent: Set<String> = [], shared: Set<String> = []
  ) -> Job {
    let total = 16_384_000.0
    let values: [Double?] = [
      load, memory == nil ? nil : total, memory.map { total * (1 - $0) }, load.map { $0 * 90 }, load.map { $0 * 5 },
    ]
    let end: Int64? = state == .ended ? now - 600_000 : nil
    let start = (end ?? now) - seconds * 1000
    let last = state == .active ? now - 400 : state == .silent ? now - 25_000 : now - 600_000
    var slurm = SlurmJob()
    (slurm.name, slurm.account, slurm.partition) = (name, "physics", "batch")
    (slurm.state, slurm.nodeList) = (state == .ended ? "COMPLETED" : "RUNNING", nodes.joined(separator: ","))
    var series = JobSeries()
    series.end = now
    series.load = load.map { load in (0..<60).map { Float(load) * Float($0) / 59 } } ?? []
    series.memory = memory.map { memory in Array(repeating: Float(memory), count: 60) } ?? []
    series.rowsPerSecond = Array(repeating: Float(rate), count: 60)
    let reason: JobStateReason = state == .active ? .rows : state == .silent ? .noRows : .slurmMessage
    var history = [JobChange(time: start, state: .active, reason: .rows)]
    if state != .active { history.append(JobChange(time: last + 15_000, state: state, reason: reason)) }
    return Job(
      key: JobKey(user: Name(user), job: Name(id)), state: state, reason: reason, since: history.last?.time ?? start,
      started: start, ended: end, firstRow: start + 200, lastRow: last, rows: 207_450, bytes: 98_500_000,
      rowsPerSecond: state == .ended ? nil : rate, inputDelay: 240,
      nodes: nodes.map { node in
        JobNode(
          node: Name(node), firstRow: start + 200, lastRow: silent.contains(node) ? now - 25_000 : last,
          isSilent: silent.contains(node), values: silent.contains(node) ? [] : values,
          sharedWith: shared.contains(node) ? [JobKey(user: Name("carol"), job: Name("c4-run"))] : [])
      },
      schemas: [
        JobSchema(name: "loadavg", rows: 34_575, bytes: 5_000_000, rowsPerSecond: state == .ended ? nil : rate / 6),
        JobSchema(
          name: "meminfo", rows: 172_875, bytes: 93_500_000, rowsPerSecond: state == .ended ? nil : rate * 5 / 6),
      ],
      values: values, userTopic: "ldms.user.\(user).rows", jobTopic: "ldms.user.\(user).job.\(id)",
      slurm: name == nil ? nil : slurm, history: history, series: series)
  }
}
