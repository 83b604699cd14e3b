internal import Glibc
internal import Wording

extension ListenAddress: CustomStringConvertible {
  /// Reads `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`, the last of which is 127.0.0.1.
  ///
  /// An address without a host, `:9464`, is refused: whether it should be reachable from other machines is too
  /// important to be left out. So are names other than localhost: what they lead to is known only to the resolver.
  public init(_ text: String) throws(ListenAddressError) {
    func fail(_ reason: String) -> ListenAddressError { ListenAddressError(text: text, reason: reason) }
    let host: Substring
    let port: Substring
    if text.hasPrefix("[") {
      guard let end = text.lastIndex(of: "]") else { throw fail("the ] after the address is missing") }
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw fail("a port, as in :9464, must follow the ]") }
      host = text[text.index(after: text.startIndex)..<end]
      port = rest.dropFirst()
      guard let bytes = Self.bytes(of: String(host), AF_INET6, count: 16) else {
        throw fail("\(quoted(host)) is not an IPv6 address")
      }
      self.host = .v6(bytes)
    } else {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw fail("an IPv6 address needs brackets, as in [::1]:9464") }
      host = parts.first ?? ""
      port = parts.count == 2 ? parts[1] : ""
      guard !host.isEmpty else {
        throw fail("the address is missing; 127.0.0.1 is for this machine only, 0.0.0.0 for all its networks")
      }
      if host == "localhost" {
        self.host = .v4([127, 0, 0, 1])
      } else if let bytes = Self.bytes(of: String(host), AF_INET, count: 4) {
        self.host = .v4(bytes)
      } else {
        throw fail("\(quoted(host)) is not an IP address, and the only name allowed is localhost")
      }
    }
    guard !port.isEmpty else { throw fail("the port is missing, as in :9464") }
    guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = UInt16(port)
    else { throw fail("\(quoted(port)) is not a port: a number from 0 to 65535") }
    self.port = number
  }

  private static func bytes(of text: String, _ family: CInt, count: Int) -> [UInt8]? {
    guard !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  /// The address as it is written: `127.0.0.1:9464`, `[::1]:9464`.
  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch host {
    case .v4(let bytes):
      return bytes.map { String($0) }.joined(separator: ".") + ":\(port)"
    case .v6(let bytes):
      inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
      let end = text.firstIndex(of: 0) ?? text.count
      return "[" + String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self) + "]:\(port)"
    }
  }
}
