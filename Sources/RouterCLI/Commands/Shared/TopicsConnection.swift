internal import ConfigurationFiles
internal import Kafka
internal import Logging
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Runtime

/// A client of the configured brokers, for commands that ask them something.
struct TopicsConnection {
  let client: AdminClient
  let errors: NotedErrors
  /// `bootstrap.servers`, for messages.
  let brokers: String
  /// The place of the brokers' addresses, such as `router.yaml:3:7`.
  private let place: String
  private let loginAdvice: String?
  static let defaultClientID = "ldms-router-topics"
  /// The timeout of one request.
  let timeoutMilliseconds: Int32
  /// The end of the time limit where it is for the whole command, by the monotonic clock.
  let deadline: Int64

  /// - Parameters:
  ///   - side: whose properties it has, such as a login of the producer's own.
  ///   - clientID: what the brokers' logs call it.
  ///   - timeout: how long to wait for brokers.
  init(
    _ configuration: Configuration, _ side: KafkaProperties.Side = .common, clientID: String = defaultClientID,
    timeout: Duration
  ) throws(CommandFailure) {
    let properties = try Self.properties(configuration, side, clientID: clientID)
    brokers = properties["bootstrap.servers"] ?? ""
    let written = configuration.kafka.forClient(side).last {
      KafkaProperties.canonical($0.name) == "bootstrap.servers"
    }
    place = (written?.place ?? .standard).description
    loginAdvice = LoginAdvice.advice(for: properties)
    timeoutMilliseconds = Int32(clamping: timeout.wholeMilliseconds)
    deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    errors = NotedErrors()
    do {
      client = try AdminClient(properties: properties, observer: errors)
    } catch {
      throw KafkaFailure.failure(error, brokers: brokers, place: place, loginAdvice: loginAdvice)
    }
  }

  /// The configured properties of one side.
  static func properties(
    _ configuration: Configuration, _ side: KafkaProperties.Side, clientID: String = defaultClientID
  ) throws(CommandFailure) -> ClientProperties {
    try ConfiguredSetup.properties(configuration, side, of: .administration, clientID: clientID)
  }

  /// The brokers and topics. Waits for brokers that are still starting.
  func cluster(_ context: CommandContext) throws(CommandFailure) -> ClusterDescription {
    try ask(context) { timeout throws(KafkaError) in try client.describeCluster(timeoutMilliseconds: timeout) }
  }

  /// Asks until there is an answer or a permanent error. Rejected credentials are reported at once, although every call then only
  /// times out.
  func ask<Answer>(
    _ context: CommandContext, _ question: (Int32) throws(KafkaError) -> Answer
  ) throws(CommandFailure) -> Answer {
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    // Short at first: refused credentials show only between two attempts.
    var attempt: Int64 = 500
    while true {
      let left = deadline - MonotonicClock.milliseconds()
      do {
        return try question(Int32(clamping: max(1, min(attempt, left))))
      } catch {
        client.poll()
        if let refused = errors.refused { throw failure(refused) }
        if let code = Interruption.exitCode { throw CommandFailure(code, "") }
        guard error.remedy == .retry, deadline > MonotonicClock.milliseconds() else { throw failure(error) }
      }
      try live.draw(["waiting for the brokers at \(brokers)"])
      attempt *= 2
    }
  }

  /// Whether there is a controller, which describes and creates topics; without one, such requests only time out.
  func hasController(_ cluster: ClusterDescription) -> Bool {
    let controller = client.controller(timeoutMilliseconds: 2000)
    return cluster.brokers.contains { $0.id == controller }
  }

  /// The failure if there is no controller.
  var withoutController: CommandFailure {
    CommandFailure(
      .configuration, "the brokers at \(brokers) have no controller, and cannot describe or create topics",
      hint: """
        The embedded broker of 'router demo' has none, and creates its topics automatically. Name other brokers with \
        kafka: bootstrap.servers: in router.yaml or ROUTER_KAFKA_BOOTSTRAP_SERVERS; or wait until one is elected.
        """)
  }

  /// What an error means for the command.
  func failure(_ error: KafkaError) -> CommandFailure {
    KafkaFailure.failure(error, brokers: brokers, place: place, loginAdvice: loginAdvice)
  }

  /// What an error means for a command that reads whole topics.
  ///
  /// - Parameters:
  ///   - topicDeleted: the failure if a topic no longer exists.
  ///   - permissions: the permissions that the command needs.
  func failure(_ error: KafkaError, topicDeleted: @autoclosure () -> CommandFailure, permissions: String)
    -> CommandFailure
  {
    switch error.code {
    case .unknownTopicOrPartition, .unknownTopic, .unknownPartition: topicDeleted()
    case .topicAuthorizationFailed:
      CommandFailure(.refused, "a permission is missing: \(error)", hint: permissions)
    // A call with wrong credentials only times out.
    default: failure(error.remedy == .retry ? errors.refused ?? error : error)
    }
  }

  /// The failure if one of the router's own topics does not exist.
  ///
  /// - Parameter moment: when a router creates it.
  func withoutTopic(_ topic: String, createdByRouter moment: String) -> CommandFailure {
    CommandFailure(
      .inputMissing, "there is no topic \(topic), which a router creates \(moment)",
      hint:
        "Check that topics.prefix in router.yaml is the router's. To see the topic, DESCRIBE permission is required.")
  }
}
