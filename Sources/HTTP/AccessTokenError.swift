/// Why a text or file is no token.
public enum AccessTokenError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read, for the system's reason.
  case unreadable(reason: String)
  /// Every user of the machine may read or write the file.
  case openToAll
  /// The file is empty.
  case empty
  /// The token is too short to resist guessing.
  case tooShort(count: Int)
  /// The file is longer than a token can be.
  case tooLong
  /// Blanks, several lines, or other characters that a header cannot carry.
  case badCharacter

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .openToAll: "is accessible to every user of this machine; restrict it with chmod o-rw"
    case .empty:
      "is empty; write a token of at least \(AccessToken.shortest) characters to it, from openssl rand -hex 32"
    case .tooShort(let count):
      "has a token of \(count) characters; it needs at least \(AccessToken.shortest), from openssl rand -hex 32"
    case .tooLong: "is too long for a token, which is one line"
    case .badCharacter: "has characters that a token cannot have: it is one line of ASCII without blanks"
    }
  }
}
