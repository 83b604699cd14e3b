public import ConfigurationFiles
public import HTTP
public import Jobs
internal import Kafka
public import Logging
public import RouterConfiguration
public import Runtime

/// Serves a router's health, metrics, topics and jobs over HTTP, and the page that shows the jobs.
public final class StatusServer: Sendable {
  private let server: HTTPServer
  private let ending = StopSignal()

  private static let lookMilliseconds: Int64 = 1000
  private static let eventMilliseconds = 200

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - listen: where; port 0 for any that is free.
  ///   - token: what clients have to show, except for health.
  ///   - jobs: the index of jobs; `nil` for none.
  ///   - stop: the signal that stops the router; then it is no longer ready.
  ///   - limits: what the server bears.
  public init(
    listen: ListenAddress, token: AccessToken?, status: RouterStatus, jobs: JobIndex? = nil,
    stop: StopSignal, limits: HTTPLimits = HTTPLimits()
  ) throws(HTTPServerError) {
    let source = StatusSource(status, jobs: jobs, stop: stop)
    let events = jobs.map { JobEvents($0) }
    let routes = StatusRoutes.all(source, jobs.map { JobRoutes(index: $0) }, events)
    server = try HTTPServer(listen: listen, token: token, limits: limits, routes: routes)
    Thread.start { [ending] in
      var next = MonotonicClock.milliseconds()
      while !ending.isRequested {
        let now = MonotonicClock.milliseconds()
        if now >= next {
          next = now + Self.lookMilliseconds
          source.look()
        }
        events?.look(now: now)
        Thread.sleep(milliseconds: Self.eventMilliseconds)
      }
    }
  }

  deinit { stop() }

  /// The address on which the server listens, with the port that the system chose.
  public var address: ListenAddress { server.address }

  /// Ends all connections. May be called again.
  public func stop() {
    ending.request()
    server.stop()
  }

  /// Starts the configured server, and logs its address; `nil` if none is configured.
  ///
  /// - Throws: what is wrong with the address or the token's file.
  public static func start(
    _ configuration: Configuration.HTTP, status: RouterStatus, jobs: JobIndex? = nil, stop: StopSignal, log: Log
  ) throws(ConfigurationErrors) -> StatusServer? {
    guard let address = configuration.address else { return nil }
    let token = try configuration.token()
    let server: StatusServer
    do {
      server = try StatusServer(listen: address, token: token, status: status, jobs: jobs, stop: stop)
    } catch {
      throw configuration.problem(error)
    }
    log.info("serving health, metrics and jobs over HTTP", [.address: server.address.description])
    return server
  }
}
