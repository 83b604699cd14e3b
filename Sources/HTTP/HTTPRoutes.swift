internal import Wording

/// All paths of a server: finds a request's route and refuses what has none.
public struct HTTPRoutes: Sendable {
  /// The routes, in the order in which they are listed and tried.
  public let all: [HTTPRoute]
  /// What clients have to show, if anything.
  let token: AccessToken?
  /// Whether the name that a request was sent to has to be one of this machine's own.
  let checksHost: Bool

  /// Routes.
  ///
  /// - Parameter checksHost: for a server on loopback without a token. A web page that has its own name lead to
  ///   127.0.0.1 (DNS rebinding) could otherwise have a browser on this machine read everything.
  public init(_ all: [HTTPRoute], token: AccessToken? = nil, checksHost: Bool = false) {
    self.all = all
    self.token = token
    self.checksHost = checksHost
  }

  /// The answer to a request.
  func respond(to request: HTTPRequest) -> HTTPResponse {
    if let refusal = refuseHost(of: request) { return refusal }
    var request = request
    for route in all {
      guard let variables = route.match(request.segments) else { continue }
      if !route.isOpen, let refusal = refuseToken(of: request) { return refusal }
      if let refusal = refuseQuery(of: request, for: route) { return refusal }
      request.variables = variables
      return route.respond(request)
    }
    // Who may not see anything is not told what there is.
    if let refusal = refuseToken(of: request) { return refusal }
    return .problem(
      404, "there is nothing at \(quoted(request.path))",
      [JSONTree.Member("paths", .list(all.map { .text($0.path) }))])
  }

  private func refuseToken(of request: HTTPRequest) -> HTTPResponse? {
    guard let token, !token.matches(authorization: request.header("authorization")) else { return nil }
    let isMissing = request.header("authorization") == nil
    var response = HTTPResponse.problem(
      401,
      isMissing
        ? "a token is required: send it as Authorization: Bearer TOKEN"
        : "the token is wrong, or not sent as Authorization: Bearer TOKEN")
    let challenge = "Bearer realm=\"ldms-router\""
    response.headers.append(
      ("WWW-Authenticate", isMissing ? challenge : challenge + ", error=\"invalid_token\""))
    return response
  }

  private func refuseQuery(of request: HTTPRequest, for route: HTTPRoute) -> HTTPResponse? {
    var seen: Set<String> = []
    for item in request.query {
      guard route.parameters.contains(item.name) else {
        var error = "\(route.path) has no parameter \(quoted(item.name))"
        if let near = nearestName(to: item.name, among: route.parameters) { error += "; did you mean \(near)?" }
        return .problem(
          400, error, [JSONTree.Member("parameters", .list(route.parameters.map { .text($0) }))])
      }
      guard seen.insert(item.name).inserted else {
        return .problem(400, "the parameter \(item.name) is given more than once")
      }
    }
    return nil
  }

  private func refuseHost(of request: HTTPRequest) -> HTTPResponse? {
    // Without the header it is no browser: every one sends it.
    guard checksHost, let host = request.header("host") else { return nil }
    guard !HostName.isLoopback(host) else { return nil }
    return .problem(
      421,
      "\(quoted(host)) is not a name of this server, which serves this machine only; use localhost or "
        + "127.0.0.1, have your proxy send such a Host, or set http.token-file")
  }
}
