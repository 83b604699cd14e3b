internal import HTTP
internal import Jobs
internal import Kafka
internal import Runtime
internal import Synchronization
internal import Wording

/// What the routes of the status server answer from.
final class StatusSource: Sendable {
  private let status: RouterStatus
  private let jobs: JobIndex?
  private let stop: StopSignal
  private let liveness = Mutex(LivenessWatch(now: MonotonicClock.milliseconds()))
  private let started = WallClock.milliseconds()

  /// How old the list of topics may be, and how long a request waits for a newer one, in milliseconds.
  private static let jobsAge: Int64 = 2000
  private static let jobsWait: Int64 = 500

  init(_ status: RouterStatus, jobs: JobIndex? = nil, stop: StopSignal) {
    self.status = status
    self.jobs = jobs
    self.stop = stop
  }

  /// Checks that the router's loop runs, and asks it for a snapshot. Call it once a second.
  func look() {
    let now = MonotonicClock.milliseconds()
    liveness.withLock { $0.look(beats: status.beatCount, now: now) }
    _ = status.glance()
  }

  /// Answers `/livez`: whether the process makes progress.
  func livez() -> HTTPResponse {
    let hangs = liveness.withLock { $0.hangs }
    return Self.health(good: "alive", bad: "hangs", hangs.map { [Readiness.hanging($0)] } ?? [])
  }

  /// Answers `/readyz`: whether the router routes rows.
  func readyz() -> HTTPResponse {
    let hangs = liveness.withLock { $0.hangs }
    let snapshot = status.glance()
    let reasons = Readiness.reasons(snapshot, hangs: hangs, isStopping: stop.isRequested)
    return Self.health(good: "ready", bad: "not ready", reasons, notes: Readiness.notes(snapshot))
  }

  func metrics() -> HTTPResponse {
    let text = RouterMetrics.text(status.glance(), jobs: jobs?.totals(), process: .now(), started: started)
    return .text(text, contentType: MetricsText.contentType)
  }

  func topics(_ request: HTTPRequest) -> HTTPResponse {
    TopicList(status.snapshotWithJobs(age: Self.jobsAge, wait: Self.jobsWait).jobs).respond(to: request)
  }

  private static func health(
    good: String, bad: String, _ reasons: [String], notes: [String] = []
  ) -> HTTPResponse {
    .json(
      .object([
        "status": .text(reasons.isEmpty ? good : bad), "reasons": .list(reasons.map { .text($0) }),
        "notes": .list(notes.map { .text($0) }),
      ]), status: reasons.isEmpty ? 200 : 503)
  }
}
