internal import AllocationCount
internal import Foundation
import Jobs
internal import MetricRouter
import Naming
internal import TestSupport
internal import Wording

/// What the live index of jobs costs, without a broker: on the routing thread, on the index's own, and for its readers.
struct IndexBenchmarks {
  private static let handovers = 12
  private static let passes = 15

  private var load: IndexLoad
  let index: JobIndex
  private var tally = CounterMerger(columns: JobColumn.standard)

  /// Measures with many small jobs, and with fewer large ones.
  static func run() throws {
    for (jobs, users, nodes) in [(10_000, 2000, 1), (600, 200, 16)] {
      print(
        "\nthe index of \(jobs) jobs of \(users) users, \(nodes) node(s) and \(IndexLoad.schemas.count) row schemas each"
      )
      var benchmark = try IndexBenchmarks(jobs: jobs, users: users, nodes: nodes)
      try benchmark.run()
    }
  }

  private init(jobs: Int, users: Int, nodes: Int) throws {
    load = IndexLoad(jobs: jobs, users: users, nodes: nodes)
    index = try Self.index(instance: "bench")
  }

  private static func index(instance: String) throws -> JobIndex {
    JobIndex(
      rules: JobRules(), instance: instance, valueNames: JobColumn.standard.map(\.description),
      names: try TopicNames())
  }

  private mutating func run() throws {
    let before = allocated_bytes()
    load.addRoutes()
    _ = load.countSecond()
    let counted = allocated_bytes()
    report("hand over, all jobs new", times: [time { tally.add(load.handover(), to: index) }])
    measureRouting()
    measureSteps()
    let after = allocated_bytes()
    let messages = try measureMessages()
    let shares = index.page(JobQuery(limit: 1)).totals
    print(
      "memory: \((after - before) / 1_048_576) MiB, \((after - before) / UInt64(load.jobs)) bytes a job; "
        + "of that on the routing thread \((counted - before) / UInt64(load.jobs)); \(shares.active) are active")
    measurePages()
    try measureServing()
    try measureReading(messages)
  }

  // MARK: - The routing thread

  private mutating func measureRouting() {
    var rows = 0
    let plain = (0..<Self.handovers).map { _ in time { rows = load.countSecond() } }
    report("count a second's rows", times: plain, per: rows, "row")
    // After a handover the first row takes a copy of what is kept elsewhere, too.
    let copied = (0..<Self.handovers).map { _ in
      let kept = load.handover()
      let taken = time { rows = load.countSecond() }
      withExtendedLifetime(kept) {}
      return taken
    }
    report("the same after a handover", times: copied, per: rows, "row")
  }

  // MARK: - The index's thread

  private mutating func measureSteps() {
    var (handovers, advances, rates, points): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    // As often as the series has points: memory is that of an index that has run for minutes.
    for _ in 0..<(JobSeries.limit + 5) {
      for _ in 0..<5 { _ = load.countSecond() }
      let now = load.time
      handovers.append(time { tally.add(load.handover(), to: index) })
      advances.append(time { index.edit { $0.advance(to: now) } })
      rates.append(time { index.edit { $0.takeRates(time: now) } })
      points.append(time { index.edit { $0.takePoints(time: now) } })
    }
    report("hand over, all jobs with rows", times: handovers, per: load.jobs, "job")
    report("advance", times: advances, per: load.jobs, "job")
    report("take rates", times: rates, per: load.jobs, "job")
    report("take points", times: points, per: load.jobs, "job")
  }

  /// What the index's thread does about a second's rows.
  mutating func keepIndex() {
    _ = load.countSecond()
    let now = load.time
    tally.add(load.handover(), to: index)
    index.edit { $0.advance(to: now) }
    index.edit { $0.takeRates(time: now) }
  }

  private func measureMessages() throws -> [JobIndex.ShareMessage] {
    var messages: [JobIndex.ShareMessage] = []
    let taken = time {
      // Urgent ones come in portions.
      for _ in 0..<100 { messages += index.takeUnpublished(limit: load.jobs) }
    }
    report("write all shares' messages", times: [taken], per: messages.count, "share")
    let bytes = messages.reduce(0) { $0 + $1.key.utf8.count + ($1.value?.count ?? 0) }
    print("  \(messages.count) messages of \(bytes / max(messages.count, 1)) bytes")
    return messages
  }

  private func measureReading(_ messages: [JobIndex.ShareMessage]) throws {
    let index = try Self.index(instance: "other")
    let taken = try time {
      for message in messages {
        guard case .job(let job, let instance)? = JobIndexKey(Array(message.key.utf8)), let value = message.value else {
          throw BenchError("a message of the index has the key \(message.key)")
        }
        let share = try JobShare(
          message: value, key: job, instance: instance, valueNames: JobColumn.standard.map(\.description))
        index.edit { $0.merge(share) }
      }
    }
    report("read all shares", times: [taken], per: messages.count, "share")
  }

  // MARK: - Readers

  private func measurePages() {
    for order in JobQuery.Order.allCases {
      let query = JobQuery(order: order, limit: 100)
      report("first page by \(order)", times: (0..<Self.passes).map { _ in time { _ = index.page(query) } })
    }
    let text = JobQuery(text: "NID1000", limit: 100)
    report("first page of a text", times: (0..<Self.passes).map { _ in time { _ = index.page(text) } })
    let page = index.page(JobQuery(limit: 100))
    for series in [false, true] {
      var bytes = 0
      let times = (0..<Self.passes).map { _ in
        time {
          bytes =
            JSONTree.list(page.jobs.map { $0.json(valueNames: page.totals.valueNames, series: series) }).line.utf8
            .count
        }
      }
      report("its JSON\(series ? " with series" : "")", times: times)
      print("  \(bytes) bytes")
    }
  }

  // MARK: - Measuring

  /// Milliseconds.
  private func time(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let began = clock.now
    try body()
    return (clock.now - began) / .milliseconds(1)
  }

  private func report(_ name: String, times: [Double], per count: Int? = nil, _ unit: String = "") {
    let sorted = times.sorted()
    let median = sorted[sorted.count / 2]
    let part = count.map { String(format: "%10.0f ns a \(unit)", median * 1e6 / Double(max($0, 1))) } ?? ""
    print(
      name.padding(toLength: 32, withPad: " ", startingAt: 0)
        + String(format: "%10.2f ms, at least %8.2f", median, sorted[0]) + part)
    fflush(nil)
  }
}
