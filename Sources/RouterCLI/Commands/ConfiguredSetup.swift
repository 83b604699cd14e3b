internal import MetricRouter

/// What commands need of the configuration: finding it, and telling what is wrong with it.
enum ConfiguredSetup {
  /// The configuration file that is meant.
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
  static func load(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> RouterSetup {
    do {
      return try RouterSetup.load(file: find(arguments, context).file, environment: context.environment)
    } catch {
      throw failure(error)
    }
  }

  /// The configuration alone, for commands that route nothing.
  static func configuration(
    _ arguments: ParsedArguments, _ context: CommandContext, allowsSystem: Bool = true
  ) throws(CommandFailure) -> Configuration {
    do {
      return try Configuration.load(
        file: find(arguments, context, allowsSystem: allowsSystem).file, environment: context.environment)
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
