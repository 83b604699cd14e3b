public import Kafka

/// Permissions that serve one purpose.
public struct AccessPart: Sendable, Equatable {
  /// What, or whom, they are for, in words.
  public var purpose: String
  /// The permissions.
  public var rules: [AccessRule]

  /// These permissions.
  public init(purpose: String, rules: [AccessRule]) {
    self.purpose = purpose
    self.rules = rules
  }
}
