import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
  @Test func everyReaderGetsEveryEvent() throws {
    let hub = EventHub(mark: "t")
    let server = try TestServer.start(hub)
    defer { server.stop() }
    let clients = try (0..<5).map { _ in try open(server) }
    for number in 1...100 { hub.send("{\"n\":\(number)}", name: "started") }
    for client in clients {
      let text = try client.read(until: "id: t-100\nevent: started\ndata: {\"n\":100}\n\n")
      #expect(text.contains("id: t-1\nevent: started\ndata: {\"n\":1}\n\n"))
    }
    #expect(server.streams == 5)
    #expect(hub.readers == 5)
  }

  @Test func whoComesBackGetsWhatWasMissed() throws {
    let hub = EventHub(keeping: 10, mark: "t")
    let server = try TestServer.start(hub)
    defer { server.stop() }
    for number in 1...100 { hub.send("\(number)") }
    #expect(try open(server, after: "t-98").read(until: "id: t-100\ndata: 100\n\n").contains("id: t-99\ndata: 99\n"))
    // Nothing is missing, and nothing comes.
    #expect(try open(server, after: "t-100").read(until: "data: continues\n\n").contains("hello"))
    for unknown in ["t-1", "t-101", "u-99", "t-", "t-x", "nonsense", "t-1-2", "t--1"] {
      #expect(try open(server, after: unknown).read(until: "data: restarts\n\n").contains("hello"), "\(unknown)")
    }
  }

  @Test func aStreamThatIsEndedEndsInGoodOrder() throws {
    let stream = EventStream()
    let server = try TestServer.start(more: [HTTPRoute("/stream") { _ in .stream(stream) }])
    defer { server.stop() }
    let client = try open(server)
    try eventuallyBlocking("the stream is open") { server.streams == 1 }
    stream.send(ServerSentEvent("last"))
    stream.end()
    #expect(!stream.send(ServerSentEvent("too late")))
    #expect(try client.read(until: "0\r\n\r\n").contains("data: last\n\n"))
    try eventuallyBlocking("the stream is over") { server.streams == 0 }
  }

  @Test func aReaderThatDoesNotReadIsDropped() throws {
    let hub = EventHub(keeping: 1, mark: "t")
    var limits = HTTPLimits()
    limits.streamBytes = 64 * 1024
    let server = try TestServer.start(hub, limits: limits)
    defer { server.stop() }
    let reading = try open(server)
    let lazy = try RawClient(server, receiveBytes: 4096)
    lazy.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try eventuallyBlocking("both read") { hub.readers == 2 }
    let text = String(repeating: "x", count: 1000)
    var number: UInt64 = 0
    try eventuallyBlocking("the lazy reader is dropped", within: .seconds(30)) {
      for _ in 0..<20 {
        hub.send(text)
        number += 1
      }
      _ = try reading.read(until: "id: t-\(number)\n")
      return hub.readers == 1
    }
    try eventuallyBlocking("its connection is closed") { server.connections == 1 }
    hub.send("still there")
    _ = try reading.read(until: "still there")
  }

  @Test func aReaderThatGoesIsNoticed() throws {
    let hub = EventHub(mark: "t")
    let server = try TestServer.start(hub)
    defer { server.stop() }
    var client: RawClient? = try open(server)
    _ = try client?.read(until: "hello")
    client = nil
    try eventuallyBlocking("its stream is over") {
      hub.send("anybody?")
      return server.streams == 0
    }
    hub.send("nobody")
    #expect(hub.readers == 0)
  }

  @Test func aSilentStreamIsKeptAlive() throws {
    var limits = HTTPLimits()
    limits.keepAliveSeconds = 1
    let server = try TestServer.start(EventHub(mark: "t"), limits: limits)
    defer { server.stop() }
    let client = try open(server)
    _ = try client.read(until: ": still here\n\n")
    _ = try client.read(until: ": still here\n\n")
  }

  @Test func tooManyStreamsAreRejectedAndOthersStillAnswered() throws {
    var limits = HTTPLimits()
    limits.streams = 2
    let server = try TestServer.start(EventHub(mark: "t"), limits: limits)
    defer { server.stop() }
    let clients = try (0..<2).map { _ in try open(server) }
    let refused = try RawResponse.get("/stream", from: server)
    #expect(refused.status == 503)
    #expect(refused.headers["retry-after"] == "10")
    #expect(try RawResponse.get("/", from: server).status == 200)
    _ = clients
  }

  @Test func aHeadOfAStreamOpensNone() throws {
    let hub = EventHub(mark: "t")
    let server = try TestServer.start(hub)
    defer { server.stop() }
    let response = try RawResponse.get("/stream", from: server, method: "HEAD")
    #expect(response.status == 200)
    #expect(response.headers["content-type"] == "text/event-stream")
    #expect(server.streams == 0)
    #expect(hub.readers == 0)
  }

  @Test func stoppingEndsOpenStreamsSoon() throws {
    for _ in 0..<20 {
      let hub = EventHub(mark: "t")
      let server = try TestServer.start(hub)
      let clients = try (0..<10).map { _ in try open(server) }
      let sender = Sender(hub)
      let began = ContinuousClock.now
      server.stop()
      #expect(ContinuousClock.now - began < .seconds(5))
      sender.stop()
      for client in clients { #expect(try client.isClosed(within: .seconds(5))) }
    }
  }

  private func open(_ server: HTTPServer, after id: String? = nil) throws -> RawClient {
    let client = try RawClient(server)
    let header = id.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
    let head = try client.read(until: "\r\n\r\n")
    #expect(head.contains("200 OK"))
    #expect(head.contains("Content-Type: text/event-stream"))
    return client
  }
}
