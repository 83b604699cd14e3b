public import Kafka

/// Gives permissions, and tells whether that means anything.
///
/// Called on a thread of its own, so it may block; it must come back within some ten seconds a request.
public protocol AccessGranting: AnyObject, Sendable {
  /// Adds rules; one that is there already is no error.
  ///
  /// - Returns: the rules that were refused, and why.
  func grant(_ rules: [AccessRule]) throws(KafkaError) -> [(rule: AccessRule, error: KafkaError)]

  /// Looks at the cluster's authorization.
  ///
  /// - Parameter mayChange: whether an ACL that concerns nobody may be made for a moment.
  func survey(mayChange: Bool) throws(KafkaError) -> AccessSurvey
}
