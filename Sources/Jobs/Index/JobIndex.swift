internal import Kafka
public import Naming
internal import Runtime
internal import Synchronization

/// The live index of jobs, for readers on any thread. The routing thread never waits for it.
public final class JobIndex: Sendable {
  private struct Contents {
    var ledger: JobLedger
    var routers: RouterClocks
    var isComplete = false
    /// The monotonic time since which the time of the rows is well before its earlier value.
    var backSince: Int64?
    /// What holds for all jobs together, and when that was found out, by the monotonic clock in milliseconds.
    var totals = JobIndexTotals()
    var totalled = Int64.min
  }

  private let contents: Mutex<Contents>
  private let names: TopicNames
  /// The router that fills it; empty for none.
  package let instance: String
  /// The names of the values of each job.
  package let valueNames: [String]

  /// An index that knows nothing.
  ///
  /// - Parameters:
  ///   - instance: the router that fills it; empty for who only reads what others publish.
  ///   - valueNames: the configured columns.
  public init(rules: JobRules, instance: String, valueNames: [String], names: TopicNames) {
    self.names = names
    self.instance = instance
    self.valueNames = valueNames
    contents = Mutex(
      Contents(
        ledger: JobLedger(rules: rules, instance: instance, valueNames: valueNames),
        routers: RouterClocks()))
  }

  /// The index of a router with these settings, or of who reads what such routers publish.
  ///
  /// - Parameter isReader: whether it is filled by what routers publish alone.
  public convenience init(_ settings: JobIndexSettings, isReader: Bool = false) {
    self.init(
      rules: settings.rules, instance: isReader ? "" : settings.instance,
      valueNames: settings.columns.map(\.description), names: settings.names)
  }

  /// The jobs that are wanted.
  public func page(_ query: JobQuery) -> JobPage {
    contents.withLock { contents in
      let places = contents.ledger.find(query)
      let wanted = places.dropFirst(query.offset).prefix(query.limit)
      let jobs = wanted.compactMap { contents.ledger.job(at: $0, names: names) }
      return JobPage(jobs: jobs, count: places.count, totals: Self.totals(&contents))
    }
  }

  /// The jobs with this id, of all users or of one.
  public func jobs(_ job: Name, user: Name? = nil) -> JobPage { page(JobQuery(user: user, job: job)) }

  /// What holds for all jobs together.
  public func totals() -> JobIndexTotals { contents.withLock { Self.totals(&$0) } }

  private static func totals(_ contents: inout Contents) -> JobIndexTotals {
    let now = MonotonicClock.milliseconds()
    // Counted again for each reader, they would be most of what many readers cost.
    if contents.totalled == .min || now - contents.totalled >= JobPace.totals(jobs: contents.ledger.count) {
      contents.totals = contents.ledger.totals()
      contents.totalled = now
    }
    var totals = contents.totals
    totals.time = contents.ledger.time
    totals.isComplete = contents.isComplete
    totals.isBehind = contents.routers.read(now: now).isBehind
    totals.routers = contents.routers.count
    totals.rows = contents.routers.rows
    return totals
  }

  /// The changes of jobs' states with a larger number than this.
  ///
  /// - Returns: them, and whether none of them has been forgotten.
  public func changes(after number: UInt64) -> (changes: [NumberedJobChange], isComplete: Bool) {
    contents.withLock { $0.ledger.changes.after(number) }
  }

  /// The number of the last change.
  public var lastChange: UInt64 { contents.withLock { $0.ledger.changes.last } }

  /// Whether what earlier runs and other routers know has been read.
  package var isComplete: Bool { contents.withLock { $0.isComplete } }

  /// Everything that there was to be read has been read.
  package func complete() {
    contents.withLock { $0.isComplete = true }
  }

  /// Changes the jobs. Readers wait in the meantime, so the change must be short.
  package func edit<Result: Sendable>(_ body: (inout JobLedger) -> sending Result) -> sending Result {
    contents.withLock { body(&$0.ledger) }
  }

  /// The number of jobs.
  public var count: Int { contents.withLock { $0.ledger.count } }

  /// The number of jobs that have not ended.
  package var unendedCount: Int { contents.withLock { $0.ledger.unendedCount } }

  /// Changes what is known of routers.
  package func editRouters(_ body: (inout RouterClocks) -> Void) {
    contents.withLock { body(&$0.routers) }
  }

  /// Looks at what is known of routers.
  package func readRouters<Result: Sendable>(_ body: (RouterClocks) -> Result) -> Result {
    contents.withLock { body($0.routers) }
  }

  /// Moves the rows' time on as far as all routers have come.
  ///
  /// - Parameter now: by the monotonic clock, in milliseconds.
  package func advance(now: Int64 = MonotonicClock.milliseconds()) {
    contents.withLock { contents in
      let clock = contents.routers.read(now: now)
      contents.ledger.advance(to: Self.steady(clock, &contents, now: now))
    }
  }

  /// The rows' time, never before what is known: rows that are older are old rows, stored again, or a partition with a
  /// backlog. `nil` where that is not told apart yet from rows that have come late.
  ///
  /// It goes back only where jobs get newer rows all the same, as where a mirror of the input has fallen behind; and
  /// where what is known lies in the future, as wrong clocks had it that were put right.
  private static func steady(
    _ clock: (time: Int64?, isBehind: Bool), _ contents: inout Contents, now: Int64
  ) -> Int64? {
    guard let time = clock.time, let before = contents.ledger.time, time < before - JobLedger.backMilliseconds else {
      contents.backSince = nil
      contents.ledger.forgetProgress()
      return clock.time
    }
    guard !clock.isBehind else {
      contents.backSince = nil
      return nil
    }
    let since = contents.backSince ?? now
    contents.backSince = since
    guard now - since >= backPatience else { return nil }
    let isFuture = before > WallClock.milliseconds() + JobLedger.backMilliseconds
    return contents.ledger.hasProgress || isFuture ? time : before
  }

  /// How long the time of the rows has to be back before jobs follow it, in milliseconds.
  private static let backPatience: Int64 = 3000
}
