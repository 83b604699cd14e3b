internal import HTTP
internal import Jobs
internal import Naming
internal import Wording

/// `/v1/jobs` and `/v1/jobs/{job}`: the index of jobs.
struct JobRoutes: Sendable {
  let index: JobIndex

  /// The query of `/v1/jobs`.
  static let parameters = ["user", "job", "state", "node", "q", "sort", "reverse", "series"] + Paging.parameters

  /// Answers `/v1/jobs`.
  func jobs(_ request: HTTPRequest) -> HTTPResponse {
    do {
      var query = try JobQuery(request)
      let withSeries = try request.boolean("series") ?? false
      let paging = try Paging(request)
      (query.limit, query.offset) = (paging.limit, paging.offset)
      let page = index.page(query)
      let jobs = page.jobs.map { $0.json(valueNames: page.totals.valueNames, series: withSeries) }
      return .json(
        .object(
          [.init("totals", page.totals.json)] + paging.members(total: page.count) + [.init("jobs", .list(jobs))]))
    } catch {
      return .problem(400, error.description)
    }
  }

  /// Answers `/v1/jobs/{job}`.
  func job(_ request: HTTPRequest) -> HTTPResponse {
    let id = request.variables["job"] ?? ""
    let page = index.jobs(Name(id), user: request.query("user").map { Name($0) })
    switch page.jobs.count {
    case 0:
      let whose = request.query("user").map { " of user \(quoted($0))" } ?? ""
      return .problem(404, "the index knows no job \(quoted(id))\(whose)")
    case 1: return .json(page.jobs[0].detailedJSON(valueNames: page.totals.valueNames))
    default:
      let jobs = page.jobs.map { job -> JSONTree in
        .object(["user": .text(job.key.user.text), "job": .text(job.key.job.text)])
      }
      return .problem(
        409, "several users have a job \(quoted(id)); select one with ?user=NAME", [.init("jobs", .list(jobs))])
    }
  }
}

extension JobQuery {
  /// The query of a request, without its paging.
  fileprivate init(_ request: HTTPRequest) throws(BadParameter) {
    self.init(
      user: try request.name("user"), job: try request.name("job"), node: try request.name("node"),
      text: request.query("q"))
    if let text = request.query("state") {
      var states: Set<JobState> = []
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let state = JobState(rawValue: String(word)) else {
          throw BadParameter(
            "state: \(quoted(word)) is not a state; use \(JobState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        states.insert(state)
      }
      self.states = states
    }
    if let text = request.query("sort") {
      guard let order = Order(rawValue: text) else {
        throw BadParameter(
          "sort: \(quoted(text)) is not a sort key; use \(Order.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self.order = order
    }
    isReversed = try request.boolean("reverse") ?? false
  }
}
