internal import HTTPC
internal import Synchronization

/// What the callbacks of libmicrohttpd work on: routes, limits, connections and streams.
final class HTTPService: Sendable {
  private struct Streams {
    var open: [ObjectIdentifier: EventStream] = [:]
    var isStopping = false
  }

  let routes: HTTPRoutes
  let limits: HTTPLimits
  let connections = ConnectionTable()
  private let streams = Mutex(Streams())

  init(routes: HTTPRoutes, limits: HTTPLimits) {
    self.routes = routes
    self.limits = limits
  }

  /// Starts libmicrohttpd, which holds on to this object until `release`.
  func start(_ socket: ListeningSocket, perAddress: Int) -> DaemonHandle? {
    let retained = Unmanaged.passRetained(self)
    var options = httpc_options()
    options.listen_socket = socket.descriptor
    options.threads = UInt32(limits.threads)
    options.connections = UInt32(limits.connections)
    options.connections_per_address = UInt32(perAddress)
    options.connection_memory = limits.connectionMemory
    options.timeout_seconds = UInt32(limits.idleSeconds)
    options.begin = beginRequest
    options.answer = answerRequest
    options.complete = completeRequest
    options.notify = noteConnection
    options.context = retained.toOpaque()
    guard let daemon = httpc_start(&options) else {
      retained.release()
      return nil
    }
    return DaemonHandle(pointer: daemon)
  }

  /// libmicrohttpd has stopped.
  func release() {
    Unmanaged.passUnretained(self).release()
  }

  /// The answer to a request, and what it is to be checked for before.
  func respond(
    method: String, target: [UInt8], headers: [(name: String, value: String)]
  ) -> HTTPResponse {
    guard method == "GET" || method == "HEAD" else {
      var response = HTTPResponse.problem(405, "only GET and HEAD are supported")
      response.headers.append(("Allow", "GET, HEAD"))
      return response
    }
    guard target.count <= limits.targetBytes else {
      return .problem(414, "the request's target is longer than \(limits.targetBytes) bytes")
    }
    let request: HTTPRequest
    do {
      guard let text = String(validating: target, as: UTF8.self) else { throw RequestTargetError.badCharacter }
      request = try HTTPRequest(text, headers: headers, isHead: method == "HEAD")
    } catch {
      return .problem(400, "\(error)")
    }
    if request.hasBody { return .problem(400, "requests with a body are not supported") }
    for name in ["host", "authorization"] where request.count(ofHeader: name) > 1 {
      return .problem(400, "the header \(name) is given more than once")
    }
    return routes.respond(to: request)
  }

  /// Takes a stream in.
  ///
  /// - Returns: false where there are too many, or the server stops.
  func open(_ stream: EventStream) -> Bool {
    streams.withLock { streams in
      guard !streams.isStopping, streams.open.count < limits.streams else { return false }
      streams.open[ObjectIdentifier(stream)] = stream
      return true
    }
  }

  /// The connection of a stream has gone.
  func close(_ stream: EventStream) {
    stream.close()
    streams.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(stream)) }
  }

  /// Ends all streams, and takes no more.
  func endStreams() {
    let open = streams.withLock { streams in
      streams.isStopping = true
      return Array(streams.open.values)
    }
    for stream in open { stream.end() }
  }

  var streamCount: Int { streams.withLock { $0.open.count } }

  /// What has to be done now and then.
  func tick(now: Int64) {
    connections.abortLate(now: now)
    for stream in streams.withLock({ Array($0.open.values) }) {
      stream.keepAlive(after: Int64(limits.keepAliveSeconds) * 1000, now: now)
    }
  }
}

extension HTTPRequest {
  fileprivate var hasBody: Bool {
    header("transfer-encoding") != nil || !(header("content-length") ?? "0").utf8.allSatisfy { $0 == UInt8(ascii: "0") }
  }
}
