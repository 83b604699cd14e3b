public import Kafka

/// Gives permissions on a real cluster, by the administration requests of the Kafka protocol.
///
/// @unchecked Sendable: the client is used by one thread at a time, the access maker's.
public final class KafkaAccessGranter: AccessGranting, @unchecked Sendable {
  private let client: AdminClient
  private let timeoutMilliseconds: Int32

  /// A granter with a client of its own.
  public init(
    properties: ClientProperties, observer: any ClientObserver, timeoutMilliseconds: Int32 = 10000
  ) throws(KafkaError) {
    client = try AdminClient(properties: properties, observer: observer)
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Adds rules, all in one request.
  public func grant(_ rules: [AccessRule]) throws(KafkaError) -> [(rule: AccessRule, error: KafkaError)] {
    try client.createAccessRules(rules, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Asks the brokers.
  public func survey(mayChange: Bool) throws(KafkaError) -> AccessSurvey {
    try AccessSurveyor(client, timeoutMilliseconds: timeoutMilliseconds).survey(mayChange: mayChange)
  }
}
