import Decomp
import MetricRouter
import Wording

/// `router check`: says beforehand what a router would make of a decomposition, a configuration and a row.
enum CheckCommand {
  static let files: Argument<[String]> = Argument.repeating(
    "DECOMP.json", kind: .file,
    help: "A decomposition of LDMS. Given, they are checked instead of those that the configuration names.")
  static let row = Option.file(
    "row", value: "FILE",
    help: """
      Show what would become of the row whose bytes FILE holds, exactly as they are in Kafka; '-' reads standard input. \
      One newline at the end, which editors add, is cut off.
      """)
  static let topic = Option.string(
    "topic", value: "TOPIC",
    help: "The topic that the row of --row came on. Without it, all row schemas are tried.")
  static let connect = Option.flag(
    "connect",
    help: """
      Connect to the brokers of the configuration and look for what a router needs: input topics, rights, settings. \
      Nothing is changed there.
      """)
  static let timeout = Option.duration(
    "timeout", value: "TIME", in: .milliseconds(100)...Duration.seconds(300), default: .seconds(10),
    help: "How long to wait for each answer of the brokers, with --connect.")
  static let strict = Option.flag("strict", help: "Take warnings for errors: exit with 1 if there is one.")
  static let command = Command(
    name: "check",
    abstract: "Check a decomposition, a configuration or a row",
    discussion: """
      Accepts a decomposition exactly where LDMS would, says which rows it makes, on which topics they arrive, and \
      whether the router can find out whose they are. Without DECOMP.json it checks the configuration: the file itself \
      and the environment, the decompositions that it names, the topics' declarations, the address of http.listen, and \
      whether Kafka clients can be made of its properties: it makes them as 'router run' does, with their certificates and \
      logins, without connecting.

      With --connect it also looks, as a router would, at the brokers of the configuration.

      Errors and warnings go to standard error, a line each, as compilers write them; what was found to standard output.
      """,
    options: [SharedOptions.config, row, topic, connect, timeout, strict, SharedOptions.json],
    arguments: [files],
    examples: [
      CommandExample("router check decomp.json", "See whether LDMS accepts it, and whether its rows can be routed."),
      CommandExample("router check --config router.yaml --strict", "Check everything before a router starts with it."),
      CommandExample("router check --connect", "The same, and whether the cluster has what the router needs."),
      CommandExample("router check decomp.json --row row.json --topic meminfo", "See what would become of a row."),
      CommandExample(
        "kcat -b localhost -C -t meminfo -c 1 -e | router check --row -", "Ask about the first row of a topic."),
    ],
    exits: [
      CommandExit(.ok, "LDMS and the router accept what was given; the row would be routed."),
      CommandExit(
        .checkFailed,
        "The row would be dead-lettered; the cluster lacks something; or there are warnings, with --strict."),
      CommandExit(.badInput, "LDMS would refuse a decomposition that was given."),
      CommandExit(.inputMissing, "A decomposition or the row cannot be read."),
      CommandExit(.brokerUnavailable, "No broker could be reached, or one did not answer in time."),
      CommandExit(.refused, "The brokers refuse the credentials, or a right is missing."),
      CommandExit(.configuration, "The configuration, or something that it names, is wrong."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("ROUTER_...", "Any key of the configuration, as for 'router run'."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    try refuseLoneOptions(arguments)
    var report = CheckReport()
    let files = arguments[files]
    let decompositions = read(files, into: &report)
    if files.isEmpty || !decompositions.isEmpty, let source = try configurationSource(arguments, context) {
      check(source.file, files.isEmpty ? nil : decompositions, context, into: &report)
    }
    try look(decompositions, into: &report)
    if report.exitCode == .ok, let path = arguments[row] {
      try checkRow(path, topic: arguments[topic], into: &report)
    }
    if report.exitCode == .ok, arguments[connect], let configuration = report.configuration {
      try lookAtCluster(configuration, arguments[timeout], context, into: &report)
    }
    if arguments[strict], report.exitCode == .ok, report.warningCount > 0 {
      report.exitCode = .checkFailed
      report.isStrict = true
    }
    if arguments[SharedOptions.json] {
      try context.output.line(report.json.document)
    } else {
      try report.print(context)
    }
    return report.exitCode
  }

  /// An option without the one that it belongs to would do nothing.
  private static func refuseLoneOptions(_ arguments: ParsedArguments) throws(CommandFailure) {
    if arguments.isGiven(topic), !arguments.isGiven(row) {
      throw CommandFailure(.usage, "--topic says where the row of --row came from", hint: "Add --row FILE.")
    }
    if arguments.isGiven(timeout), !arguments[connect] {
      throw CommandFailure(.usage, "--timeout is for the brokers of --connect", hint: "Add --connect.")
    }
  }

  /// Reads the decompositions that were given.
  private static func read(_ files: [String], into report: inout CheckReport) -> [Decomposition] {
    var decompositions: [Decomposition] = []
    for file in files {
      do {
        decompositions.append(try Decomposition(file: file))
      } catch {
        report.findings.append(CheckFinding(error))
        report.refusedFiles.append(file)
        // A verdict goes before what could not be judged.
        if error.kind != .unreadable { report.exitCode = .badInput }
        if report.exitCode == .ok { report.exitCode = .inputMissing }
      }
    }
    return decompositions
  }

  /// Which configuration to check; nil where decompositions are checked without one.
  private static func configurationSource(
    _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) -> Source? {
    if !arguments[files].isEmpty, !arguments.isGiven(SharedOptions.config), !arguments[connect] { return nil }
    if let file = ConfiguredSetup.find(arguments, context).file { return .file(file) }
    // Containers may say everything by the environment.
    if context.environment.keys.contains(where: { $0.hasPrefix("ROUTER_") && $0 != "ROUTER_CONFIG" }) {
      return .environment
    }
    if arguments[connect] {
      throw CommandFailure(
        .usage, "--connect needs a configuration, and there is no router.yaml here or in /etc/ldms-router",
        hint: "Name one with --config or ROUTER_CONFIG.")
    }
    throw CommandFailure(
      .usage,
      "there is nothing to check: no DECOMP.json is given, and there is no router.yaml here or in /etc/ldms-router",
      hint: "Name a decomposition, or a configuration with --config or ROUTER_CONFIG.")
  }

  /// Where the configuration is written.
  private enum Source {
    case file(String)
    /// In environment variables alone.
    case environment

    var file: String? {
      switch self {
      case .file(let file): file
      case .environment: nil
      }
    }
  }

  private static func check(
    _ file: String?, _ decompositions: [Decomposition]?, _ context: CommandContext, into report: inout CheckReport
  ) {
    do {
      let configuration = try ConfigurationCheck(
        file: file, environment: context.environment, decompositions: decompositions)
      report.configuration = configuration
      report.plan = configuration.settings.plan
      report.findings += configuration.warnings.map { CheckFinding(.warning, $0, in: file) }
    } catch {
      report.findings += error.problems.map { CheckFinding(.error, $0, in: file) }
      report.findings += error.decompositions.map { CheckFinding($0) }
      if report.exitCode == .ok { report.exitCode = .configuration }
    }
  }

  /// Looks at what LDMS accepts, by the rules of the configuration or else the defaults.
  private static func look(_ given: [Decomposition], into report: inout CheckReport) throws(CommandFailure) {
    let decompositions = report.configuration?.decompositions ?? given
    var problems: [ConfigurationProblem] = []
    guard
      let plan = report.plan ?? RoutingPlan(Configuration(), decompositions: decompositions, problems: &problems)
    else { throw CommandFailure(.internalError, "the default configuration has problems: \(problems)") }
    report.plan = plan
    report.decompositions = decompositions.map { DecompositionCheck($0, plan: plan) }
    report.findings += report.decompositions.flatMap { $0.warnings.map { CheckFinding($0) } }
  }

  private static func lookAtCluster(
    _ configuration: ConfigurationCheck, _ timeout: Duration, _ context: CommandContext, into report: inout CheckReport
  ) throws(CommandFailure) {
    if context.errors.terminal.isTerminal {
      try context.errors.line("Asking the brokers; this may take \(DurationText.spelled(timeout)).")
    }
    let (seconds, attoseconds) = timeout.components
    let milliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    let check = ClusterProbe(configuration, timeoutMilliseconds: milliseconds).run()
    report.cluster = check
    switch check.trouble {
    case nil: break
    case .unreachable: report.exitCode = .brokerUnavailable
    case .refused: report.exitCode = .refused
    case .configuration: report.exitCode = .configuration
    case .wrong: report.exitCode = .checkFailed
    }
  }

  private static func checkRow(
    _ path: String, topic: String?, into report: inout CheckReport
  ) throws(CommandFailure) {
    guard let plan = report.plan else { return }
    let file: RowFile
    do {
      file = try RowFile(path)
    } catch {
      throw CommandFailure(error.kind == .unreadable ? .inputMissing : .badInput, error.message)
    }
    let check = RowCheck(file.bytes, topic: topic, plan: plan)
    report.row = CheckReport.Row(name: path == "-" ? "standard input" : path, bytes: file.bytes, check: check)
    switch check.verdict {
    case .routed: break
    case .deadLettered: report.exitCode = .checkFailed
    case .undecided: report.exitCode = .usage
    // No mistake of the configuration's.
    case .dependsOnJob: break
    }
  }
}
