/// A response as it came over the wire.
public struct RawResponse: Sendable {
  /// The status: 200, 404 ...
  public let status: Int
  /// The headers; names in lower case.
  public let headers: [String: String]
  /// The body as text.
  public let body: String

  /// Reads one whole response: by its Content-Length, or without a body.
  public init(from client: RawClient, hasBody: Bool = true) throws {
    let head = try client.read(until: "\r\n\r\n")
    var lines = head.split(separator: "\r\n").map(String.init)
    status = Int(lines.removeFirst().split(separator: " ")[1]) ?? 0
    var headers: [String: String] = [:]
    for line in lines {
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      headers[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
    }
    self.headers = headers
    let length = Int(headers["content-length"] ?? "") ?? 0
    body = hasBody ? try client.read(bytes: length) : ""
  }

  /// The response to one GET without anything else, over a connection of its own.
  public static func get(
    _ target: String, port: UInt16, method: String = "GET", headers: String = ""
  ) throws -> RawResponse {
    let client = try RawClient(port: port)
    client.send("\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n")
    return try RawResponse(from: client, hasBody: method != "HEAD")
  }
}
