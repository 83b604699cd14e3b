internal import Glibc

/// A socket that listens.
///
/// libmicrohttpd could make it itself, but says only that it failed, not why.
struct ListeningSocket {
  /// The descriptor; whoever has this value has to close it.
  let descriptor: CInt
  /// The address of the socket, with the port that the system chose.
  let address: ListenAddress

  /// Connections that wait to be accepted; as many as the system allows at the most.
  private static let backlog: CInt = 128

  /// Listens there.
  init(_ address: ListenAddress) throws(HTTPServerError) {
    let socket = try Self.bound(to: address)
    guard listen(socket, Self.backlog) == 0 else {
      let error = Self.error(address)
      Glibc.close(socket)
      throw error
    }
    descriptor = socket
    self.address = ListenAddress(address.host, port: Self.port(of: socket) ?? address.port)
  }

  /// A socket with that address, which does not listen yet.
  fileprivate static func bound(to address: ListenAddress) throws(HTTPServerError) -> CInt {
    let (family, length) = address.family
    // Without blocking: several threads wait for it, and one connection wakes them all.
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(family, kind, 0)
    guard socket >= 0 else { throw Self.error(address) }
    var yes: CInt = 1
    var no: CInt = 0
    let size = socklen_t(MemoryLayout<CInt>.size)
    // A restarted server need not wait for the connections of the one before.
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, size)
    if family == AF_INET6 { setsockopt(socket, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &no, size) }
    guard address.withSocketAddress({ bind(socket, $0, length) }) == 0 else {
      let error = Self.error(address)
      Glibc.close(socket)
      throw error
    }
    return socket
  }

  private static func port(of socket: CInt) -> UInt16? {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let known = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
    }
    // The port is in the same place in both kinds of addresses.
    return known ? UInt16(bigEndian: storage.sin6_port) : nil
  }

  private static func error(_ address: ListenAddress) -> HTTPServerError {
    switch errno {
    case EADDRINUSE: .inUse(address)
    case EADDRNOTAVAIL: .notHere(address)
    case EACCES, EPERM: .notAllowed(address)
    case let code: .failed(address, reason: String(cString: strerror(code)))
    }
  }
}

extension ListenAddress {
  /// Whether a server of this machine and user could listen there, without accepting a connection.
  public func validate() throws(HTTPServerError) {
    Glibc.close(try ListeningSocket.bound(to: self))
  }

  fileprivate var family: (CInt, socklen_t) {
    switch host {
    case .v4: (AF_INET, socklen_t(MemoryLayout<sockaddr_in>.size))
    case .v6: (AF_INET6, socklen_t(MemoryLayout<sockaddr_in6>.size))
    }
  }

  fileprivate func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
    var storage = sockaddr_in6()
    return withUnsafeMutableBytes(of: &storage) { bytes in
      // The two kinds have family and port in the same place.
      bytes.storeBytes(of: sa_family_t(family.0), as: sa_family_t.self)
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      switch host {
      case .v4(let address): UnsafeMutableRawBufferPointer(rebasing: bytes[4..<8]).copyBytes(from: address)
      case .v6(let address): UnsafeMutableRawBufferPointer(rebasing: bytes[8..<24]).copyBytes(from: address)
      }
      return body(bytes.assumingMemoryBound(to: sockaddr.self).baseAddress.unsafelyUnwrapped)
    }
  }
}

extension ListeningSocket {
  /// Gives the descriptor back.
  func close() { Glibc.close(descriptor) }
}
