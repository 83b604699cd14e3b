/// Why a request's target cannot be read.
public enum RequestTargetError: Error, Equatable, CustomStringConvertible {
  /// The target does not begin with a path.
  case noPath
  /// A `%` without two hexadecimal digits after it.
  case badEscape
  /// The target is not UTF-8, or has a control character.
  case badCharacter

  /// What is wrong.
  public var description: String {
    switch self {
    case .noPath: "the request's target is not a path that begins with /"
    case .badEscape: "a % in the request's target is not followed by two hexadecimal digits"
    case .badCharacter: "the request's target is not UTF-8, or has control characters"
    }
  }
}
