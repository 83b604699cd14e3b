internal import ConfigurationFiles
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration

/// What `router tail` and `router jobs` need of configuration and command line; no decomposition and no topic
/// declarations.
struct TailSettings {
  /// The properties for librdkafka.
  let properties: ClientProperties
  let names: TopicNames
  /// How producers are read.
  let producers: [NamePattern]

  /// What else was configured.
  let configuration: Configuration

  /// - Parameter command: part of the `client.id`, which brokers show.
  init(_ arguments: ParsedArguments, _ context: CommandContext, command: String = "tail") throws(CommandFailure) {
    var configuration = try Self.configuration(arguments, context)
    if let brokers = arguments[TailCommand.bootstrap] {
      configuration.kafka.set(KafkaProperty("bootstrap.servers", brokers), for: .consumer)
    }
    for text in arguments[TailCommand.properties] {
      configuration.kafka.set(try Self.property(text), for: .consumer)
    }
    self.configuration = configuration
    properties = try Self.properties(configuration, command)
    names = try Self.names(arguments, configuration)
    do {
      // Users have no router.yaml. Where user and node are known, this form needs no list of nodes.
      producers = try ProducerTemplates.patterns(configuration.identity.producers.map(\.value) + ["{user}-{node}"])
    } catch {
      throw CommandFailure(.configuration, "identity.producers: \(error)")
    }
  }

  private static func configuration(
    _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) -> Configuration {
    let found = ConfiguredSetup.find(arguments, context)
    var isChosen = false
    if case .chosen = found { isChosen = true }
    let clientFile = ClientConfiguration(
      option: arguments[TailCommand.clientConfig], environment: context.environment, isConfigurationChosen: isChosen
    ).file
    do {
      return try Configuration.load(file: found.file, clientFile: clientFile, environment: context.environment)
    } catch {
      // Whoever says how to reach the brokers does without what only the router may read.
      if case .system = found, clientFile != nil || arguments[TailCommand.bootstrap] != nil {
        do {
          return try Configuration.load(file: nil, clientFile: clientFile, environment: context.environment)
        } catch {
          throw ConfiguredSetup.failure(error)
        }
      }
      let failure = ConfiguredSetup.failure(error)
      guard case .system = found else { throw failure }
      let advice = """
        That is the configuration of this machine's router. With your own login, name the brokers \
        (--bootstrap) and the login (--client-config); 'router help tail' explains both.
        """
      throw CommandFailure(
        failure.exitCode, failure.message, hint: failure.hint.isEmpty ? advice : "\(failure.hint)\n\(advice)")
    }
  }

  /// Reads `NAME=VALUE`. The value may be a secret and is never shown.
  static func property(_ text: String) throws(CommandFailure) -> KafkaProperty {
    let hint = "Write -X NAME=VALUE, such as -X security.protocol=sasl_ssl."
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw CommandFailure(.usage, "-X needs the name of a property, '=' and its value", hint: hint)
    }
    let property = KafkaProperty(String(text[..<equals]), String(text[text.index(after: equals)...]))
    guard let (_, reason) = ClientProperties([property.name: property.value.text]).refused().first else {
      return property
    }
    // librdkafka quotes the value that it refuses.
    throw CommandFailure(
      .usage, "librdkafka rejects -X \(PrintableText.shortened(property.name))",
      hint: property.value.isSecret ? hint : "\(PrintableText.escaped(reason)).\n\(hint)")
  }

  private static func properties(
    _ configuration: Configuration, _ command: String
  ) throws(CommandFailure) -> ClientProperties {
    // A consumer needs a group, which is named when it is known whose rows it reads.
    try ConfiguredSetup.properties(
      configuration, .consumer, of: .administration, clientID: "ldms-router-\(command)")
  }

  private static func names(
    _ arguments: ParsedArguments, _ configuration: Configuration
  ) throws(CommandFailure) -> TopicNames {
    do {
      return try TopicNames(prefix: arguments[TailCommand.prefix] ?? configuration.topics.prefix.value)
    } catch {
      guard arguments[TailCommand.prefix] == nil else { throw CommandFailure(.usage, "--prefix: \(error)") }
      throw ConfiguredSetup.failure(
        ConfigurationErrors([ConfigurationProblem(configuration.topics.prefix.place, "topics.prefix: \(error)")]))
    }
  }
}
