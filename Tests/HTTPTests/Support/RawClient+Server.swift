import HTTP
import TestSupport

extension RawClient {
  /// Connects to a server on this machine.
  convenience init(_ server: HTTPServer, receiveBytes: Int32? = nil) throws {
    try self.init(port: server.address.port, receiveBytes: receiveBytes)
  }
}

extension RawResponse {
  /// The response to one GET without anything else, over a connection of its own.
  static func get(
    _ target: String, from server: HTTPServer, method: String = "GET", headers: String = ""
  ) throws -> RawResponse {
    try get(target, port: server.address.port, method: method, headers: headers)
  }
}
