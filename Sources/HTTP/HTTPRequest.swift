/// A request, read and checked: GET or HEAD, without a body.
public struct HTTPRequest: Sendable {
  /// Part of a query: `limit=10`.
  public struct QueryItem: Sendable, Equatable {
    /// The name of the parameter, decoded.
    public var name: String
    /// The value of the parameter, decoded; may be empty.
    public var value: String

    /// An item.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// Whether only the headers of the response are wanted. The server sees to it; who answers need not care.
  public let isHead: Bool
  /// The parts of the path between the slashes, decoded one by one: a part may hold a `/` of its own. `/` has none.
  public let segments: [String]
  /// The query's items in the order in which they came.
  public let query: [QueryItem]
  /// What stands in the path where the route has a variable: for `/v1/jobs/{id}`, `id`.
  public internal(set) var variables: [String: String] = [:]
  private let headers: [(name: String, value: String)]

  /// A request to this target, as it stands in the request line.
  ///
  /// - Parameter headers: names may be in upper or lower case.
  public init(_ target: String, headers: [(name: String, value: String)] = [], isHead: Bool = false)
    throws(RequestTargetError)
  {
    let parsed = try RequestTarget(Array(target.utf8))
    segments = parsed.segments
    query = parsed.query
    self.isHead = isHead
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
  }

  /// The path, decoded, for messages.
  public var path: String { "/" + segments.joined(separator: "/") }

  /// The value of a header, the first where there are several; the name in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  /// How often a header is there.
  func count(ofHeader name: String) -> Int { headers.count { $0.name == name } }

  /// The value of a query's item; the routes see to it that there is at most one.
  public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The id of the last event that the reader of a stream has received.
  public var lastEventID: String? { header("last-event-id") }
}
