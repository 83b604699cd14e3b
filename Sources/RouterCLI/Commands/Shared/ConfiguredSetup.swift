internal import ConfigurationFiles
internal import Kafka
internal import MetricRouter
internal import RouterConfiguration

/// What commands need of the configuration: finding it, and telling what is wrong with it.
enum ConfiguredSetup {
  /// The configuration file of the command.
  ///
  /// - Parameter allowsSystem: whether it may be that of the machine's own router.
  static func find(
    _ arguments: ParsedArguments, _ context: CommandContext, allowsSystem: Bool = true
  ) -> ConfigurationSearch.Found {
    let search = ConfigurationSearch(
      option: arguments[SharedOptions.config], variable: context.environment["ROUTER_CONFIG"])
    if case .system = search.found, !allowsSystem { return .none }
    return search.found
  }

  /// Everything that the configuration names.
  ///
  /// - Parameters:
  ///   - connects: whether the command connects to brokers.
  ///   - serves: whether it serves HTTP.
  static func load(
    _ arguments: ParsedArguments, _ context: CommandContext, connects: Bool = true, serves: Bool = false
  ) throws(CommandFailure) -> RouterSetup {
    let found = find(arguments, context)
    do {
      return try RouterSetup.load(
        file: found.file, environment: context.environment, connects: connects, serves: serves)
    } catch {
      throw failure(error.configurationErrors, found)
    }
  }

  /// The properties of a client of the configured brokers, for commands other than `run`. Errors of librdkafka are reported as
  /// `run` reports them.
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
    _ arguments: ParsedArguments, _ context: CommandContext, allowsSystem: Bool = true
  ) throws(CommandFailure) -> Configuration {
    let found = find(arguments, context, allowsSystem: allowsSystem)
    do {
      return try Configuration.load(file: found.file, environment: context.environment)
    } catch {
      throw failure(error, found, allowsSystem: allowsSystem)
    }
  }

  /// The failure with all problems, one per line, and the places of the missing configuration file.
  static func failure(
    _ errors: ConfigurationErrors, _ found: ConfigurationSearch.Found? = nil, allowsSystem: Bool = true
  ) -> CommandFailure {
    let lines = errors.problems.map(\.description)
    let code = code(errors)
    let absence =
      found == ConfigurationSearch.Found.none ? [ConfigurationSearch.absence(allowsSystem: allowsSystem)] : []
    guard lines.count > 1 else {
      return CommandFailure(code, lines.first ?? "the configuration is wrong", hint: absence.joined())
    }
    return CommandFailure(
      code, "\(lines.count) problems in the configuration", hint: (lines + absence).joined(separator: "\n"))
  }

  /// The exit code of configuration errors. Only what somebody has to correct counts as a wrong configuration: systemd does not
  /// restart the router after that.
  private static func code(_ errors: ConfigurationErrors) -> ExitCode {
    let kinds = errors.problems.map(\.kind)
    if kinds.isEmpty || kinds.contains(.wrong) { return .configuration }
    return kinds.contains(.unreadableFile) ? .inputMissing : .temporary
  }
}
