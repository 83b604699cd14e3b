internal import Wording

/// Text that is no address to listen on.
public struct ListenAddressError: Error, Equatable, CustomStringConvertible {
  /// The text.
  public let text: String
  /// What is wrong with it, in words.
  public let reason: String

  /// What is wrong, and what is expected.
  public var description: String {
    "\(quoted(text)) is not an address to listen on: \(reason); write an address and a port, such as 127.0.0.1:9464"
  }
}
