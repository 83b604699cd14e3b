import Foundation
import Jobs
import MetricRouter
import Naming
import Synchronization
import Wording

/// The page and the jobs that a test wants it to show, served as the router serves them.
final class StandInRouter: Sendable {
  struct State {
    var jobs: [Job] = []
    var totals = JobIndexTotals()
    var token: String?
    /// What is wrong, where nothing else is to be answered.
    var problem: String?
    /// The queries for jobs that came.
    var queries: [[String: String]] = []
  }

  let state = Mutex(State())
  private let server: Mutex<LoopbackServer?> = Mutex(nil)
  /// Where it is; the same after `stop` and `start`.
  let address: String
  private let port: UInt16

  /// Starts it with these jobs.
  init(_ jobs: [Job], token: String? = nil) throws {
    let server = try LoopbackServer { _ in LoopbackServer.Answer(status: 503) }
    (port, address) = (server.port, "http://127.0.0.1:\(server.port)/")
    server.stop()
    state.withLock { state in
      state.token = token
      state.totals.valueNames = StandInJobs.valueNames
      (state.totals.isComplete, state.totals.routers) = (true, 1)
    }
    show(jobs)
    try start()
  }

  deinit { stop() }

  /// Changes the jobs.
  func show(_ jobs: [Job]) {
    state.withLock { state in
      state.jobs = jobs
      state.totals.time = jobs.compactMap(\.lastRow).max()
      state.totals.active = jobs.count { $0.state == .active }
      state.totals.silent = jobs.count { $0.state == .silent }
      state.totals.ended = jobs.count { $0.state == .ended }
      state.totals.users = Set(jobs.filter { $0.state != .ended }.map(\.key.user)).count
      state.totals.nodes = Set(jobs.filter { $0.state != .ended }.flatMap(\.nodes).map(\.node)).count
      state.totals.rowsPerSecond = jobs.reduce(0) { $0 + ($1.rowsPerSecond ?? 0) }
    }
  }

  /// Begins, or begins again.
  func start() throws {
    let new = try LoopbackServer(port: port) { [unowned self] in answer($0) }
    server.withLock { $0 = new }
  }

  /// Ends as a router that is killed.
  func stop() {
    server.withLock { server in
      server?.stop()
      server = nil
    }
  }

  private func answer(_ request: LoopbackServer.Request) -> LoopbackServer.Answer {
    if let file = StatusPage.file(at: request.path) {
      return LoopbackServer.Answer(
        contentType: file.contentType, headers: StatusPage.headers.map { ($0.name, $0.value) }, body: file.bytes)
    }
    return state.withLock { state in
      if let token = state.token, request.headers["authorization"] != "Bearer \(token)" {
        return Self.json(["error": "a token is required"], status: 401)
      }
      if let problem = state.problem { return Self.json(["error": .text(problem)], status: 503) }
      switch request.path {
      case "/v1/jobs": return Self.page(request.query, &state)
      case "/v1/events":
        let hello = "event: hello\ndata: \(state.totals.json.line)\n\n"
        return LoopbackServer.Answer(contentType: "text/event-stream", body: Array(hello.utf8), staysOpen: true)
      default:
        let job = state.jobs.first {
          request.path == "/v1/jobs/\($0.key.job.text)" && request.query["user"] == $0.key.user.text
        }
        guard let job else { return Self.json(["error": "there is nothing here"], status: 404) }
        return Self.json(job.detailedJSON(valueNames: state.totals.valueNames))
      }
    }
  }

  private static func page(_ query: [String: String], _ state: inout State) -> LoopbackServer.Answer {
    state.queries.append(query)
    let states = query["state"]?.split(separator: ",").map(String.init)
    let text = query["q"]?.lowercased() ?? ""
    var jobs = state.jobs.filter { job in
      let words = [job.key.user.text, job.key.job.text, job.slurm?.name ?? ""] + job.nodes.map(\.node.text)
      return (states?.contains(job.state.rawValue) ?? true)
        && (text.isEmpty || words.contains { $0.lowercased().contains(text) })
    }
    switch query["sort"] {
    case "started": jobs.sort { $0.started > $1.started }
    case "rate": jobs.sort { ($0.rowsPerSecond ?? 0) > ($1.rowsPerSecond ?? 0) }
    case "load": jobs.sort { ($0.values[0] ?? 0) > ($1.values[0] ?? 0) }
    default: jobs.sort { $0.key < $1.key }
    }
    if query["reverse"] == "true" { jobs.reverse() }
    let (limit, offset) = (query["limit"].flatMap(Int.init) ?? 100, query["offset"].flatMap(Int.init) ?? 0)
    let shown = jobs.dropFirst(offset).prefix(limit).map {
      $0.json(valueNames: state.totals.valueNames, series: query["series"] == "true")
    }
    return json([
      "totals": state.totals.json, "total": JSONTree(jobs.count), "limit": JSONTree(limit),
      "offset": JSONTree(offset), "jobs": .list(shown),
    ])
  }

  private static func json(_ document: JSONTree, status: Int = 200) -> LoopbackServer.Answer {
    LoopbackServer.Answer(status: status, body: Array(document.line.utf8))
  }
}
