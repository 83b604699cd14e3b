internal import Jobs
internal import Kafka
internal import MetricRouter

/// `router jobs`: which jobs run, whose, where, and how they are doing.
enum JobsCommand {
  private static let which = "Which jobs"
  private static let printGroup = "Output"

  static let user = Option.string(
    "user", value: "USER", group: which, completion: .dynamic(TailCompletion.users), help: "Jobs of USER only.")
  static let state = Option.list(
    "state", value: "STATE,...", group: which, completion: .dynamic { _, _ in JobsCommand.states },
    help: "Jobs in these states: active, silent, ended. Default: active and silent.")
  static let node = Option.string("node", value: "NODE", group: which, help: "Jobs with rows from NODE only.")
  static let job = Argument.optional(
    "JOB", completion: .dynamic(TailCompletion.jobs), help: "Show everything known about this job.")

  static let sort = Option.choice(
    "sort", value: "KEY", default: JobQuery.Order.user, group: printGroup,
    help: "Sort by KEY: names ascending; the largest or latest first for all others.")
  static let reverse = Option.flag("reverse", group: printGroup, help: "Reverse the order.")
  static let watch = Option.flag(
    "watch", short: "w", group: printGroup, help: "Keep the output up to date: a live table on a terminal.")
  static let interval = Option.duration(
    "interval", value: "DURATION", in: .milliseconds(100)...(.seconds(3600)), default: .seconds(1), group: printGroup,
    help: "How often to update, with --watch.")
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(10), group: "Connection",
    help: "How long to wait for the brokers and the whole index.")

  static let command = Command(
    name: "jobs",
    abstract: "Show the running jobs with their nodes, load and memory",
    discussion: """
      Reads the job index that the routers of the group publish in PREFIX.router.jobs. It needs only READ permission on \
      that topic, no consumer group, and no connection to a router.

      STATE is active while rows arrive, silent if none of the nodes has sent a row for jobs.silent-after, and ended after \
      jobs.ended-after, or when Slurm says so. Times are the times of the rows: while a router catches up with its input, \
      the index shows that past time, and says so. Values are those of active jobs, else -. RUN is how long a job has run, \
      LAST the age of its last row. LOAD and MEMORY are means of the nodes; the longest bar is the highest load. (shared), \
      or * in a narrow table, means that another job has rows from one of its nodes at the same time. NODELIST has the \
      nodes in Slurm's notation, truncated on a narrow terminal; --json and JOB show all of them.

      On a terminal, --watch updates the table in place and shows the load of the last minutes. Keys: q quits, arrow keys \
      and j, k, space, b scroll, s sorts by the next key, S by the previous one, r reverses. Elsewhere, it prints the table \
      at each interval or, with --json, a line per change. It waits until a router publishes the index.
      """,
    options: [
      user, state, node, PagingOptions.limit, PagingOptions.offset, sort, reverse, watch, interval, SharedOptions.json,
      SharedOptions.config, TailCommand.bootstrap, TailCommand.clientConfig, TailCommand.prefix, TailCommand.properties,
      timeout,
    ],
    arguments: [job],
    examples: [
      CommandExample("router jobs", "Show the running jobs."),
      CommandExample("router jobs --watch --sort load", "Show a live table, the highest load first."),
      CommandExample("router jobs 4711", "Show one job: nodes, rows, values, history."),
      CommandExample("router jobs --user alice --state ended --json", "List ended jobs of alice, for a script."),
    ],
    exits: [
      CommandExit(.checkFailed, "Several users have a job with this id."),
      CommandExit(.inputMissing, "The job or the index does not exist."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "A permission is missing, or the login failed."),
      CommandExit(.configuration), CommandExit(.temporary),
      CommandExit(.interrupted, "Stopped by Ctrl-C, the usual end of --watch."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, if --config is not given."),
      EnvironmentVariable("ROUTER_CLIENT_CONFIG", "The client properties file, if --client-config is not given."),
      EnvironmentVariable("ROUTER_KAFKA_...", "Any librdkafka property: ROUTER_KAFKA_BOOTSTRAP_SERVERS."),
      EnvironmentVariable("TERM", "If set to dumb, output is not redrawn and has no bars."),
      EnvironmentVariable("LANG", "Without UTF-8 here (or in LC_ALL, LC_CTYPE), numbers replace bars."),
      EnvironmentVariable("TZ", "The time zone of times."),
    ],
    run: run)

  private static let states =
    (JobState.allCases.map(\.rawValue) + ["active,silent,ended"]).map { CompletionCandidate($0) }

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let request = try JobsRequest(arguments)
    let settings = try TailSettings(arguments, context, command: "jobs")
    try Interruption.watch()
    let connection = try JobsConnection(settings)
    let source = try connection.open(settings, partitionCount: try connection.partitionCount())
    try connection.catchUp(source, within: request.timeout, waits: request.waits, context)
    return try JobsSession(source, request, context, failure: connection.connection.failure).run()
  }
}
