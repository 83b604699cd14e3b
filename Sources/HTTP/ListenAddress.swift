/// An address to listen on: an address of this machine and a port.
public struct ListenAddress: Sendable, Hashable {
  /// The address.
  public enum Host: Sendable, Hashable {
    /// Four bytes, as they are written.
    case v4([UInt8])
    /// Sixteen bytes.
    case v6([UInt8])
  }

  /// The address.
  public var host: Host
  /// The port; 0 lets the system choose one.
  public var port: UInt16

  /// An address.
  public init(_ host: Host, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Whether only programs on this machine can connect.
  public var isLoopback: Bool {
    switch host {
    case .v4(let bytes): bytes[0] == 127
    case .v6(let bytes):
      bytes == Self.loopback6 || (bytes.starts(with: Self.mappedPrefix) && bytes[12] == 127)
    }
  }

  /// `::1`.
  static let loopback6: [UInt8] = [UInt8](repeating: 0, count: 15) + [1]
  /// What stands before the four bytes of an IPv4 address that is written as IPv6.
  private static let mappedPrefix: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
}
