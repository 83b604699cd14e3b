import Foundation
import Synchronization
import TestSupport

/// A small HTTP/1.1 server on 127.0.0.1 for tests of clients: one request a connection, a thread for each.
final class LoopbackServer: Sendable {
  /// What is asked for.
  struct Request: Sendable {
    /// The path, decoded.
    let path: String
    /// The query's items, decoded.
    let query: [String: String]
    /// The headers, by their names in lower case.
    let headers: [String: String]
  }

  /// What is answered.
  struct Answer: Sendable {
    var status = 200
    var contentType = "application/json"
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the connection stays open after the body, until either side ends it.
    var staysOpen = false
  }

  /// Where it listens.
  let port: UInt16
  private let listener: CInt
  /// Sockets that threads of this server still read.
  private let open: Mutex<Set<CInt>?> = Mutex([])
  private let answer: @Sendable (Request) -> Answer

  /// Starts it; on a free port where none is given.
  init(port wanted: UInt16 = 0, answer: @escaping @Sendable (Request) -> Answer) throws {
    self.answer = answer
    port = wanted == 0 ? try FreePort.pick() : wanted
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var yes: CInt = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard bound == 0, listen(listener, 64) == 0 else {
      let error = SystemError("listen on port \(port)")
      close(listener)
      throw error
    }
    Thread.detachNewThread { [self] in accept() }
  }

  /// Ends it, with all its connections.
  func stop() {
    shutdown(listener, CInt(SHUT_RDWR))
    open.withLock { sockets in
      for socket in sockets ?? [] { shutdown(socket, CInt(SHUT_RDWR)) }
      sockets = nil
    }
  }

  private func accept() {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      if client < 0, errno == EINTR || errno == ECONNABORTED { continue }
      guard client >= 0 else { break }
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      let isWelcome = open.withLock { $0?.insert(client).inserted ?? false }
      guard isWelcome else {
        close(client)
        continue
      }
      Thread.detachNewThread { [self] in
        serve(client)
        open.withLock { sockets in
          sockets?.remove(client)
          close(client)
        }
      }
    }
    close(listener)
  }

  private func serve(_ client: CInt) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let end = Array("\r\n\r\n".utf8)
    while bytes.firstRange(of: end) == nil {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0, bytes.count < 65_536 else { return }
      bytes += buffer[..<count]
    }
    guard let request = Request(head: String(decoding: bytes, as: UTF8.self)) else { return }
    let answer = answer(request)
    var head = "HTTP/1.1 \(answer.status) As It Is\r\nContent-Type: \(answer.contentType)\r\nConnection: close\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    if !answer.staysOpen { head += "Content-Length: \(answer.body.count)\r\n" }
    send(Array((head + "\r\n").utf8) + answer.body, to: client)
    // The client's next words can only be its goodbye.
    if answer.staysOpen { _ = recv(client, &buffer, buffer.count, 0) }
  }

  private func send(_ bytes: [UInt8], to client: CInt) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(client, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}

extension LoopbackServer.Request {
  /// Reads the lines of a request up to the empty one.
  fileprivate init?(head: String) {
    let lines = head.split(separator: "\r\n")
    let parts = lines.first?.split(separator: " ") ?? []
    guard parts.count == 3, let target = URLComponents(string: String(parts[1])) else { return nil }
    path = target.path
    var query: [String: String] = [:]
    // A form's blank is a plus, which URLComponents leaves as it is.
    for item in (target.percentEncodedQuery ?? "").split(separator: "&") {
      let pair = item.replacing("+", with: "%20").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[pair[0].removingPercentEncoding ?? ""] = pair.count > 1 ? pair[1].removingPercentEncoding : ""
    }
    self.query = query
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      if pair.count == 2 { headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces) }
    }
    self.headers = headers
  }
}
