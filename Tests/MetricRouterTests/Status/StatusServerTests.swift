import Foundation
import HTTP
import Naming
import Runtime
import TestSupport
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite(.timeLimit(.minutes(1))) struct StatusServerTests {
  private let status = RouterStatus()
  private let stop = StopSignal()

  private func start(token: String? = nil) throws -> StatusServer {
    try StatusServer(
      listen: ListenAddress("127.0.0.1:0"), token: token.map { try AccessToken($0) }, status: status, stop: stop)
  }

  private func get(_ target: String, _ server: StatusServer, headers: String = "") throws -> RawResponse {
    try RawResponse.get(target, port: server.address.port, headers: headers)
  }

  @Test func aRouterThatHasNotJoinedLivesAndIsNotReady() throws {
    let server = try start()
    defer { server.stop() }
    let livez = try get("/livez", server)
    #expect(livez.status == 200)
    #expect(livez.body == #"{"status":"alive","reasons":[],"notes":[]}"# + "\n")
    let readyz = try get("/readyz", server)
    #expect(readyz.status == 503)
    #expect(readyz.body.hasPrefix(#"{"status":"not ready","reasons":["the router is not a member"#))
  }

  @Test func aMemberIsReadyUntilItStops() throws {
    var snapshot = RouterStatus.Snapshot()
    snapshot.isMember = true
    status.publish(snapshot, jobs: [])
    let server = try start()
    defer { server.stop() }
    #expect(try get("/readyz", server).body == #"{"status":"ready","reasons":[],"notes":[]}"# + "\n")
    stop.request()
    let readyz = try get("/readyz", server)
    #expect(readyz.status == 503)
    #expect(readyz.body.contains("the router is stopping"))
    #expect(try get("/livez", server).status == 200)
  }

  @Test func itAsksTheRouterForSnapshotsByItself() throws {
    status.publish(RouterStatus.Snapshot(), jobs: [])
    #expect(!status.isWanted)
    let server = try start()
    defer { server.stop() }
    try eventuallyBlocking("a snapshot is asked for") { status.isWanted }
    // The jobs are gathered only where somebody wants to see them.
    #expect(!status.areJobsWanted)
  }

  @Test func metricsHaveTheirContentType() throws {
    let server = try start()
    defer { server.stop() }
    let metrics = try get("/metrics", server)
    #expect(metrics.status == 200)
    #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(metrics.body.contains("\nldms_router_rows_consumed_total 0\n"))
  }

  @Test func topicsAreAskedForAndWaitedFor() throws {
    let server = try start()
    defer { server.stop() }
    status.publish(RouterStatus.Snapshot(), jobs: nil)
    let router = Thread { [status] in
      for _ in 0..<1000 where !status.areJobsWanted { usleep(2000) }
      let job = JobTotals(
        user: Name("alice"), job: Name("1"), nodes: [], userTopic: "u", jobTopic: "j", rows: 3, bytes: 30)
      status.publish(RouterStatus.Snapshot(), jobs: [job])
    }
    router.start()
    let topics = try get("/v1/topics", server)
    #expect(topics.status == 200)
    #expect(topics.body.contains(#""topic":"j","kind":"job","user":"alice","job":"1","rows":3,"bytes":30"#))
    #expect(try get("/v1/topics?limits=1", server).status == 400)
  }

  @Test func healthNeedsNoTokenAndAllElseDoes() throws {
    let server = try start(token: "0123456789abcdef")
    defer { server.stop() }
    #expect(try get("/livez", server).status == 200)
    #expect(try get("/readyz", server).status == 503)
    for path in ["/metrics", "/v1/topics", "/v1/nothing"] { #expect(try get(path, server).status == 401) }
    let header = "Authorization: Bearer 0123456789abcdef\r\n"
    #expect(try get("/metrics", server, headers: header).status == 200)
  }

  @Test func whatIsConfiguredIsStarted() throws {
    let log = CapturedLog()
    var configuration = Configuration.HTTP()
    configuration.listen = Located("off")
    #expect(try StatusServer.start(configuration, status: status, stop: stop, log: log.log) == nil)
    configuration.listen = Located("127.0.0.1:0")
    let server = try #require(try StatusServer.start(configuration, status: status, stop: stop, log: log.log))
    #expect(log.text.contains("address=\(server.address)"))
    #expect(!log.text.contains(" warning "))
    configuration.listen = Located("127.0.0.1:\(server.address.port)")
    let error = #expect(throws: ConfigurationErrors.self) {
      try StatusServer.start(configuration, status: status, stop: stop, log: log.log)
    }
    #expect(
      error?.problems.first?.message.contains("cannot listen on \(server.address): the address is in use") == true)
    server.stop()
  }

  @Test func anInvalidTokenFileIsRejected() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write("short\n", to: "token")
    chmod(path, 0o600)
    var configuration = Configuration.HTTP()
    configuration.listen = Located("127.0.0.1:0")
    configuration.tokenFile = Located(path)
    let error = #expect(throws: ConfigurationErrors.self) { try configuration.token() }
    #expect(
      error?.problems.first?.message
        == "http.token-file: the file \"\(path)\" has a token of 5 characters; it needs at least 16, from openssl rand -hex 32"
    )
  }
}
