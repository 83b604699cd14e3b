public import Wording

/// The answer to a request.
public struct HTTPResponse: Sendable {
  /// What is sent after the headers.
  public enum Body: Sendable {
    /// Bytes that are all there.
    case bytes([UInt8])
    /// What another thread sends from now on.
    case stream(EventStream)
  }

  /// The status: 200, 404 and so on....
  public var status: Int
  /// The content type.
  public var contentType: String
  /// What is sent after the headers.
  public var body: Body
  /// Further headers. They go before those that the server adds to every response.
  public var headers: [(name: String, value: String)]

  /// A response.
  public init(
    status: Int = 200, contentType: String, body: Body, headers: [(name: String, value: String)] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  /// A JSON document.
  public static func json(_ document: JSONTree, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, contentType: "application/json", body: .bytes(document.lineBytes + [UInt8(ascii: "\n")]))
  }

  /// Text.
  public static func text(_ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8")
    -> HTTPResponse
  {
    HTTPResponse(status: status, contentType: contentType, body: .bytes(Array(text.utf8)))
  }

  /// A page that loads nothing from anywhere but here.
  ///
  /// - Parameter policy: its Content-Security-Policy.
  public static func page(_ bytes: [UInt8], policy: String) -> HTTPResponse {
    HTTPResponse(
      contentType: "text/html; charset=utf-8", body: .bytes(bytes), headers: [("Content-Security-Policy", policy)])
  }

  /// Server-sent events.
  public static func stream(_ stream: EventStream) -> HTTPResponse {
    HTTPResponse(contentType: "text/event-stream", body: .stream(stream))
  }

  /// What went wrong: `{"error": "...", "status": 404}`, and what belongs to it.
  public static func problem(_ status: Int, _ error: String, _ more: [JSONTree.Member] = []) -> HTTPResponse {
    json(
      .object([JSONTree.Member("error", .text(error)), JSONTree.Member("status", .integer(Int64(status)))] + more),
      status: status)
  }

  /// What every response says, unless it says something else itself.
  static let standardHeaders: [(name: String, value: String)] = [
    // Who may see it depends on the token; and it is out of date at once.
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
  ]

  /// All headers but those that libmicrohttpd adds: length, date, connection.
  var allHeaders: [(name: String, value: String)] {
    let own = [("Content-Type", contentType)] + headers
    let names = Set(own.map { $0.0.lowercased() })
    return own + Self.standardHeaders.filter { !names.contains($0.name.lowercased()) }
  }
}
