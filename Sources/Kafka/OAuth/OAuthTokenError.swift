/// Why there is no token. Never contains a part of one.
public struct OAuthTokenError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, and where.
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}
