import HTTP

/// Servers on a port that is free.
enum TestServer {
  static let listen = ListenAddress(.v4([127, 0, 0, 1]), port: 0)

  /// `/` says hello; `/open` needs no token; `/large` is large; `/echo/{word}` says what it was asked.
  static func routes() -> [HTTPRoute] {
    [
      HTTPRoute("/") { _ in .text("hello\n") },
      HTTPRoute("/open", isOpen: true) { _ in .text("open\n") },
      HTTPRoute("/large") { _ in .text(String(repeating: "0123456789abcde\n", count: 1 << 18)) },
      HTTPRoute("/echo/{word}", parameters: ["limit", "after"]) { request in
        .text("\(request.variables["word"] ?? "") \(request.query("limit") ?? "-") \(request.query("after") ?? "-")\n")
      },
    ]
  }

  static func start(token: String? = nil, limits: HTTPLimits = HTTPLimits(), more: [HTTPRoute] = []) throws
    -> HTTPServer
  {
    try HTTPServer(
      listen: listen, token: token.map { try AccessToken($0) }, limits: limits, routes: routes() + more)
  }

  /// A server whose `/stream` is this hub's.
  static func start(_ hub: EventHub, limits: HTTPLimits = HTTPLimits()) throws -> HTTPServer {
    try start(
      limits: limits,
      more: [
        HTTPRoute("/stream") { request in
          let stream = EventStream(capacity: limits.streamBytes)
          hub.subscribe(stream, after: request.lastEventID) { continuation in
            [ServerSentEvent("\(continuation)", name: "hello")]
          }
          return .stream(stream)
        }
      ])
  }
}
