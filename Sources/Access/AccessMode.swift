/// Whether the router grants users permission to read their topics.
public enum AccessMode: String, Sendable, CaseIterable {
  /// Somebody else does.
  case off
  /// With a user's first topic; where it cannot, it says so and routes on.
  case on
  /// As `on`, and the router does not start if it cannot grant permissions.
  case required
}
