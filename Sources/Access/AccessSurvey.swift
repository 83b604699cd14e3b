public import Kafka

/// What was found out about a cluster's authorization: whether permissions that are given mean anything.
public struct AccessSurvey: Sendable, Equatable {
  /// Whether the router can grant permissions.
  public enum Authority: Sendable, Equatable {
    /// The router has ALTER permission on the cluster.
    case granted
    /// The brokers have no authorizer, so there are no permissions.
    case noAuthorizer
    /// The brokers deny it.
    case missing(KafkaError)
    /// These brokers know no ACLs.
    case unsupported
  }

  /// What the brokers do with requests that no ACL covers.
  public enum Openness: Sendable, Equatable {
    /// The brokers deny them.
    case closed
    /// The brokers allow them to everybody.
    case open
    /// The answer is unknown, for this reason.
    case unseen(String)
  }

  /// Whether the router can grant permissions.
  public var authority: Authority
  /// What happens to what no ACL is about. Nothing is known of it where the router cannot grant permissions.
  public var openness: Openness

  /// What was found.
  public init(authority: Authority, openness: Openness) {
    self.authority = authority
    self.openness = openness
  }

  /// Why it would be useless to grant users their permissions; `nil` where it would not, or where that cannot be seen.
  public var objection: AccessObjection? {
    switch (authority, openness) {
    case (.noAuthorizer, _):
      AccessObjection(
        problem: "the brokers have no authorizer: everybody who can connect reads everybody's topics",
        remedy: "Set authorizer.class.name on the brokers and let users log in; docs/site.md shows how.")
    case (.missing(let error), _):
      AccessObjection(
        problem: "the brokers do not let the router create ACLs: \(error.aboutAccess)",
        remedy:
          "Grant ALTER permission on the cluster to its principal ('router acl --router' prints the command); or set"
          + " acl: off, and run the commands that 'router acl --user' prints for each user.")
    case (.unsupported, _):
      AccessObjection(
        problem: "these brokers do not support ACLs, like the embedded broker",
        remedy: "Use Apache Kafka with an authorizer, or set acl: off.")
    case (.granted, .open):
      AccessObjection(
        problem: "the brokers allow everything that no ACL covers",
        remedy: "Set allow.everyone.if.no.acl.found=false on the brokers; 'router acl --router' prints the commands for"
          + " the permissions that the router then needs.")
    case (.granted, .closed), (.granted, .unseen): nil
    }
  }
}

extension KafkaError {
  /// One line for people. Where permission to ALTER is missing, the brokers' own words are the whole request as Java
  /// prints it, so it goes without them.
  package var aboutAccess: String {
    code == .clusterAuthorizationFailed ? "\(code.meaning) (\(code.name))" : description
  }
}
