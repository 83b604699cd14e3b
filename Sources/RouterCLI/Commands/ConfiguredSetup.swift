internal import Glibc
internal import Kafka
internal import MetricRouter

/// What commands need of the configuration: finding it, and telling what is wrong with it.
enum ConfiguredSetup {
  /// The configuration file that is meant: `--config`, else `ROUTER_CONFIG`, else `router.yaml` where it exists.
  ///
  /// - Returns: `nil` where there is none: defaults and environment alone.
  static func file(_ arguments: ParsedArguments, _ context: CommandContext) -> String? {
    if let file = arguments[SharedOptions.config] { return file }
    if let file = context.environment["ROUTER_CONFIG"], !file.isEmpty { return file }
    return access("router.yaml", F_OK) == 0 ? "router.yaml" : nil
  }

  /// Everything that the configuration names.
  ///
  /// - Parameters:
  ///   - connects: whether the command connects to brokers.
  ///   - serves: whether it serves HTTP.
  static func load(
    _ arguments: ParsedArguments, _ context: CommandContext, connects: Bool = true, serves: Bool = false
  ) throws(CommandFailure) -> RouterSetup {
    do {
      return try RouterSetup.load(
        file: file(arguments, context), environment: context.environment, connects: connects, serves: serves)
    } catch {
      throw failure(error.configurationErrors)
    }
  }

  /// The properties of a client of the configured brokers, for commands other than `run`; what librdkafka would refuse is
  /// told as `run` tells it.
  static func properties(
    _ configuration: Configuration, _ side: KafkaProperties.Side, of kind: ClientTrial.Kind, clientID: String
  ) throws(CommandFailure) -> ClientProperties {
    let properties = configuration.kafka.clientProperties(side, over: ClientProperties(["client.id": clientID]))
    let problems = KafkaClientCheck(properties, of: kind, kafka: configuration.kafka, side: side).problems
    guard problems.isEmpty else { throw failure(ConfigurationErrors(problems)) }
    return properties
  }

  /// The configuration alone, for commands that route nothing.
  static func configuration(
    _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) -> Configuration {
    do {
      return try Configuration.load(file: file(arguments, context), environment: context.environment)
    } catch {
      throw failure(error)
    }
  }

  /// All problems, one a line.
  static func failure(_ errors: ConfigurationErrors) -> CommandFailure {
    let lines = errors.problems.map(\.description)
    guard lines.count > 1 else { return CommandFailure(.configuration, lines.first ?? "the configuration is wrong") }
    return CommandFailure(
      .configuration, "\(lines.count) problems in the configuration", hint: lines.joined(separator: "\n"))
  }
}
