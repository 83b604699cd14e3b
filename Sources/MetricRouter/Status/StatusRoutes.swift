internal import HTTP

/// Every path of the status server, in one place.
enum StatusRoutes {
  ///
  /// - Parameters:
  ///   - jobs: the index of jobs; without one its paths do not exist.
  ///   - events: what happens to its jobs.
  static func all(_ source: StatusSource, _ jobs: JobRoutes?, _ events: JobEvents?) -> [HTTPRoute] {
    var routes = common(source)
    if let jobs {
      routes += [
        HTTPRoute("/v1/jobs", parameters: JobRoutes.parameters) { jobs.jobs($0) },
        HTTPRoute("/v1/jobs/{job}", parameters: ["user"]) { jobs.job($0) },
      ]
      // The page holds no information of its own; it asks for the token.
      routes += StatusPage.files.map { file in HTTPRoute(file.path, isOpen: true) { _ in file.response } }
    }
    if let events { routes.append(HTTPRoute("/v1/events") { events.respond(to: $0) }) }
    return routes
  }

  private static func common(_ source: StatusSource) -> [HTTPRoute] {
    [
      // Probes have no token, and learn nothing about anybody.
      HTTPRoute("/livez", isOpen: true) { _ in source.livez() },
      HTTPRoute("/readyz", isOpen: true) { _ in source.readyz() },
      HTTPRoute("/metrics") { _ in source.metrics() },
      HTTPRoute("/openapi.json", isOpen: true) { _ in
        HTTPResponse(contentType: "application/json", body: .bytes(PackageResources.openapi_json))
      },
      HTTPRoute("/v1/topics", parameters: TopicList.parameters) { source.topics($0) },
    ]
  }
}

extension StatusPage.File {
  /// The file as it is served.
  fileprivate var response: HTTPResponse {
    HTTPResponse(
      contentType: contentType, body: .bytes(bytes), headers: StatusPage.headers.map { ($0.name, $0.value) })
  }
}
