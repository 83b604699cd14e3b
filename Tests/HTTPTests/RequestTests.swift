import HTTP
import Testing

@Suite struct RequestTests {
  @Test(arguments: [
    ("/", []), ("/v1/jobs", ["v1", "jobs"]), ("/v1/jobs/", ["v1", "jobs", ""]), ("//", ["", ""]),
    ("/a%2Fb/c", ["a/b", "c"]), ("/%C3%A9", ["é"]), ("/a+b", ["a+b"]), ("/../etc", ["..", "etc"]),
    ("http://router:9464/v1", ["v1"]), ("HTTP://router", []), ("https://router?a=b", []), ("/a#b", ["a#b"]),
  ])
  func thePathIsParsed(_ target: String, _ segments: [String]) throws {
    #expect(try HTTPRequest(target).segments == segments)
  }

  @Test(arguments: [
    ("/?", []), ("/?a=b", [HTTPRequest.QueryItem("a", "b")]), ("/?a", [.init("a", "")]),
    ("/?a=b=c&&d=%26", [.init("a", "b=c"), .init("d", "&")]), ("/?a+b=c+d%2B", [.init("a b", "c d+")]),
    ("/?=", [.init("", "")]), ("/?a=/?x", [.init("a", "/?x")]),
  ])
  func theQueryIsParsed(_ target: String, _ query: [HTTPRequest.QueryItem]) throws {
    #expect(try HTTPRequest(target).query == query)
  }

  @Test(arguments: [
    ("", RequestTargetError.noPath), ("v1", .noPath), ("*", .noPath), ("?a=b", .noPath), ("ftp://a/b", .noPath),
    ("/%", .badEscape), ("/%4", .badEscape), ("/%zz", .badEscape), ("/a%2", .badEscape), ("/?a=%", .badEscape),
    ("/%00", .badCharacter), ("/%0a", .badCharacter), ("/%7f", .badCharacter), ("/%ff", .badCharacter),
    ("/%C3", .badCharacter), ("/%ed%a0%80", .badCharacter), ("/?a=%00", .badCharacter), ("/?%C3=", .badCharacter),
    ("/?a=%c2%9b", .badCharacter),
  ])
  func invalidInputIsRejected(_ target: String, _ error: RequestTargetError) {
    #expect(throws: error) { try HTTPRequest(target) }
  }

  @Test func headersAreFoundInAnyCase() throws {
    let request = try HTTPRequest("/", headers: [("LAST-Event-ID", "7"), ("A", "1"), ("a", "2")])
    #expect(request.lastEventID == "7")
    #expect(request.header("a") == "1")
    #expect(request.header("b") == nil)
  }

  @Test func eventsAreWrittenAsBrowsersReadThem() {
    #expect(text(ServerSentEvent("a")) == "data: a\n\n")
    #expect(text(ServerSentEvent("", name: "n", id: "1")) == "id: 1\nevent: n\ndata: \n\n")
    #expect(text(ServerSentEvent("a\nb\r\nc\rd\n")) == "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n")
    #expect(
      text(ServerSentEvent("a", name: "n\ndata: x", id: "1\r\nid: 2")) == "id: 1id: 2\nevent: ndata: x\ndata: a\n\n")
  }

  private func text(_ event: ServerSentEvent) -> String { String(decoding: event.bytes, as: UTF8.self) }
}
