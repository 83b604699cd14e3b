internal import Wording

/// A template for principals that cannot be used, and what to write instead.
public struct PrincipalTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// Every user would be the same.
    case noUser
    /// `{user}` more than once.
    case userTwice
    /// A brace that is no part of `{user}`.
    case otherField
    /// There is no type of principal before a colon.
    case noType
  }

  /// The template as it was given.
  public var template: String
  /// What is wrong.
  public var problem: Problem

  /// What is wrong, what to do.
  public var description: String {
    let what =
      switch problem {
      case .noUser: "names no user; write {user} in place of the name, as in User:{user}"
      case .userTwice: "has {user} more than once; write it once"
      case .otherField: "has a brace that is not part of {user}, the only field here; write it as in User:{user}"
      case .noType: "does not begin with the type of the principal and a colon; write User: in front"
      }
    return "\(quoted(template)) \(what)"
  }
}
