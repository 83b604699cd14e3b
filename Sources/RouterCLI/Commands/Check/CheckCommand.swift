import Checking
import ConfigurationFiles
import Decomp
import MetricRouter
import RouterConfiguration
import Runtime
import Wording

/// `router check`: says beforehand what a router would make of a decomposition, a configuration and a row.
enum CheckCommand {
  static let files: Argument<[String]> = Argument.repeating(
    "DECOMP.json", kind: .file,
    help: "An LDMS decomposition, to check instead of those that the configuration names.")
  static let row = Option.file(
    "row", value: "FILE",
    help: """
      Show what would happen to the row in FILE, whose bytes are exactly those in Kafka; '-' reads standard input. One \
      newline at the end, as editors add it, is ignored.
      """)
  static let topic = Option.string(
    "topic", value: "TOPIC",
    help: "The topic of the row in --row. Without it, all row schemas are tried.")
  static let owner = Option.strings(
    "owner", value: "JOB=USER[@NODES]",
    help: """
      Treat USER as the owner of job number JOB for the row in --row, on NODES (such as c[1-2]) or on any node; repeatable. \
      Without it and --connect, rows that name no user are not decided.
      """)
  static let connect = Option.flag(
    "connect",
    help: """
      Connect to the configured brokers and check what a router needs: input topics, permissions, settings. With --row, \
      the job index names the owners of jobs. Changes nothing there.
      """)
  static let timeout = Option.duration(
    "timeout", value: "TIME", in: .milliseconds(100)...Duration.seconds(300), default: .seconds(10),
    help: "How long to wait for each answer of a broker, with --connect.")
  static let strict = Option.flag("strict", help: "Treat warnings as errors (exit status 1).")
  static let command = Command(
    name: "check",
    abstract: "Check a decomposition, a configuration or a row",
    discussion: """
      Accepts a decomposition exactly if LDMS does. Shows the rows that it makes, their topics, and whether the router can \
      determine their owners. Without DECOMP.json, it checks the configuration: the file and the environment, the \
      decompositions that it names, the topic declarations, the address of http.listen, and the Kafka properties, by \
      creating the clients as 'router run' does, with their certificates and logins, without connecting.

      With --connect, it also checks the configured brokers, as a router sees them.

      Errors and warnings go to standard error, one per line, in the format of compilers; results go to standard output.
      """,
    options: [SharedOptions.config, row, topic, owner, connect, timeout, strict, SharedOptions.json],
    arguments: [files],
    examples: [
      CommandExample("router check decomp.json", "Check whether LDMS accepts it, and whether its rows can be routed."),
      CommandExample("router check --config router.yaml --strict", "Check everything before a router starts."),
      CommandExample("router check --connect", "Also check whether the cluster has what the router needs."),
      CommandExample("router check decomp.json --row row.json --topic meminfo", "Show what would happen to a row."),
      CommandExample(
        "router check --row row.json --owner '701=alice@c[1-2]'", "Decide a row that names its job, but no user."),
      CommandExample(
        "kcat -b localhost -C -t meminfo -c 1 -e | router check --row -", "Check the first row of a topic."),
    ],
    exits: [
      CommandExit(.ok, "LDMS and the router accept the input; the row would be routed."),
      CommandExit(
        .checkFailed,
        "The row would not be routed, the cluster lacks something, or, with --strict, there are warnings."
      ),
      CommandExit(.badInput, "LDMS would reject a given decomposition."),
      CommandExit(.inputMissing, "A decomposition or the row cannot be read."),
      CommandExit(.brokerUnavailable, "No broker could be reached, or one did not answer in time."),
      CommandExit(.refused, "The brokers reject the credentials, or a permission is missing."),
      CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
    ],
    environment: SharedOptions.environment,
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
    let told = try arguments[owner].map { text throws(CommandFailure) in try ToldOwner(text) }
    let path = report.exitCode == .ok ? arguments[row] : nil
    let bytes = try path.map { path throws(CommandFailure) in try read(row: path) }
    if let bytes {
      let known = told.isEmpty || arguments[connect] ? nil : owners(nil, told, report.configuration)
      check(bytes, topic: arguments[topic], known, into: &report)
    }
    if report.exitCode == .ok, arguments[connect], let configuration = report.configuration {
      let known = try lookAtCluster(
        configuration, arguments[timeout], wantsOwners: report.row?.check.dependsOnOwners == true, context,
        into: &report)
      if let bytes, known != nil || !told.isEmpty {
        check(bytes, topic: arguments[topic], owners(known, told, report.configuration), into: &report)
      }
    }
    if report.exitCode == .ok, let row = report.row { report.exitCode = exitCode(row.check.verdict) }
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
      throw CommandFailure(.usage, "--topic needs --row", hint: "Add --row FILE.")
    }
    if arguments.isGiven(owner), !arguments.isGiven(row) {
      throw CommandFailure(.usage, "--owner needs --row", hint: "Add --row FILE.")
    }
    if arguments.isGiven(timeout), !arguments[connect] {
      throw CommandFailure(.usage, "--timeout needs --connect", hint: "Add --connect.")
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

  /// The configuration to check; `nil` if decompositions are checked without one.
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

  /// The source of the configuration.
  private enum Source {
    case file(String)
    /// Environment variables alone.
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
    let authorities = report.configuration?.authorities
    report.decompositions = decompositions.map { DecompositionCheck($0, plan: plan, authorities: authorities) }
    report.findings += report.decompositions.flatMap { $0.warnings.map { CheckFinding($0) } + $0.findings }
  }

  /// - Returns: the owners of jobs, if they were requested and could be read.
  private static func lookAtCluster(
    _ configuration: ConfigurationCheck, _ timeout: Duration, wantsOwners: Bool, _ context: CommandContext,
    into report: inout CheckReport
  ) throws(CommandFailure) -> KnownOwners? {
    if context.errors.terminal.isTerminal {
      try context.errors.line("Asking the brokers; this can take \(DurationText.spelled(timeout)).")
    }
    let probe = ClusterProbe(configuration, timeoutMilliseconds: Int32(clamping: timeout.wholeMilliseconds))
    let check = probe.run(wantsOwners: wantsOwners)
    report.cluster = check
    switch check.trouble {
    case nil: break
    case .unreachable: report.exitCode = .brokerUnavailable
    case .refused: report.exitCode = .refused
    case .configuration: report.exitCode = .configuration
    case .wrong: report.exitCode = .checkFailed
    }
    return probe.owners
  }

  private static func read(row path: String) throws(CommandFailure) -> (name: String, bytes: [UInt8]) {
    do {
      return (path == "-" ? "standard input" : path, try RowFile(path).bytes)
    } catch {
      throw CommandFailure(error.kind == .unreadable ? .inputMissing : .badInput, error.message)
    }
  }

  private static func owners(
    _ known: KnownOwners?, _ told: [ToldOwner], _ configuration: ConfigurationCheck?
  ) -> KnownOwners {
    var owners = known ?? configuration.map { KnownOwners($0.settings.jobRules) } ?? KnownOwners()
    for owner in told { owners.add(job: owner.job, user: owner.user, nodes: owner.nodes) }
    return owners
  }

  private static func check(
    _ row: (name: String, bytes: [UInt8]), topic: String?, _ owners: KnownOwners?, into report: inout CheckReport
  ) {
    guard let plan = report.plan else { return }
    let check = RowCheck(
      row.bytes, topic: topic, plan: plan, asksByNode: report.configuration?.authorities.asksByNode ?? false,
      owners: owners)
    report.row = CheckReport.Row(name: row.name, bytes: row.bytes, check: check)
  }

  private static func exitCode(_ verdict: RowCheck.Verdict) -> ExitCode {
    switch verdict {
    case .routed: .ok
    case .deadLettered, .unassigned, .withheld: .checkFailed
    case .undecided: .usage
    // No mistake of the configuration's.
    case .dependsOnJob, .dependsOnHost: .ok
    }
  }
}
