internal import Jobs
internal import MetricRouter

/// How busy a job or a node is, from the values that the index keeps by default.
struct JobVitals: Equatable {
  /// The load average.
  var load: Double?
  /// Memory that is in use, as a share of all, 0 to 1.
  var memory: Double?
  /// Processors that are busy, in user and system mode.
  var processors: Double?

  private static let loadName = "loadavg/load1min"
  private static let totalName = "meminfo/MemTotal"
  private static let availableName = "meminfo/MemAvailable"
  private static let processorNames = ["rate(procstat2/user{name=cpu})", "rate(procstat2/system{name=cpu})"]
  /// Clock ticks a second (USER_HZ), which procstat2 counts.
  private static let ticks = 100.0

  /// Values by their names; what was not configured, or is not known, is nil.
  init(values: [Double?], names: [String]) {
    let known = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first }).compactMapValues { value in
      value.flatMap { $0.isFinite ? $0 : nil }
    }
    load = known[Self.loadName]
    if let total = known[Self.totalName], let available = known[Self.availableName], total > 0 {
      memory = min(1, max(0, 1 - available / total))
    }
    let busy = Self.processorNames.compactMap { known[$0] }
    if !busy.isEmpty { processors = busy.reduce(0, +) / Self.ticks }
  }

  /// A job's: where other columns are configured, the last point of its course; nothing where no rows come.
  init(_ job: Job, names: [String]) {
    self.init(values: job.state == .active ? job.values : [], names: names)
    guard job.state == .active else { return }
    load = load ?? Self.last(job.series.load)
    memory = memory ?? Self.last(job.series.memory)
  }

  /// The values that are not shown as one of these.
  static func others(values: [Double?], names: [String]) -> [(name: String, value: Double?)] {
    let own = Set([loadName, totalName, availableName] + processorNames)
    return zip(names, values).filter { !own.contains($0.0) }.map { (name: $0.0, value: $0.1) }
  }

  private static func last(_ points: [Float]) -> Double? {
    points.last.flatMap { $0.isFinite ? Double($0) : nil }
  }
}
