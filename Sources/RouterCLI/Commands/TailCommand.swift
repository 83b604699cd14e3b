internal import Glibc
internal import Kafka
internal import MetricRouter

/// `router tail`: a user's or a job's rows as they arrive.
enum TailCommand {
  private static let rowGroup = "Which rows"
  private static let printGroup = "How they are printed"
  private static let kafkaGroup = "Where they are"

  static let user = Option.string(
    "user", value: "USER", group: rowGroup, completion: .dynamic(TailCompletion.users),
    help: "Rows of all jobs of USER.")
  static let job = Option.string(
    "job", value: "JOB", group: rowGroup, completion: .dynamic(TailCompletion.jobs),
    help: "Rows of this job alone; without --user its user is looked for among the topics that you may see.")
  static let schema = Option.string(
    "schema", value: "SCHEMA", group: rowGroup,
    help: "Only rows that LDMS stored under this name: loadavg, meminfo (with or without as_is's digest).")
  static let node = Option.string(
    "node", value: "NODE", group: rowGroup, help: "Only rows of this node; the other partitions are not read.")
  static let fromBeginning = Option.flag(
    "from-beginning", group: rowGroup, help: "Begin with the oldest row that is kept, instead of the next to come.")
  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "Begin with rows that came at most so long ago, such as 10m.")
  static let count = Option.integer(
    "rows", short: "n", value: "N", in: 1...Int.max, group: rowGroup, help: "End after N rows.")
  static let noFollow = Option.flag(
    "no-follow", group: rowGroup, help: "End with the last row that is there now, instead of waiting for more.")
  static let wait = Option.flag(
    "wait", group: rowGroup, help: "Where the topic is not there yet, wait for its first row.")

  static let columns = Option.list(
    "columns", value: "NAME,...", group: printGroup,
    help: "Only these columns, in this order; rows that have none of them are left out.")
  static let format = Option<TailFormat?>.choice(
    "format", value: "FORMAT", of: TailFormat.self, group: printGroup,
    help: "The row's bytes, or its columns. Without it json or, with --columns, table on a terminal and csv elsewhere.")

  static let bootstrap = Option.string(
    "bootstrap", value: "HOST:PORT", group: kafkaGroup,
    help: "The brokers, instead of kafka: bootstrap.servers: in the configuration.")
  static let clientConfig = Option.file(
    "client-config", value: "FILE", group: kafkaGroup,
    help: "How to log in: librdkafka's properties, one name=value a line. Default: "
      + "~/.config/ldms-router/client.properties, if that exists and no configuration is named.")
  static let prefix = Option.string(
    "prefix", value: "PREFIX", group: kafkaGroup,
    help: "The first part of the topics' names, instead of topics.prefix in the configuration.")
  static let properties = Option.strings(
    "property", short: "X", value: "NAME=VALUE", group: kafkaGroup,
    help: "A property of librdkafka, such as security.protocol=sasl_ssl. Other users of the machine can see what is "
      + "given here; a password is better in ROUTER_KAFKA_SASL_PASSWORD or in a file that "
      + "ROUTER_KAFKA_SASL_PASSWORD_FILE names.")

  static let command = Command(
    name: "tail",
    abstract: "Print rows of a user or a job as they arrive",
    discussion: """
      Reads the topic that the router keeps for the user (PREFIX.user.USER.rows) or the job, and prints its rows until \
      Ctrl-C. The rows of a node come in their order; those of different nodes are printed as they arrive.

      It needs READ on that topic and on the group USER.tail, which it never commits to: a user of the cluster has both. \
      Of the configuration it needs only how to reach Kafka.

      A user with a login of their own needs no configuration, but a file that kcat takes as well, readable by them alone, \
      such as ~/.config/ldms-router/client.properties:

        bootstrap.servers=kafka.example.org:9093
        security.protocol=sasl_ssl
        ssl.ca.location=/etc/ssl/certs/example-ca.pem
        sasl.mechanism=PLAIN
        sasl.username=alice
        sasl.password=...

      LDMS escapes nothing in its rows. With csv and table their columns are found as well as can be without the \
      decomposition: a column that is missing, or that stands twice, is an empty cell, and standard error says so once. A new \
      heading is printed where the columns change, so --schema is of use. The csv has the values as they are \
      (RFC 4180, but lines end with a newline alone); the table has the timestamp as local time, and numbers with no more \
      digits than they need. Characters that could \
      steer a terminal are shown escaped there.
      """,
    options: [
      user, job, schema, node, fromBeginning, since, count, noFollow, wait, columns, format, SharedOptions.config,
      bootstrap, clientConfig, prefix, properties,
    ],
    rules: [.atLeastOne(user, job), .atMostOne(fromBeginning, since)],
    examples: [
      CommandExample("router tail --user alice", "All her rows as they arrive."),
      CommandExample(
        "router tail --user alice --client-config alice.properties", "The same with her own login, from a file."),
      CommandExample(
        "router tail --job 4711 --schema loadavg --columns timestamp,load1min", "The load of one job, as a table."),
      CommandExample(
        "router tail --job 4711 --schema meminfo --since 1h --no-follow --format csv", "The last hour for a plot."),
      CommandExample("router tail --user alice --node c1 -n 1 --from-beginning", "The oldest row of a node."),
    ],
    exits: [
      CommandExit(
        .inputMissing, "There is no such topic, it was deleted meanwhile, or with --no-follow no row is of the schema."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "A right is missing, or the login was refused."),
      CommandExit(.configuration),
      CommandExit(.interrupted, "Stopped by Ctrl-C, which is how it usually ends."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("ROUTER_CLIENT_CONFIG", "The file of client properties, where --client-config is not given."),
      EnvironmentVariable("ROUTER_KAFKA_...", "Any property of librdkafka: ROUTER_KAFKA_BOOTSTRAP_SERVERS."),
      EnvironmentVariable("TZ", "The time zone of the table's timestamps."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let format = try format(arguments, context)
    if arguments[noFollow], !arguments[fromBeginning], arguments[since] == nil {
      throw CommandFailure(
        .usage, "--no-follow leaves nothing to print without --from-beginning or --since",
        hint: "Add one of them. See 'router help tail'.")
    }
    let settings = try TailSettings(arguments, context)
    try Interruption.watch()
    let notes = TailNotes(context)
    let connection = try TailConnection(settings)
    let search = TailSearch(
      user: arguments[user].map { Name($0) }, job: arguments[job].map { Name($0) }, names: settings.names)
    let (target, wasWaitedFor) = try search.run(connection, waits: arguments[wait], notes)
    let start: TailReader.Start =
      if let since = arguments[since], !wasWaitedFor {
        .since(since)
      } else {
        // Nobody who waited for a topic wants to miss its first rows.
        arguments[fromBeginning] || wasWaitedFor ? .beginning : .end
      }
    let printer = TailPrinter(
      format, columns: arguments[columns].map { Name($0) }, output: context.output, notes: notes)
    let reader = try TailReader(
      target, connection, start: start, follows: !arguments[noFollow], schema: arguments[schema],
      node: arguments[node].map { NodeFilter(node: Name($0), user: target.user, patterns: settings.producers) },
      limit: arguments[count], printer: printer, notes: notes)
    return try reader.run()
  }

  private static func format(
    _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) -> TailFormat {
    let hasColumns = !arguments[columns].isEmpty
    guard let format = arguments[format] else {
      return !hasColumns ? .json : context.output.terminal.isTerminal ? .table : .csv
    }
    guard format != .json || !hasColumns else {
      throw CommandFailure(
        .usage, "--columns cannot be used with --format json, which prints rows as they are",
        hint: "Use --format csv or --format table, or leave --columns out. See 'router help tail'.")
    }
    return format
  }
}
