internal import Glibc

/// TCP ports on 127.0.0.1 that nothing listens on.
public enum FreePort {
  /// Picks some, all different.
  ///
  /// They are free until somebody else takes them: whoever listens must be ready to retry.
  public static func pick(_ count: Int) throws -> [UInt16] {
    // All are held until the last is found, so that none comes twice.
    var sockets: [CInt] = []
    defer { for socket in sockets { close(socket) } }
    return try (0..<count).map { _ in
      let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
      guard socket >= 0 else { throw SystemError("make a socket") }
      sockets.append(socket)
      var address = Loopback.address(port: 0)
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
        }
      }
      guard bound else { throw SystemError("find a free port") }
      return UInt16(bigEndian: address.sin_port)
    }
  }

  /// Picks one.
  public static func pick() throws -> UInt16 { try pick(1)[0] }
}
