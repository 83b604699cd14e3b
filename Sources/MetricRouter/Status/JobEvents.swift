internal import HTTP
internal import Jobs
internal import Naming
internal import Runtime
internal import Synchronization
internal import Wording

/// `/v1/events`: changes of jobs' states as they happen, and now and then the totals, as server-sent events.
final class JobEvents: Sendable {
  private let index: JobIndex
  private let hub: EventHub
  /// The last change that was sent, and when the totals were.
  private let sent: Mutex<(change: UInt64, totals: Int64)>

  private static let totalsMilliseconds: Int64 = 5000

  init(_ index: JobIndex) {
    self.index = index
    hub = EventHub(mark: String(WallClock.milliseconds(), radix: 36))
    sent = Mutex((index.lastChange, 0))
  }

  /// Sends changes. Call it a few times a second.
  func look(now: Int64) {
    guard hub.readers > 0 else {
      // Who comes next begins with what holds then.
      sent.withLock { $0.change = index.lastChange }
      return
    }
    let (last, areTotalsDue) = sent.withLock { sent in
      let isDue = now - sent.totals >= Self.totalsMilliseconds
      if isDue { sent.totals = now }
      return (sent.change, isDue)
    }
    let changes = index.changes(after: last).changes
    for change in changes { hub.send(Self.text(change), name: Self.name(change)) }
    if let newest = changes.last { sent.withLock { $0.change = newest.number } }
    if areTotalsDue { hub.send(index.totals().json.line, name: "totals") }
  }

  /// A reader of the stream.
  func respond(to request: HTTPRequest) -> HTTPResponse {
    let stream = EventStream()
    let totals = index.totals().json
    hub.subscribe(stream, after: request.lastEventID) { continuation in
      // Whoever has missed something fetches the jobs again.
      let hello: JSONTree = ["continues": .boolean(continuation == .continues), "totals": totals]
      return [ServerSentEvent(hello.line, name: "hello")]
    }
    return .stream(stream)
  }

  private static func name(_ change: NumberedJobChange) -> String {
    change.isStart ? "started" : change.change.state.rawValue
  }

  private static func text(_ change: NumberedJobChange) -> String {
    let tree: JSONTree = [
      "user": .text(change.key.user.text), "job": .text(change.key.job.text),
      "state": .text(change.change.state.rawValue), "reason": .text(change.change.reason.rawValue),
      "time": .text(Timestamp.text(milliseconds: change.change.time)),
    ]
    return tree.line
  }
}
