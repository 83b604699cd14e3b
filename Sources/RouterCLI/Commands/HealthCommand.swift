internal import Kafka
internal import MetricRouter

/// `router health`: what container engines ask.
enum HealthCommand {
  static let command = Command(
    name: "health",
    abstract: "Ask whether the router of this configuration runs",
    discussion: """
      For health checks of containers. Asks the brokers whether the router with this configuration's group and \
      instance is a member of its consumer group: it joins before it reads its first row, and a router that stops \
      polling is put out. After a crash the group keeps its place for session.timeout.ms (45 s).

      A router that may not read one of its input topics, or whose input has a partition without a leader, is not \
      healthy either. Input topics that do not exist yet are fine: LDMS makes them with its first row.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router health --config /etc/ldms-router/router.yaml", "As compose.kafka.yaml asks.")
    ],
    exits: [
      CommandExit(.checkFailed, "The router is not a member of its group, or an input topic cannot be read."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "The right DESCRIBE or READ on the group is missing."),
    ],
    environment: [EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given.")],
    run: run)

  private static let timeoutMilliseconds: Int32 = 5000

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let configuration = try ConfiguredSetup.configuration(arguments, context)
    var properties = ClientProperties(["client.id": "ldms-router-health"])
    for property in configuration.kafka.forClient(.common) { properties[property.name] = property.value.text }
    let group: GroupDescription?
    let client: AdminClient
    do {
      client = try AdminClient(properties: properties, observer: SilentObserver())
      group = try client.describeGroups(configuration.group, timeoutMilliseconds: timeoutMilliseconds)
        .first { $0.name == configuration.group }
    } catch {
      throw KafkaFailure.failure(error, brokers: properties["bootstrap.servers"] ?? "")
    }
    let place = "group \(PrintableText.quoted(configuration.group))"
    guard let member = group?.member(instance: configuration.instance) else {
      throw CommandFailure(
        .checkFailed,
        "the router \(PrintableText.quoted(configuration.instance)) is not a member of \(place)",
        hint: """
          It joins once one of its input topics is there; its log says what else it waits for. If it does run, \
          then instance: in router.yaml, or ROUTER_INSTANCE, is not the same here.
          """)
    }
    try checkInputs(try ConfiguredSetup.load(arguments, context).settings, client, properties)
    try context.output.line("\(configuration.instance) is a member of \(place), from \(member.host)")
    return .ok
  }
}

extension HealthCommand {
  /// The router itself says the same at /readyz; here the brokers are asked, as for its membership.
  private static func checkInputs(
    _ settings: RouterSettings, _ client: AdminClient, _ properties: ClientProperties
  ) throws(CommandFailure) {
    let troubles: [String: InputTrouble]
    do {
      // The embedded broker makes topics that are merely asked for.
      guard try !client.isEmbeddedBroker(timeoutMilliseconds: timeoutMilliseconds) else { return }
      troubles = try client.inputTroubles(of: settings.inputs, timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      throw KafkaFailure.failure(error, brokers: properties["bootstrap.servers"] ?? "")
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
