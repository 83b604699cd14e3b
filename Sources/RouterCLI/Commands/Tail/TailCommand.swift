internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Tailing

/// `router tail`: a user's or a job's rows as they arrive.
enum TailCommand {
  private static let rowGroup = "Which rows"
  private static let printGroup = "Output"
  private static let kafkaGroup = "Connection"

  static let user = Option.string(
    "user", value: "USER", group: rowGroup, completion: .dynamic(TailCompletion.users),
    help: "Rows of all jobs of USER.")
  static let job = Option.string(
    "job", value: "JOB", group: rowGroup, completion: .dynamic(TailCompletion.jobs),
    help: "Rows of this job only; without --user, the user is found from the topics that you can see.")
  static let schema = Option.string(
    "schema", value: "SCHEMA", group: rowGroup,
    help: """
      Only rows that LDMS stored under this name, or whose metric set has it: loadavg, meminfo (with or without as_is's \
      digest).
      """)
  static let node = Option.string(
    "node", value: "NODE", group: rowGroup, help: "Only rows of this node; other partitions are not read.")
  static let fromBeginning = Option.flag(
    "from-beginning", group: rowGroup, help: "Start with the oldest row instead of the next one.")
  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "Start with rows no older than DURATION, such as 10m.")
  static let count = Option.integer(
    "rows", short: "n", value: "N", in: 1...Int.max, group: rowGroup, help: "Stop after N rows.")
  static let noFollow = Option.flag(
    "no-follow", group: rowGroup, help: "Stop at the current end instead of waiting for more rows.")
  static let wait = Option.flag(
    "wait", group: rowGroup, help: "If the topic does not exist yet, wait for its first row.")

  static let columns = Option.list(
    "columns", value: "NAME,...", group: printGroup,
    help: "Only these columns, in this order; rows without any of them are omitted.")
  static let format = Option<TailFormat?>.choice(
    "format", value: "FORMAT", of: TailFormat.self, group: printGroup,
    help:
      "Print the row as it is, or its columns. Default: json; with --columns, table on a terminal and csv elsewhere.")

  static let bootstrap = Option.string(
    "bootstrap", value: "HOST:PORT", group: kafkaGroup,
    help: "The brokers, instead of bootstrap.servers in the configuration.")
  static let clientConfig = Option.file(
    "client-config", value: "FILE", group: kafkaGroup,
    help: "The login: librdkafka properties, one name=value per line. Default: "
      + "~/.config/ldms-router/client.properties, if it exists and no configuration is named.")
  static let prefix = Option.string(
    "prefix", value: "PREFIX", group: kafkaGroup,
    help: "The first part of the topic names, instead of topics.prefix in the configuration.")
  static let properties = Option.strings(
    "property", short: "X", value: "NAME=VALUE", group: kafkaGroup,
    help: "A librdkafka property, such as security.protocol=sasl_ssl. Other users of the machine can see command "
      + "lines, so put a password into ROUTER_KAFKA_SASL_PASSWORD or into a file that "
      + "ROUTER_KAFKA_SASL_PASSWORD_FILE names.")

  static let command = Command(
    name: "tail",
    abstract: "Print rows of a user or a job as they arrive",
    discussion: """
      Reads the topic of the user (PREFIX.user.USER.rows) or of the job, and prints its rows until Ctrl-C. The rows of a \
      node appear in order; rows of different nodes appear as they arrive.

      It needs READ permission on that topic and on the group USER.tail, to which it never commits; users of the cluster \
      have both. From the configuration it uses only the connection to Kafka.

      Users with their own login need no configuration, only a file that kcat can use as well and that only they can \
      read, such as ~/.config/ldms-router/client.properties:

        bootstrap.servers=kafka.example.org:9093
        security.protocol=sasl_ssl
        ssl.ca.location=/etc/ssl/certs/example-ca.pem
        sasl.mechanism=PLAIN
        sasl.username=alice
        sasl.password=...

      LDMS does not escape strings in its rows. For csv and table, columns are found without the decomposition as far as \
      possible: a column that is missing or appears twice is an empty cell, which standard error reports once. A new \
      heading appears when the columns change, so --schema is useful. csv prints the values as they are (RFC 4180, but \
      lines end with a newline only). table prints timestamps in local time and numbers without superfluous digits, and \
      escapes characters that could control a terminal.
      """,
    options: [
      user, job, schema, node, fromBeginning, since, count, noFollow, wait, columns, format, SharedOptions.config,
      bootstrap, clientConfig, prefix, properties,
    ],
    rules: [.atLeastOne(user, job), .atMostOne(fromBeginning, since)],
    examples: [
      CommandExample("router tail --user alice", "Print all her rows as they arrive."),
      CommandExample(
        "router tail --user alice --client-config alice.properties", "The same, with her own login from a file."),
      CommandExample(
        "router tail --job 4711 --schema loadavg --columns timestamp,load1min", "Show the load of one job as a table."),
      CommandExample(
        "router tail --job 4711 --schema meminfo --since 1h --no-follow --format csv",
        "Export the last hour for a plot."),
      CommandExample("router tail --user alice --node c1 -n 1 --from-beginning", "Show the oldest row of a node."),
    ],
    exits: [
      CommandExit(
        .inputMissing, "The topic does not exist or was deleted, or, with --no-follow, no row has the schema."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "A permission is missing, or the login failed."),
      CommandExit(.configuration),
      CommandExit(.interrupted, "Stopped by Ctrl-C, the usual end."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, if --config is not given."),
      EnvironmentVariable("ROUTER_CLIENT_CONFIG", "The client properties file, if --client-config is not given."),
      EnvironmentVariable("ROUTER_KAFKA_...", "Any librdkafka property: ROUTER_KAFKA_BOOTSTRAP_SERVERS."),
      EnvironmentVariable("TZ", "The time zone of timestamps in the table."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let format = try format(arguments, context)
    if arguments[noFollow], !arguments[fromBeginning], arguments[since] == nil {
      throw CommandFailure(
        .usage, "--no-follow needs --from-beginning or --since",
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
        .usage, "--columns cannot be used with --format json, which prints whole rows",
        hint: "Use --format csv or --format table, or omit --columns. See 'router help tail'.")
    }
    return format
  }
}
