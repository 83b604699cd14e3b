internal import HTTPC
internal import Runtime
internal import Synchronization

/// An HTTP/1.1 server on libmicrohttpd, for a few clients that want to look at something: GET and HEAD, bounded in all
/// that a client can ask of it.
///
/// It answers on threads of its own (`HTTPLimits.threads`); a stream needs none while there is nothing to send.
public final class HTTPServer: Sendable {
  /// The address on which the server listens. For port 0, it has the port that the system chose.
  public let address: ListenAddress
  private let service: HTTPService
  private let ticker: Ticker
  /// `nil` once it is stopped.
  private let daemon: Mutex<DaemonHandle?>

  private static let tickMilliseconds = 250

  /// Starts it.
  ///
  /// - Parameters:
  ///   - listen: where; port 0 for any that is free.
  ///   - token: what clients have to show, except on routes that are open.
  ///   - routes: what is answered.
  public init(
    listen: ListenAddress, token: AccessToken? = nil, limits: HTTPLimits = HTTPLimits(), routes: [HTTPRoute]
  ) throws(HTTPServerError) {
    let socket = try ListeningSocket(listen)
    address = socket.address
    // With a token, a page that has its name lead here cannot read anything: it does not know the token.
    let checksHost = listen.isLoopback && token == nil
    let service = HTTPService(routes: HTTPRoutes(routes, token: token, checksHost: checksHost), limits: limits)
    guard let daemon = service.start(socket, perAddress: listen.isLoopback ? 0 : limits.connectionsPerAddress) else {
      socket.close()
      throw .failed(listen, reason: "libmicrohttpd does not start")
    }
    self.service = service
    self.daemon = Mutex(daemon)
    ticker = Ticker(everyMilliseconds: Self.tickMilliseconds) { service.tick(now: MonotonicClock.milliseconds()) }
  }

  deinit { stop() }

  /// Ends all streams, closes all connections and waits until all threads of the server have ended. May be called again.
  public func stop() {
    daemon.withLock { daemon in
      guard let running = daemon else { return }
      daemon = nil
      ticker.stop()
      // libmicrohttpd must not be stopped while connections are suspended; from here on none is.
      service.endStreams()
      MHD_stop_daemon(running.pointer)
      service.release()
    }
  }

  /// Connections that are open.
  public var connections: Int { service.connections.count }

  /// Streams that are open.
  public var streams: Int { service.streamCount }
}

/// libmicrohttpd's daemon.
///
/// @unchecked Sendable: it is only handed to the one call that stops it.
struct DaemonHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}
