import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPNonsenseTests {
  /// What is no request gets an error or the end of its connection, and the server goes on.
  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", [400]), ("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    ("GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]), ("GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    ("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]), ("GET nonsense HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    ("GET /\u{e9} HTTP/1.1\r\nHost: localhost\r\n\r\n", [404]),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", [400]),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n", [400]),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", [400]),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n", [413, 400]),
    ("CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n", [405]),
    ("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", [400, 505]), ("GET /\r\n\r\n", [400, 505]),
    ("GET\r\n\r\n", [400, 505]),
    ("GET / FTP/1.1\r\nHost: localhost\r\n\r\n", [400, 505]), ("\r\n\r\n\r\nnonsense\r\n\r\n", [400, 505]),
    ("\u{1}\u{2}\u{3}\u{0}\u{0}\r\n\r\n", [400, 505]), ("GET / HTTP/1.1\r\n: empty\r\n\r\n", [400]),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n", [400]),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505, 405]), ("GET / a b HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
  ])
  func invalidRequestsAreRejected(_ request: String, _ statuses: [Int]) throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send(request)
    do {
      let response = try RawResponse(from: client)
      #expect(statuses.contains(response.status), "\(response.status)")
    } catch is RawClient.Ended {
      // Closed without an answer, as libmicrohttpd does where it cannot tell what was meant.
    }
    #expect(try RawResponse.get("/", from: server).status == 200)
  }

  @Test func anHTTP10ClientNeedsNoHost() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send("GET / HTTP/1.0\r\n\r\n")
    #expect(try RawResponse(from: client).body == "hello\n")
    #expect(try client.readToEnd() == "")
  }

  @Test func aLongTargetIsRejected() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let fits = "/echo/" + String(repeating: "a", count: HTTPLimits().targetBytes - 6)
    #expect(try RawResponse.get(fits, from: server).status == 200)
    let long = try RawResponse.get(fits + "a", from: server)
    #expect(long.status == 414)
    #expect(long.body.contains("longer than 2048 bytes"))
  }

  @Test(arguments: ["GET / HTTP/1.1\r\nHost: localhost\r\nA: ", "GET /", "X"])
  func endlessHeadersAreCutOff(_ start: String) throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send(start)
    let block = String(repeating: "a", count: 4096)
    var sent = 0
    while sent < 1 << 24, client.send(block) { sent += block.utf8.count }
    #expect(sent < 1 << 24)
    #expect(try client.isClosed(within: .seconds(5)))
    #expect(try RawResponse.get("/", from: server).status == 200)
  }

  @Test func manyHeadersAreRejected() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let headers = (0..<5000).map { "H\($0): value\r\n" }.joined()
    let client = try RawClient(server)
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
    // The end of the connection may overtake the answer, since not everything was read.
    if let response = try? RawResponse(from: client) { #expect(response.status == 431) }
    #expect(try RawResponse.get("/", from: server).status == 200)
  }

  @Test func whoSendsOneByteNowAndThenIsCutOff() throws {
    var limits = HTTPLimits()
    limits.requestSeconds = 1
    let server = try TestServer.start(limits: limits)
    defer { server.stop() }
    let client = try RawClient(server)
    let began = ContinuousClock.now
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nA: ")
    while client.send("a"), ContinuousClock.now - began < .seconds(20) { Interval.pause(milliseconds: 100) }
    #expect(ContinuousClock.now - began < .seconds(10))
    try eventuallyBlocking("the connection is forgotten") { server.connections == 0 }
  }

  @Test func whoTakesOneByteNowAndThenIsCutOff() throws {
    var limits = HTTPLimits()
    limits.responseSeconds = 1
    let server = try TestServer.start(limits: limits)
    defer { server.stop() }
    let client = try RawClient(server, receiveBytes: 4096)
    client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try eventuallyBlocking("the connection is open") { server.connections == 1 }
    try eventuallyBlocking("the connection is forgotten") { server.connections == 0 }
    _ = client
  }

  @Test func connectionsAboveTheLimitWaitForOthersToEnd() throws {
    var limits = HTTPLimits()
    limits.connections = 8
    limits.requestSeconds = 2
    let server = try TestServer.start(limits: limits)
    defer { server.stop() }
    let idle = try (0..<20).map { _ in try RawClient(server) }
    // Never more than allowed, and those that say nothing are put out for it.
    #expect(server.connections <= 8)
    #expect(try RawResponse.get("/", from: server).status == 200)
    #expect(server.connections <= 8)
    _ = idle
  }
}
