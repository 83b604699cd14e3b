/// Whether the router grants users permission to read their topics.
public enum AccessMode: String, Sendable, CaseIterable {
  /// Somebody else does.
  case off
  /// The router creates the ACLs with the user's first topic. If it cannot, it logs that and continues to route.
  case on
  /// Like `on`, and the router does not start if it cannot grant permissions.
  case required
}
