public import Kafka

/// Rights that serve one purpose.
public struct AccessPart: Sendable, Equatable {
  /// What, or whom, they are for, in words.
  public var purpose: String
  /// The rights.
  public var rules: [AccessRule]

  /// These rights.
  public init(purpose: String, rules: [AccessRule]) {
    self.purpose = purpose
    self.rules = rules
  }
}
