/// The users that may have topics (`identity.users`).
public enum UserRule: Sendable, Equatable {
  /// Whoever a producer's name says.
  case any
  /// The users in the system's user database, as `getent passwd` shows them.
  case system
  /// These.
  case listed(Set<Name>)

  /// The words that stand for the first two.
  package static let words = ["any", "system"]

  /// The rule that is written so: `any`, `system`, or a list of names.
  public init(_ values: [String]) {
    switch values {
    case ["any"]: self = .any
    case ["system"]: self = .system
    default: self = .listed(Set(values.map { Name($0) }))
    }
  }

  /// What is wrong with such a list, and where.
  package static func validationError(_ values: [String]) -> (index: Int, text: String)? {
    guard values.count > 1, let index = values.firstIndex(where: { words.contains($0) }) else { return nil }
    return (index, "\"\(values[index])\" stands for all users that it allows; write it alone, or names alone")
  }

  /// Why a user may not have topics, by what is written alone; `nil` where that allows it.
  package func refusal(of user: Name) -> Refusal? {
    guard case .listed(let users) = self, !users.contains(user) else { return nil }
    return Refusal(.unknownUser, "user `\(user)` is not in identity.users")
  }

  /// Applies the rule, asking the system's user database if the rule requires it. Blocks until the database answers; if it
  /// cannot answer, the user is allowed.
  package func refusalAskingSystem(of user: Name) -> Refusal? {
    guard self == .system else { return refusal(of: user) }
    return SystemUsers.lookUp(user) == false ? SystemUsers.refusal(of: user) : nil
  }
}
