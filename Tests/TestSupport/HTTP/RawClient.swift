internal import Glibc
import Runtime

/// A TCP connection to a server on this machine, for requests byte by byte.
public final class RawClient {
  private let socket: CInt
  private var received: [UInt8] = []

  /// Connects.
  ///
  /// - Parameter receiveBytes: the size of the socket's receive buffer, for a reader that does not read.
  public init(port: UInt16, receiveBytes: Int32? = nil) throws {
    socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    if var receiveBytes { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBytes, socklen_t(MemoryLayout<CInt>.size)) }
    var address = Loopback.address(port: port)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard connected else { throw SystemError("connect to port \(port)") }
  }

  deinit { close(socket) }

  /// Sends text as it is; false where the server has closed the connection.
  @discardableResult
  public func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Everything up to the end of the connection.
  public func readToEnd(within allowed: Duration = .seconds(10)) throws -> String {
    let deadline = Deadline(within: allowed)
    while try receive(deadline, "the connection's end") {}
    defer { received = [] }
    return String(decoding: received, as: UTF8.self)
  }

  /// Reads until this text has come, and returns everything up to and with it.
  public func read(until text: String, within allowed: Duration = .seconds(10)) throws -> String {
    let deadline = Deadline(within: allowed)
    while true {
      let all = String(decoding: received, as: UTF8.self)
      if let range = all.firstRange(of: text) {
        let end = all.utf8.distance(from: all.startIndex, to: range.upperBound)
        received.removeFirst(end)
        return String(all[..<range.upperBound])
      }
      guard try receive(deadline, "\(text) after \(all.suffix(400))") else { throw Ended(received: all) }
    }
  }

  /// Reads that many bytes.
  public func read(bytes count: Int, within allowed: Duration = .seconds(10)) throws -> String {
    let deadline = Deadline(within: allowed)
    while received.count < count {
      guard try receive(deadline, "\(count) bytes") else {
        throw Ended(received: String(decoding: received, as: UTF8.self))
      }
    }
    defer { received.removeFirst(count) }
    return String(decoding: received[..<count], as: UTF8.self)
  }

  /// Whether the server closes the connection within that time; what comes before is dropped.
  public func isClosed(within allowed: Duration) throws -> Bool {
    do {
      _ = try readToEnd(within: allowed)
      return true
    } catch is TimedOut {
      return false
    }
  }

  /// The connection ended before what was waited for.
  public struct Ended: Error {
    /// What came until then.
    public let received: String
  }

  /// - Returns: false at the end of the connection, also where the server has broken it off.
  private func receive(_ deadline: Deadline, _ what: String) throws -> Bool {
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, CInt(deadline.remaining.wholeMilliseconds)) == 1 else {
      throw deadline.error(waitingFor: what)
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(socket, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    received += buffer[..<count]
    return true
  }
}
