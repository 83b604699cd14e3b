/// One path and what answers it.
public struct HTTPRoute: Sendable {
  /// The path: `/v1/jobs/{id}`, where `{id}` stands for any one part.
  public let path: String
  /// Whether it is answered without the token: for probes, and for what tells nothing.
  public let isOpen: Bool
  /// The names that its query may have.
  public let parameters: [String]
  let respond: @Sendable (HTTPRequest) -> HTTPResponse
  private let pattern: [Substring]

  /// A route.
  ///
  /// - Parameter respond: is called on a thread of the server's, on several at a time, and must not take long.
  public init(
    _ path: String, isOpen: Bool = false, parameters: [String] = [],
    respond: @escaping @Sendable (HTTPRequest) -> HTTPResponse
  ) {
    self.path = path
    self.isOpen = isOpen
    self.parameters = parameters
    self.respond = respond
    pattern = path == "/" ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  /// The variables of the path, where this is its route.
  func match(_ segments: [String]) -> [String: String]? {
    guard segments.count == pattern.count else { return nil }
    var variables: [String: String] = [:]
    for (part, segment) in zip(pattern, segments) {
      if part.hasPrefix("{"), part.hasSuffix("}") {
        guard !segment.isEmpty else { return nil }
        variables[String(part.dropFirst().dropLast())] = segment
      } else if part != segment {
        return nil
      }
    }
    return variables
  }
}
