internal import ConfigurationFiles

/// The value of a librdkafka property.
///
/// A secret cannot be printed by accident: only `text` gives it.
public struct KafkaPropertyValue: Sendable, Equatable {
  /// The value as librdkafka takes it, secret or not.
  ///
  /// Never print it.
  public let text: String
  /// Whether it must not be shown.
  public let isSecret: Bool

  /// A value.
  public init(_ text: String, isSecret: Bool) {
    self.text = text
    self.isSecret = isSecret
  }
}

extension KafkaPropertyValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The value, or `(hidden)`.
  public var description: String { isSecret ? "(hidden)" : yamlText(text) }

  /// The text of `description`, so that a secret stays hidden.
  public var debugDescription: String { description }

  /// Nothing: `dump` and `String(reflecting:)` look into the members otherwise.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
