import Foundation
import TestSupport

/// What systemd has behind `NOTIFY_SOCKET`: a datagram socket that a service sends its state to.
final class NotificationListener {
  /// The variable's value.
  let address: String
  private let directory: TemporaryDirectory?
  private let descriptor: Int32

  /// - Parameter isAbstract: Whether the name is one without a file.
  init(isAbstract: Bool = false) throws {
    directory = isAbstract ? nil : try TemporaryDirectory()
    address = directory.map { "\($0.path)/notify" } ?? "@router-test-\(UUID().uuidString)"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var local = sockaddr_un()
    local.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &local.sun_path) { path in
      path.copyBytes(from: Array(address.utf8))
      if isAbstract { path[0] = 0 }
    }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count)
    let isBound = withUnsafePointer(to: &local) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
    guard descriptor >= 0, isBound else { throw POSIXError(POSIXError.Code(rawValue: errno) ?? .EINVAL) }
  }

  deinit { close(descriptor) }

  /// The lines of the next message; nil when none comes in time.
  func receive(within seconds: Int32 = 30) -> [String]? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, seconds * 1000) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
