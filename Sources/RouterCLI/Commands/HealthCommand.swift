internal import Kafka
internal import MetricRouter
internal import RouterConfiguration

/// `router health`: what container engines ask.
enum HealthCommand {
  static let command = Command(
    name: "health",
    abstract: "Ask whether the router with this configuration is running",
    discussion: """
      For container health checks. Asks the brokers whether the router with this group and instance is a member of its \
      consumer group. A router joins the group before it reads its first row, and the group removes a router that stops \
      polling. After a crash, the group keeps its membership for session.timeout.ms (45 s).

      A router is also unhealthy if it cannot read one of its input topics, or if an input partition has no leader. Input \
      topics may be missing: LDMS creates them with its first row.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router health --config /etc/ldms-router/router.yaml", "The health check of compose.kafka.yaml.")
    ],
    exits: [
      CommandExit(.checkFailed, "The router is not a member of its group, or an input topic cannot be read."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "The login failed, or DESCRIBE or READ permission on the group is missing."),
    ],
    environment: [EnvironmentVariable("ROUTER_CONFIG", "The configuration file, if --config is not given.")],
    run: run)

  private static let timeout = Duration.seconds(5)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let configuration = try ConfiguredSetup.configuration(arguments, context)
    let connection = try TopicsConnection(configuration, clientID: "ldms-router-health", timeout: timeout)
    let groups = try connection.ask(context) { timeout throws(KafkaError) in
      try connection.client.describeGroups(configuration.group, timeoutMilliseconds: timeout)
    }
    let group = groups.first { $0.name == configuration.group }
    let place = "group \(PrintableText.quoted(configuration.group))"
    guard let member = group?.member(instance: configuration.instance) else {
      throw CommandFailure(
        .checkFailed,
        "the router \(PrintableText.quoted(configuration.instance)) is not a member of \(place)",
        hint: """
          It joins when one of its input topics exists; its log says what else it waits for. If it is running, \
          instance: in router.yaml, or ROUTER_INSTANCE, differs here.
          """)
    }
    try checkInputs(try ConfiguredSetup.load(arguments, context).settings, connection, context)
    try context.output.line("\(configuration.instance) is a member of \(place), from \(member.host)")
    return .ok
  }
}

extension HealthCommand {
  /// The router itself says the same at /readyz; here the brokers are asked, as for its membership.
  private static func checkInputs(
    _ settings: RouterSettings, _ connection: TopicsConnection, _ context: CommandContext
  ) throws(CommandFailure) {
    let troubles = try connection.ask(context) { timeout throws(KafkaError) -> [String: InputTrouble] in
      // The embedded broker makes topics that are merely asked for.
      guard try !connection.client.isEmbeddedBroker(timeoutMilliseconds: timeout) else { return [:] }
      return try connection.client.inputTroubles(of: settings.inputs, timeoutMilliseconds: timeout)
    }
    for trouble in [InputTrouble.refused, .leaderless] {
      let topics = troubles.filter { $0.value == trouble }.map(\.key)
      guard topics.isEmpty else { throw CommandFailure(.checkFailed, trouble.sentence(topics)) }
    }
  }
}

extension GroupDescription {
  /// The member with that `group.instance.id`.
  ///
  /// Brokers name a static member after it, followed by `-` and a UUID (`GroupCoordinator`, KIP-345).
  func member(instance: String) -> Member? {
    let uuidCount = 36
    return members.first {
      $0.memberID.utf8.count == instance.utf8.count + 1 + uuidCount && $0.memberID.hasPrefix("\(instance)-")
    }
  }
}
