public import Kafka
public import Naming

/// What a user of the cluster may do in Kafka: read their own topics, by groups of their own.
public struct UserAccess: Sendable, Hashable {
  /// The names of the topics.
  public let names: TopicNames
  /// The Kafka principal of a user.
  public let principal: PrincipalTemplate

  /// Permissions on the topics of these names.
  public init(names: TopicNames, principal: PrincipalTemplate) {
    self.names = names
    self.principal = principal
  }

  /// The rules that grant a user permission to read everything of theirs, and nothing of anybody else.
  ///
  /// `nil` where no topic can be the user's: the names would be too long, or the name is not UTF-8.
  public func rules(for user: Name) -> [AccessRule]? {
    guard let topics = names.aclPrefix(user: user), String(validating: user.bytes, as: UTF8.self) != nil else {
      return nil
    }
    let principal = principal.principal(of: user)
    return [
      AccessRule(.topic, .prefixed, topics, principal: principal, operation: .read),
      AccessRule(.group, .prefixed, TopicNames.groupPrefix(user: user), principal: principal, operation: .read),
    ]
  }

  /// The user whose rules would open a consumer group, the router's for instance; `nil` where nobody's would.
  ///
  /// Whoever may use the router's group can take its partitions away from it.
  public static func userWhoseGroup(includes group: String) -> Name? {
    guard let dot = group.utf8.firstIndex(of: UInt8(ascii: ".")),
      let user = TopicNameEncoding.decode(group.utf8[..<dot]), UserName.validationError(user.text) == nil
    else { return nil }
    return user
  }
}
