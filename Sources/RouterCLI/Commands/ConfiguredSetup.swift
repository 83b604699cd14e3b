internal import Glibc
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
  static func load(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> RouterSetup {
    do {
      return try RouterSetup.load(file: file(arguments, context), environment: context.environment)
    } catch {
      throw failure(error)
    }
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
    let code = code(errors)
    guard lines.count > 1 else { return CommandFailure(code, lines.first ?? "the configuration is wrong") }
    return CommandFailure(code, "\(lines.count) problems in the configuration", hint: lines.joined(separator: "\n"))
  }

  /// Only what somebody has to correct counts as a wrong configuration: systemd does not try again after that.
  private static func code(_ errors: ConfigurationErrors) -> ExitCode {
    let kinds = errors.problems.map(\.kind)
    if kinds.isEmpty || kinds.contains(.wrong) { return .configuration }
    return kinds.contains(.unreadableFile) ? .inputMissing : .temporary
  }
}
