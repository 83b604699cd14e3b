internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Wording

/// `router audit`: proves that rows arrived where they belong.
enum AuditCommand {
  private static let rowGroup = "Which rows"
  private static let judgeGroup = "What counts"

  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "Begin with rows that came at most so long ago, such as 1h.")
  static let until = Option.duration(
    "until", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "End with rows that came at least so long ago.")
  static let from = Option.strings(
    "from", value: "TOPIC/PARTITION/OFFSET", group: rowGroup, completion: .dynamic(AuditCompletion.places),
    help: "Begin with this row of an input topic; give it again for other partitions. Partitions that neither --from "
      + "nor --to names are left out.")
  static let to = Option.strings(
    "to", value: "TOPIC/PARTITION/OFFSET", group: rowGroup, completion: .dynamic(AuditCompletion.places),
    help: "End with this row.")
  static let maxRows = Option.integer(
    "max-rows", value: "N", in: 1...1_000_000_000_000, default: 100_000_000, group: rowGroup,
    help: "Refuse more rows: each needs 16 bytes of memory.")

  static let exactlyOnce = Option.flag(
    "exactly-once", group: judgeGroup,
    help: "Take copies that are there once more for errors, as with delivery: exactly-once.")
  static let strict = Option.flag(
    "strict", group: judgeGroup,
    help: "Take it for an error, too, where nothing can be proven of a copy: it or its job's topic was deleted, or "
      + "jobs.max-topics left it out.")

  static let findings = Option.integer(
    "findings", value: "N", in: 0...1_000_000,
    help: "Show the first N findings of each kind, instead of 20, or 10000 with --json; all are counted.")
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(30),
    help: "Wait so long for the brokers.")

  static let command = Command(
    name: "audit",
    abstract: "Prove that every row arrived where it belongs, and nowhere else",
    discussion: """
      Reads rows of the input topics, says from the configuration where each belongs, as the router does, and looks into \
      all topics of users and jobs and the dead letters: each row has to be once in its user's topic and once in its \
      job's topic, or once among the dead letters, with the same bytes, and nowhere else. Without options it takes all \
      rows that are kept and that the router has got to, as its group has committed; what lies beyond is not missing.

      MISSING copies are not where they should be, DOUBLED ones are there once more (which at-least-once delivery \
      allows), MISPLACED ones are where they should not be, ALTERED ones have other bytes, and FOREIGN messages are no \
      copy of any row. A row is REFUSED that is a dead letter because the broker refused one of its topics. EXPIRED \
      copies may have been deleted by the retention of their topic, GONE ones went with the topic of their job: nothing \
      can be proven of these. Rows with NO JOB TOPIC are in their user's topic alone, as is meant where there are more \
      jobs than jobs.max-topics: only rows from before their job's topic began, or whose job has none, and only where \
      so many topics of other jobs are there that had begun by then. A gap behind that is missing.

      It writes nothing, joins no group and commits nothing, and may run beside the router. It needs READ on the input \
      topics, the topics of users and jobs, the dead letters and the group. Use the configuration with which the rows \
      were routed.
      """,
    options: [
      since, until, from, to, maxRows, exactlyOnce, strict, SharedOptions.config, findings, SharedOptions.json, timeout,
    ],
    examples: [
      CommandExample("router audit", "Everything that is kept and has been routed."),
      CommandExample("router audit --since 2h --until 1h", "The rows of one hour."),
      CommandExample("router audit --from meminfo/0/4711 --to meminfo/0/4711", "One row."),
      CommandExample("router audit --since 1d --exactly-once --json", "For a script that takes doubles for errors."),
    ],
    exits: [
      CommandExit(.ok, "Every row is where it belongs, as far as it can be proven."),
      CommandExit(.checkFailed, "Copies are missing, misplaced, altered or foreign, or what the options add."),
      CommandExit(.inputMissing, "The topics are not there, or nothing has been routed yet."),
      CommandExit(.brokerUnavailable, "No broker answered in time."),
      CommandExit(.temporary, "An open transaction holds up readers; try again later."),
      CommandExit(.refused, "A right is missing, or the credentials are wrong."),
      CommandExit(.configuration, "The configuration, or something that it names, is wrong."),
    ],
    environment: [
      EnvironmentVariable("ROUTER_CONFIG", "The configuration file, where --config is not given."),
      EnvironmentVariable("ROUTER_...", "Any key of the configuration, as for 'router run'."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let request = try request(arguments)
    let setup = try ConfiguredSetup.load(arguments, context)
    let judgement = AuditJudgement(
      isExactlyOnce: arguments[exactlyOnce] || setup.configuration.delivery == .exactlyOnce,
      isStrict: arguments[strict])
    let connection = try TopicsConnection(setup.configuration, timeout: arguments[timeout])
    try Interruption.watch()
    // Brokers that are still starting are waited for here.
    _ = try connection.cluster(context)
    let began = MonotonicClock.milliseconds()
    let report: AuditReport
    do {
      let auditor = try Auditor(
        setup.settings, client: connection.client, observer: connection.errors,
        timeoutMilliseconds: connection.timeoutMilliseconds)
      let bar = AuditProgressBar(context.errors)
      defer { bar.finish() }
      report = try auditor.run(request) { progress in
        bar.draw(progress)
        return Interruption.signal == nil
      }
    } catch {
      throw AuditFailure.failure(error, connection)
    }
    let text = AuditReportText(report, judgement)
    if arguments[SharedOptions.json] {
      let elapsed = MonotonicClock.milliseconds() - began
      try context.output.line(report.json(judgement, elapsedMilliseconds: elapsed).document)
    } else {
      try text.print(to: context.output)
    }
    try context.output.flush()
    for note in text.notes { try context.errors.line(note) }
    try context.errors.flush()
    return judgement.isProven(report) ? .ok : .checkFailed
  }

  /// Which rows the options ask for.
  private static func request(_ arguments: ParsedArguments) throws(CommandFailure) -> AuditRequest {
    var request = AuditRequest()
    if let since = arguments[since], let until = arguments[until], until >= since {
      throw CommandFailure(
        .usage, "--until \(DurationText.spelled(until)) ends before --since \(DurationText.spelled(since)) begins",
        hint: "Both say how long ago: --since 2h --until 1h is the hour between them. See 'router help audit'.")
    }
    request.since = arguments[since].map { before($0) }
    request.until = arguments[until].map { before($0) }
    request.first = try places(arguments[from], "--from")
    request.last = try places(arguments[to], "--to")
    for (partition, first) in request.first.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      guard let last = request.last[partition], last < first else { continue }
      throw CommandFailure(
        .usage, "--to \(partition)/\(last) lies before --from \(partition)/\(first)",
        hint: "Both rows belong to what is audited. See 'router help audit'.")
    }
    request.rowLimit = Int64(arguments[maxRows])
    request.findingLimit = arguments[findings] ?? (arguments[SharedOptions.json] ? 10_000 : 20)
    return request
  }

  private static func places(_ texts: [String], _ option: String) throws(CommandFailure) -> [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    for text in texts {
      guard let place = RowPlace(text) else {
        throw CommandFailure(
          .usage, "\(option) cannot be \(PrintableText.quoted(text))",
          hint:
            "Write topic, partition and offset of a row, such as meminfo/0/4711."
            + "\nSee 'router help audit'.")
      }
      guard offsets.updateValue(place.offset, forKey: place.partition) == nil else {
        throw CommandFailure(
          .usage, "\(option) is given twice for \(PrintableText.shortened("\(place.partition)"))",
          hint: "A partition is audited from one row to another. See 'router help audit'.")
      }
    }
    return offsets
  }

  /// So long ago, in milliseconds since 1970.
  private static func before(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    return max(0, milliseconds - seconds * 1000 - attoseconds / 1_000_000_000_000_000)
  }
}
