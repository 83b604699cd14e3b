import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
  @Test func aGetIsAnswered() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let response = try RawResponse.get("/", from: server)
    #expect(response.status == 200)
    #expect(response.body == "hello\n")
    #expect(response.headers["content-length"] == "6")
    #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
    #expect(response.headers["cache-control"] == "no-store")
    #expect(response.headers["x-content-type-options"] == "nosniff")
    #expect(response.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
  }

  @Test func aHeadHasTheHeadersOfTheGet() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    let head = try RawResponse(from: client, hasBody: false)
    let get = try RawResponse(from: client)
    #expect(head.status == 200)
    for name in ["content-length", "content-type", "cache-control"] {
      #expect(head.headers[name] == get.headers[name])
    }
    #expect(get.body == "hello\n")
  }

  @Test func requestsOnOneConnectionAreAnsweredInTheirOrder() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send((0..<50).map { "GET /echo/w\($0) HTTP/1.1\r\nHost: localhost\r\n\r\n" }.joined())
    for number in 0..<50 { #expect(try RawResponse(from: client).body == "w\(number) - -\n") }
    #expect(server.connections == 1)
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
  func otherMethodsAreRejected(_ method: String) throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let response = try RawResponse.get("/", from: server, method: method)
    #expect(response.status == 405)
    #expect(response.headers["allow"] == "GET, HEAD")
    #expect(response.body == #"{"error":"only GET and HEAD are supported","status":405}"# + "\n")
  }

  @Test(arguments: ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"])
  func aBodyIsNotMistakenForTheNextRequest(_ rest: String) throws {
    let server = try TestServer.start()
    defer { server.stop() }
    for (method, status) in [("GET", 400), ("POST", 405)] {
      let client = try RawClient(server)
      client.send("\(method) / HTTP/1.1\r\nHost: localhost\r\n\(rest)GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(try RawResponse(from: client).status == status)
      #expect(try client.readToEnd() == "")
    }
  }

  @Test func aLargeResponseComesWhole() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let response = try RawResponse.get("/large", from: server)
    #expect(response.body.utf8.count == 16 << 18)
    #expect(response.body.hasSuffix("0123456789abcde\n"))
  }

  @Test func anUnknownPathIsToldWhatThereIs() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let response = try RawResponse.get("/v2/%22jobs", from: server)
    #expect(response.status == 404)
    #expect(response.headers["content-type"] == "application/json")
    #expect(
      response.body
        == #"{"error":"there is nothing at \"/v2/\\\"jobs\"","status":404,"paths":["/","/open","/large","/echo/{word}"]}"#
        + "\n")
    #expect(try RawResponse.get("/echo", from: server).status == 404)
    #expect(try RawResponse.get("/echo/", from: server).status == 404)
    #expect(try RawResponse.get("/open/", from: server).status == 404)
  }

  @Test func parametersAreChecked() throws {
    let server = try TestServer.start()
    defer { server.stop() }
    #expect(try RawResponse.get("/echo/a%2Fb?limit=5&after=x+y", from: server).body == "a/b 5 x y\n")
    let unknown = try RawResponse.get("/echo/a?limits=5", from: server)
    #expect(unknown.status == 400)
    #expect(unknown.body.contains("did you mean limit?"))
    let twice = try RawResponse.get("/echo/a?limit=5&limit=6", from: server)
    #expect(twice.status == 400)
    #expect(twice.body.contains("the parameter limit is given more than once"))
  }

  @Test(arguments: [
    ("localhost", 200), ("LOCALHOST:9464", 200), ("127.0.0.1:1", 200), ("[::1]:9464", 200), ("[::1]", 200),
    ("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example:80", 421), ("localhost:80x", 421),
    ("10.0.0.1", 421), ("", 421), ("localhost:", 200),
  ])
  func aNameThatIsNotOursIsRejectedOnLoopback(_ host: String, _ status: Int) throws {
    let server = try TestServer.start()
    defer { server.stop() }
    let client = try RawClient(server)
    client.send("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    #expect(try RawResponse(from: client).status == status)
  }

  @Test func withATokenAnyNameWillDo() throws {
    let server = try TestServer.start(token: "0123456789abcdef")
    defer { server.stop() }
    let client = try RawClient(server)
    client.send("GET / HTTP/1.1\r\nHost: router.example\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n")
    #expect(try RawResponse(from: client).status == 200)
  }

  @Test func stoppingClosesWhatIsOpenAndCanBeRepeated() throws {
    let server = try TestServer.start()
    let idle = try RawClient(server)
    idle.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    _ = try RawResponse(from: idle)
    let half = try RawClient(server)
    half.send("GET / HT")
    let began = ContinuousClock.now
    server.stop()
    server.stop()
    #expect(ContinuousClock.now - began < .seconds(5))
    #expect(try idle.isClosed(within: .seconds(5)))
    #expect(try half.isClosed(within: .seconds(5)))
    #expect(throws: SystemError.self) { try RawClient(server) }
  }
}
