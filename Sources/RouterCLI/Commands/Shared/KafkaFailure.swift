internal import Kafka

/// What a Kafka error means for a command: the exit code, and what to do.
enum KafkaFailure {
  /// - Parameters:
  ///   - brokers: `bootstrap.servers`, for the message.
  ///   - place: where that is written, such as `router.yaml:3:7`.
  ///   - loginAdvice: what to say beside refused credentials.
  static func failure(_ error: KafkaError, brokers: String, place: String? = nil, loginAdvice: String? = nil)
    -> CommandFailure
  {
    let address = place.map { "kafka: bootstrap.servers (\($0))" } ?? "kafka: bootstrap.servers: in router.yaml"
    return switch error.code {
    case .transport, .allBrokersDown, .resolve, .timedOut, .timedOutInQueue:
      CommandFailure(
        .brokerUnavailable, "no broker answers at \(brokers): \(error)",
        hint: """
          Check that it is running and can be reached from here. The address is \(address), or the environment variable \
          ROUTER_KAFKA_BOOTSTRAP_SERVERS.
          """)
    case .authentication where error.isMissingToken:
      CommandFailure(
        .refused, "no token for the login at \(brokers): \(error.reason)",
        hint: "Check sasl.oauthbearer.token under kafka: in router.yaml.")
    case .authentication, .saslAuthenticationFailed:
      CommandFailure(
        .refused, "the broker at \(brokers) rejects the credentials: \(error)",
        hint: (loginAdvice.map { "\($0).\n" } ?? "")
          + "Check security.protocol, sasl.mechanism, sasl.username and sasl.password under kafka: in router.yaml.")
    case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed:
      CommandFailure(
        .refused, "a permission is missing: \(error)", hint: "docs/site.md lists the required permissions.")
    case .invalidArgument:
      CommandFailure(.configuration, "librdkafka rejects the configuration: \(error)")
    default:
      CommandFailure(error.remedy == .retry ? .temporary : .internalError, "Kafka: \(error)")
    }
  }
}
