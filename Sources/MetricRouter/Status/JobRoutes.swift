internal import HTTP
internal import Wording

/// `/v1/jobs` and `/v1/jobs/{job}`: the index of jobs.
struct JobRoutes: Sendable {
  let index: JobIndex

  static let standardLimit = 100
  static let largestLimit = 1000
  /// The query of `/v1/jobs`.
  static let parameters = [
    "user", "job", "state", "node", "q", "sort", "reverse", "limit", "offset", "series",
  ]

  /// The jobs that are wanted.
  func jobs(_ request: HTTPRequest) -> HTTPResponse {
    do {
      var query = try JobQuery(request)
      let withSeries = try Self.boolean("series", request) ?? false
      query.limit = try Self.number("limit", request, 1...Self.largestLimit) ?? Self.standardLimit
      query.offset = try Self.number("offset", request, 0...1_000_000_000) ?? 0
      let page = index.page(query)
      return .json(
        .object([
          "totals": page.totals.json, "count": JSONTree(page.count), "limit": JSONTree(query.limit),
          "offset": JSONTree(query.offset),
          "jobs": .list(page.jobs.map { $0.json(valueNames: page.totals.valueNames, series: withSeries) }),
        ]))
    } catch {
      return .problem(400, error.description)
    }
  }

  /// One job.
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
        409, "several users have a job \(quoted(id)); say which one is meant: ?user=NAME", [.init("jobs", .list(jobs))])
    }
  }

  /// A parameter that cannot be what is wanted.
  struct BadParameter: Error {
    let description: String

    init(_ description: String) {
      self.description = description
    }
  }

  static func number(
    _ name: String, _ request: HTTPRequest, _ range: ClosedRange<Int>
  ) throws(BadParameter) -> Int? {
    guard let text = request.query(name) else { return nil }
    guard let number = Int(text), text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      range.contains(number)
    else {
      throw BadParameter(
        "\(name): \(quoted(text)) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  static func boolean(_ name: String, _ request: HTTPRequest) throws(BadParameter) -> Bool? {
    switch request.query(name) {
    case nil: nil
    case "true": true
    case "false": false
    case let text?: throw BadParameter("\(name): \(quoted(text)) is neither true nor false")
    }
  }
}

extension JobQuery {
  /// What a request asks for, but for how much of it.
  fileprivate init(_ request: HTTPRequest) throws(JobRoutes.BadParameter) {
    func name(_ parameter: String) throws(JobRoutes.BadParameter) -> Name? {
      guard let text = request.query(parameter) else { return nil }
      guard !text.isEmpty else {
        throw JobRoutes.BadParameter("\(parameter): the name is empty; leave the parameter out for all")
      }
      return Name(text)
    }
    self.init(user: try name("user"), job: try name("job"), node: try name("node"), text: request.query("q"))
    if let text = request.query("state") {
      var states: Set<JobState> = []
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let state = JobState(rawValue: String(word)) else {
          throw JobRoutes.BadParameter(
            "state: \(quoted(word)) is none; use \(JobState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        states.insert(state)
      }
      self.states = states
    }
    if let text = request.query("sort") {
      guard let order = Order(rawValue: text) else {
        throw JobRoutes.BadParameter(
          "sort: \(quoted(text)) is none; use \(Order.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      self.order = order
    }
    isReversed = try JobRoutes.boolean("reverse", request) ?? false
  }
}
