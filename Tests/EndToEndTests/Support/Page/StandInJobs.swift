import Foundation
import Naming

@testable import Jobs
@testable import MetricRouter

/// Jobs for the page to show.
enum StandInJobs {
  static let valueNames = ["loadavg/load1min", "meminfo/MemTotal", "meminfo/MemAvailable"]

  /// A job that began some minutes ago and has rows up to now.
  static func job(
    _ user: String, _ id: String, name: String? = nil, state: JobState = .active, nodes: [String] = ["c1"],
    minutes: Int64 = 10, load: Double = 1, rate: Double = 6
  ) -> Job {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let start = now - minutes * 60_000
    let last = state == .active ? now - 500 : now - 30_000
    let memory: Double = 16 * 1024 * 1024
    let values = [load, memory, memory / 4]
    var slurm: SlurmJob?
    if let name {
      slurm = SlurmJob()
      slurm?.name = name
    }
    var series = JobSeries()
    series.end = last
    series.rowsPerSecond = (0..<60).map { Float($0 % 7) }
    series.load = (0..<60).map { $0 % 20 == 0 ? .nan : Float(load) }
    series.memory = Array(repeating: 0.75, count: 60)
    let reason: JobStateReason = state == .active ? .rows : state == .silent ? .noRows : .slurmMessage
    var history = [JobChange(time: start, state: .active, reason: .rows)]
    if state != .active { history.append(JobChange(time: last, state: state, reason: reason)) }
    return Job(
      key: JobKey(user: Name(user), job: Name(id)), state: state, reason: reason, since: history.last?.time ?? start,
      started: start, ended: state == .ended ? last : nil, firstRow: start, lastRow: last, rows: 4711, bytes: 1_048_576,
      rowsPerSecond: state == .active ? rate : state == .silent ? 0 : nil, inputDelay: 420,
      nodes: nodes.map {
        JobNode(
          node: Name($0), firstRow: start, lastRow: last, isSilent: state != .active, values: values, sharedWith: [])
      },
      schemas: [JobSchema(name: "loadavg", rows: 4711, bytes: 1_048_576, rowsPerSecond: rate)], values: values,
      userTopic: "ldms.user.\(user).rows", jobTopic: "ldms.user.\(user).job.\(id)", slurm: slurm, history: history,
      series: series)
  }

  /// The same job so much later, or earlier.
  static func moved(_ job: Job, milliseconds: Int64) -> Job {
    var job = job
    job.since += milliseconds
    job.started += milliseconds
    job.ended = job.ended.map { $0 + milliseconds }
    job.firstRow = job.firstRow.map { $0 + milliseconds }
    job.lastRow = job.lastRow.map { $0 + milliseconds }
    job.series.end += milliseconds
    for index in job.history.indices { job.history[index].time += milliseconds }
    for index in job.nodes.indices {
      job.nodes[index].firstRow += milliseconds
      job.nodes[index].lastRow += milliseconds
    }
    return job
  }

  /// A small cluster of now: five jobs of three users, one of them silent, one ended.
  static var few: [Job] {
    [
      job("alice", "101", name: "wrf-europe", nodes: ["c1", "c2", "c3"], minutes: 50, load: 12, rate: 18),
      job("alice", "104", name: "bash", nodes: ["c4"], minutes: 5, load: 0.5),
      job("bob", "102", nodes: ["gpu01", "gpu02"], minutes: 30, load: 48, rate: 12),
      job("bob", "105", state: .silent, nodes: ["c7"], minutes: 20),
      job("carol", "103", name: "relax", state: .ended, nodes: ["c9"], minutes: 90),
    ]
  }
}
