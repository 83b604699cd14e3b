/// The header `Host` of a request.
enum HostName {
  /// Whether it names this machine to itself: localhost, 127.0.0.1 or [::1], with any port or none.
  static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    return ["localhost", "127.0.0.1", "[::1]"].contains { name in
      guard host.hasPrefix(name) else { return false }
      let rest = host.utf8.dropFirst(name.utf8.count)
      guard let first = rest.first else { return true }
      let port = rest.dropFirst()
      return first == UInt8(ascii: ":") && port.count <= 5
        && port.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }
}
