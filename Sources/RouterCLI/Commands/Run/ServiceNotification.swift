internal import Glibc

/// The socket on which a service manager wants to hear from its services: `sd_notify(3)`, without libsystemd.
///
/// May be used from any thread.
struct ServiceNotification: Sendable {
  /// A message cannot be sent, and why.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// A path, or a name without a file (Linux's abstract sockets), which is written with an `@` in front.
  private let address: String

  /// - Parameter environment: where systemd puts `NOTIFY_SOCKET`.
  /// - Returns: `nil` where nobody listens.
  init?(environment: [String: String]) throws(Failure) {
    guard let address = environment["NOTIFY_SOCKET"], !address.isEmpty else { return nil }
    guard address.hasPrefix("/") || address.hasPrefix("@") else {
      throw Failure(description: "NOTIFY_SOCKET: \(PrintableText.quoted(address)) is neither a path nor @ and a name")
    }
    guard address.utf8.count < Self.longestAddress else {
      throw Failure(
        description: "NOTIFY_SOCKET: an address of \(address.utf8.count) bytes is too long for a socket")
    }
    self.address = address
  }

  /// The bytes of `sun_path`, of which a path needs the last for its NUL.
  private static let longestAddress = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

  /// Sends assignments such as `READY=1`, all in one message.
  func send(_ assignments: [String]) throws(Failure) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "cannot create a socket: \(SystemError.text(errno))") }
    defer { close(descriptor) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(address.utf8)
    withUnsafeMutableBytes(of: &target.sun_path) { path in
      path.copyBytes(from: bytes)
      if bytes[0] == UInt8(ascii: "@") { path[0] = 0 }
    }
    // An abstract name ends where the address does, so the length counts.
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    let message = Array(assignments.joined(separator: "\n").utf8)
    let sent = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        // A manager that does not read must not stop the service.
        sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
      }
    }
    guard sent == message.count else {
      throw Failure(description: "NOTIFY_SOCKET \(PrintableText.quoted(address)): \(SystemError.text(errno))")
    }
  }
}
