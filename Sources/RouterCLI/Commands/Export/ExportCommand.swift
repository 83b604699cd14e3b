internal import ConfigurationFiles
internal import Exporting
internal import Naming
internal import RouterConfiguration
internal import Runtime

/// `router export`: one folder for each user and job.
enum ExportCommand {
  private static let rowGroup = "Which rows"
  private static let fileGroup = "Files"

  static let directory = Argument.required(
    "DIRECTORY", kind: .directory, help: "Where the folders are; it must exist.")
  static let user = Option.string(
    "user", value: "USER", group: rowGroup, completion: .dynamic(TailCompletion.users),
    help: "Only rows of USER. Default: all users whose topics you can see.")
  static let job = Option.string(
    "job", value: "JOB", group: rowGroup, completion: .dynamic(TailCompletion.jobs),
    help: "Only rows of this job.")
  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "For users who have not been exported before: start with rows no older than DURATION.")
  static let noFollow = Option.flag(
    "no-follow", group: rowGroup, help: "Stop at the current end instead of waiting for more rows.")
  static let format = Option<ExportFormat>.choice(
    "format", value: "FORMAT", default: .csv, group: fileGroup,
    help: "The format of LDMS's CSV store (csv), or the rows as they are (jsonl).")

  static let maxAge = Option.duration(
    "max-age", value: "DURATION", in: .seconds(60)...DurationText.allowed.upperBound, group: fileGroup,
    help: "Remove files that have not been written for DURATION.")
  static let maxUserSize = Option.number(
    "max-user-size", value: "GIB", in: 0...1_000_000, group: fileGroup,
    help: "Remove files of a user, the least recently written first, to keep the rest below GIB.")
  static let maxSize = Option.number(
    "max-size", value: "GIB", in: 0...1_000_000, group: fileGroup,
    help: "The same for the files of all users together.")

  static let command = Command(
    name: "export",
    abstract: "Write the rows of each user and job to files",
    discussion: """
      Reads the topics of users and appends their rows to DIRECTORY/USER/JOB/SCHEMA.csv, until Ctrl-C. SCHEMA is the input \
      topic of the row, or the {schema} of identity.topic. Rows of no known job go to the folder "_".

      The files have the format of LDMS's CSV store: a heading that begins with #Time,Time_usec, and a line for each row. \
      Numbers have all the digits of the row; the store prints only six after the point. Strings with commas, quotes or \
      line breaks are quoted. Each file has one heading: rows with other columns go to SCHEMA~2.csv, and so on.

      However it ends, kill -9 included, the next export into the same DIRECTORY continues there, and each row is in a file \
      once. DIRECTORY/.export keeps what that needs; after a crash of the machine, the last 30 seconds are written again. \
      Rows that the router delivered twice are written once.

      Files belong to the export: it cuts off what others append to them. A file that is removed or emptied begins anew with \
      its next row; a file, link or folder of others in the place of one stays as it is, and the rows go to SCHEMA~2.csv. \
      Names that are not safe as file names are encoded as in topic names, so ../../etc is -2e-2e-2f-2e-2e-2fetc.

      Started by root, it gives folders (mode 0700) and files (0600) to their users. If the files of a user cannot be written, \
      it says so, tries again every minute, and continues with the other users. When the disk is full, it waits for space.

      The limits (--max-age, --max-user-size, --max-size) are kept every minute, for the files that the export has written into \
      DIRECTORY: files of others are not counted and stay. A file that is removed begins anew with its next row.

      It needs READ permission on the topics and on a consumer group, which it never joins: the group of the configuration, \
      with which 'router acl --export' helps, or, with --user, USER.export, which users have.
      """,
    options: [
      user, job, since, noFollow, format, maxAge, maxUserSize, maxSize, SharedOptions.config, TailCommand.bootstrap,
      TailCommand.clientConfig,
      TailCommand.prefix, TailCommand.properties,
    ],
    arguments: [directory],
    examples: [
      CommandExample("router export /srv/ldms", "As the operator: all users, until stopped."),
      CommandExample("router export --user alice --no-follow rows", "As alice: her rows up to now."),
      CommandExample("router export --user alice --job 4711 rows", "Follow one job."),
    ],
    exits: [
      CommandExit(.inputMissing, "With --no-follow, there is no topic to read."),
      CommandExit(.writeFailed, "DIRECTORY, or the files of a user, cannot be written."),
      CommandExit(.brokerUnavailable, "No broker could be reached."),
      CommandExit(.refused, "A permission is missing, or the login failed."),
      CommandExit(.configuration),
      CommandExit(.interrupted, "Stopped by Ctrl-C, the usual end."),
    ],
    environment: TailCommand.command.environment.filter { $0.name != "TZ" },
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let settings = try TailSettings(arguments, context, command: "export")
    let rules = try rules(settings)
    try Interruption.watch()
    let exporter = try Exporter(
      settings, try TailConnection(settings),
      Exporter.Choice(
        directory: arguments[directory], user: arguments[user].map { Name($0) }, job: arguments[job].map { Name($0) },
        since: arguments[since], follows: !arguments[noFollow], format: arguments[format], limits: limits(arguments)),
      rules: rules, notes: TailNotes(context))
    return try exporter.run()
  }

  private static func limits(_ arguments: ParsedArguments) -> ExportLimits {
    func bytes(_ gibibytes: Double?) -> Int64? { gibibytes.map { Int64($0 * 1_073_741_824) } }
    return ExportLimits(
      age: arguments[maxAge].map { $0.wholeMilliseconds / 1000 }, userBytes: bytes(arguments[maxUserSize]),
      totalBytes: bytes(arguments[maxSize]))
  }

  /// What the configuration says of how rows name their jobs. Users have none, and need none.
  private static func rules(_ settings: TailSettings) throws(CommandFailure) -> RowJobRules {
    let identity = settings.configuration.identity
    func failure(_ key: String, _ error: some Error) -> CommandFailure {
      CommandFailure(.configuration, "identity.\(key): \(error)")
    }
    let nodes: NodeList
    do {
      nodes = try NodeList(identity.nodes.value)
    } catch {
      throw failure("nodes", error)
    }
    let producers: ProducerTemplates
    do {
      producers = try ProducerTemplates(identity.producers.map(\.value), nodes: nodes)
    } catch {
      throw failure("producers", error)
    }
    let instances: InstanceTemplates
    do {
      instances = try InstanceTemplates(identity.instances.map(\.value))
    } catch {
      throw failure("instances", error)
    }
    var topic: TopicIdentity?
    do {
      if !identity.topic.value.isEmpty { topic = try TopicIdentity(identity.topic.value, producers: producers) }
    } catch {
      throw failure("topic", error)
    }
    return RowJobRules(
      producers: producers, instances: instances, topic: topic, jobColumns: identity.job.map { Name($0.value) },
      loosePatterns: settings.producers)
  }
}
