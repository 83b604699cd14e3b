internal import Kafka
internal import MetricRouter

/// A client of the configured brokers, for commands that ask about topics.
struct TopicsConnection {
  let client: AdminClient
  let errors: NotedErrors
  /// `bootstrap.servers`, for messages.
  let brokers: String
  /// For one request.
  let timeoutMilliseconds: Int32

  /// - Parameter timeout: how long to wait for brokers.
  init(_ configuration: Configuration, timeout: Duration) throws(CommandFailure) {
    let properties = Self.properties(configuration, .common)
    brokers = properties["bootstrap.servers"] ?? ""
    let (seconds, attoseconds) = timeout.components
    timeoutMilliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    errors = NotedErrors()
    do {
      client = try AdminClient(properties: properties, observer: errors)
    } catch {
      throw KafkaFailure.failure(error, brokers: brokers)
    }
  }

  /// The configured properties of one side.
  static func properties(_ configuration: Configuration, _ side: KafkaProperties.Side) -> ClientProperties {
    var properties = ClientProperties(["client.id": "ldms-router-topics"])
    for property in configuration.kafka.forClient(side) { properties[property.name] = property.value.text }
    return properties
  }

  /// Brokers and topics; brokers that are still starting are waited for.
  func cluster(_ context: CommandContext) throws(CommandFailure) -> ClusterDescription {
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    // Short at first: refused credentials show only between two attempts.
    var attempt: Int64 = 500
    while true {
      let left = deadline - MonotonicClock.milliseconds()
      do {
        return try client.describeCluster(timeoutMilliseconds: Int32(clamping: max(1, min(attempt, left))))
      } catch {
        client.poll()
        if let refused = errors.refused { throw failure(refused) }
        guard error.remedy == .retry, deadline > MonotonicClock.milliseconds() else { throw failure(error) }
      }
      try live.draw(["waiting for the brokers at \(brokers)"])
      attempt *= 2
    }
  }

  /// What an error means for the command.
  func failure(_ error: KafkaError) -> CommandFailure {
    guard error.code == .unsupportedFeature else { return KafkaFailure.failure(error, brokers: brokers) }
    return CommandFailure(
      .configuration, "the broker at \(brokers) cannot describe or make topics: \(error)",
      hint: """
        It is the embedded broker of 'router demo', which makes its topics by itself, or very old. Name a real one with \
        kafka: bootstrap.servers: in router.yaml, or with ROUTER_KAFKA_BOOTSTRAP_SERVERS.
        """)
  }
}
