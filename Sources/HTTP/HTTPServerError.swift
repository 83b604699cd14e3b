/// Why a server could not start.
public enum HTTPServerError: Error, Equatable, CustomStringConvertible {
  /// Somebody else listens there.
  case inUse(ListenAddress)
  /// The address is none of this machine's.
  case notHere(ListenAddress)
  /// The system does not let this user listen there.
  case notAllowed(ListenAddress)
  /// Anything else, in the system's words.
  case failed(ListenAddress, reason: String)

  /// Whether it may work later with the same address.
  public var mayPass: Bool {
    switch self {
    case .inUse, .notHere, .failed: true
    case .notAllowed: false
    }
  }

  /// What is wrong and where.
  public var description: String {
    switch self {
    case .inUse(let address): "cannot listen on \(address): the address is in use"
    case .notHere(let address): "cannot listen on \(address): this machine does not have that address"
    case .notAllowed(let address):
      "cannot listen on \(address): permission denied; ports below 1024 are for privileged users"
    case .failed(let address, let reason): "cannot listen on \(address): \(reason)"
    }
  }
}
