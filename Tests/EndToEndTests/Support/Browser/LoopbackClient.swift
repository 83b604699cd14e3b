import Foundation
import TestSupport

/// One HTTP request to a server on 127.0.0.1.
///
/// Not URLSession: Foundation's on Linux refuses headers without a blank after the colon, which chromedriver sends.
enum LoopbackClient {
  /// Sends a request with a JSON body and blocks until its answer is here; each wait for more of it ends after 30 s.
  static func send(
    _ method: String, _ path: String, body: [UInt8], to port: UInt16
  ) throws -> (status: Int, body: [UInt8]) {
    let client = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard client >= 0 else { throw SystemError("make a socket") }
    defer { close(client) }
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(client, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw SystemError("connect to port \(port)") }

    let head = """
      \(method) \(path) HTTP/1.1\r
      Host: 127.0.0.1:\(port)\r
      Content-Type: application/json; charset=utf-8\r
      Content-Length: \(body.count)\r
      Connection: close\r
      \r

      """
    let request = Array(head.utf8) + body
    var sent = 0
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes {
        Foundation.send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw SystemError("send \(method) \(path)") }
      sent += count
    }

    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let complete = parse(answer) { return complete }
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { throw SystemError("read the answer to \(method) \(path)") }
      answer += buffer[..<count]
    }
  }

  /// The status and the body, once all of it is here.
  private static func parse(_ answer: [UInt8]) -> (status: Int, body: [UInt8])? {
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: answer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let length = lines.lazy.map { $0.lowercased() }.first { $0.hasPrefix("content-length:") }
    let count = length.flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
    let body = answer[end.upperBound...]
    return body.count >= count ? (status, Array(body.prefix(count))) : nil
  }
}
