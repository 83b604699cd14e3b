internal import Kafka
internal import MetricRouter

/// `router jobs`: which jobs run, whose, where, and how they are doing.
enum JobsCommand {
  private static let which = "Which jobs"
  private static let printGroup = "How they are printed"

  static let user = Option.string(
    "user", value: "USER", group: which, completion: .dynamic(TailCompletion.users), help: "Jobs of USER only.")
  static let state = Option.list(
    "state", value: "STATE,...", group: which, completion: .dynamic { _, _ in JobsCommand.states },
    help: "Jobs in these states: active, silent, ended. Without it those that have not ended.")
  static let node = Option.string("node", value: "NODE", group: which, help: "Jobs with rows from NODE only.")
  static let job = Argument.optional(
    "JOB", completion: .dynamic(TailCompletion.jobs), help: "Show this job with all that is known of it.")

  static let sort = Option.choice(
    "sort", value: "KEY", default: JobQuery.Order.user, group: printGroup,
    help: "Sort by KEY: names upwards; of all else what is most, or latest, first.")
  static let reverse = Option.flag("reverse", group: printGroup, help: "Turn the order round.")
  static let watch = Option.flag(
    "watch", short: "w", group: printGroup, help: "Go on showing how it is: a live table on a terminal.")
  static let interval = Option.duration(
    "interval", value: "DURATION", in: .milliseconds(100)...(.seconds(3600)), default: .seconds(1), group: printGroup,
    help: "With --watch: how often.")
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(10), group: "Where they are",
    help: "Wait so long for the brokers and the whole index.")

  static let command = Command(
    name: "jobs",
    abstract: "Show the jobs that run, and how they are doing",
    discussion: """
      Reads the job index that the routers of the group publish in PREFIX.router.jobs, with READ on that topic alone and \
      without a consumer group; asks no router.

      STATE is active while rows come, silent when none have come for jobs.silent-after from any of the nodes, and ended \
      when that lasts for jobs.ended-after, or Slurm says so. Times are those of the rows: while a router catches up with its \
      input, the index shows how it was, and says so. Values are of active jobs, - elsewhere. RUN is how long a job has run, LAST the age of its last row. LOAD \
      and MEMORY are the means of the nodes; the longest bar is the highest load. (shared), \
      or * where there is little room: another job has rows from a node of it at the same time. NODELIST has the nodes \
      as Slurm writes them, cut where the terminal is too narrow; --json and JOB have all of them.

      --watch redraws the terminal, with the load's last minutes: q ends, arrow keys and j, k, space, b scroll, s sorts by \
      the next key, S by the one before, r reverses. Elsewhere it prints the table each interval; with --json, a line each \
      time that something has changed. It waits where no router has published anything yet.
      """,
    options: [
      user, state, node, PagingOptions.limit, PagingOptions.offset, sort, reverse, watch, interval, SharedOptions.json,
      SharedOptions.config, TailCommand.bootstrap, TailCommand.clientConfig, TailCommand.prefix, TailCommand.properties,
      timeout,
    ],
    arguments: [job],
    examples: [
      CommandExample("router jobs", "The jobs that run now."),
      CommandExample("router jobs --watch --sort load", "The same, live, the busiest first."),
      CommandExample("router jobs 4711", "One job: nodes, rows, values, history."),
      CommandExample("router jobs --user alice --state ended --json", "Jobs of alice that are over, for a script."),
    ],
    exits: [
      CommandExit(.checkFailed, "Several users have a job with this id."),
      CommandExit(.inputMissing, "There is no such job, or no index."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "A right is missing, or the login was refused."),
      CommandExit(.configuration), CommandExit(.temporary),
      CommandExit(.interrupted, "Stopped by Ctrl-C, as --watch usually is."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("ROUTER_CLIENT_CONFIG", "The file of client properties, where --client-config is not given."),
      EnvironmentVariable("ROUTER_KAFKA_...", "Any property of librdkafka: ROUTER_KAFKA_BOOTSTRAP_SERVERS."),
      EnvironmentVariable("TERM", "With dumb nothing is redrawn and no bars are drawn."),
      EnvironmentVariable("LANG", "Without UTF-8 in it (or in LC_ALL, LC_CTYPE) there are numbers instead of bars."),
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
