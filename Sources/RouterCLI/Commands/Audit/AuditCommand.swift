internal import Auditing
internal import Glibc
internal import Kafka
internal import MetricRouter
internal import RouterConfiguration
internal import Runtime
internal import Wording

/// `router audit`: proves that rows arrived where they belong.
enum AuditCommand {
  private static let rowGroup = "Which rows"
  private static let judgeGroup = "What counts"

  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "Start with rows no older than DURATION, such as 1h.")
  static let until = Option.duration(
    "until", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: rowGroup,
    help: "End with rows at least DURATION old.")
  static let from = Option.strings(
    "from", value: "TOPIC/PARTITION/OFFSET", group: rowGroup, completion: .dynamic(AuditCompletion.places),
    help: "Start with this row of an input topic; repeatable. Partitions that neither --from nor --to names are "
      + "omitted.")
  static let to = Option.strings(
    "to", value: "TOPIC/PARTITION/OFFSET", group: rowGroup, completion: .dynamic(AuditCompletion.places),
    help: "End with this row of an input topic; repeatable.")
  static let maxRows = Option.integer(
    "max-rows", value: "N", in: 1...1_000_000_000_000, default: 100_000_000, group: rowGroup,
    help: "Fail if there are more than N rows; each needs 16 bytes of memory.")

  static let exactlyOnce = Option.flag(
    "exactly-once", group: judgeGroup,
    help: "Treat duplicate copies as errors, as with delivery: exactly-once.")
  static let strict = Option.flag(
    "strict", group: judgeGroup,
    help: "Also fail when a copy cannot be verified: it or its job's topic was deleted, or jobs.max-topics was "
      + "reached.")

  static let findings = Option.integer(
    "findings", value: "N", in: 0...1_000_000,
    help: "Show the first N findings of each kind instead of 20 (10000 with --json); all are counted.")

  static let command = Command(
    name: "audit",
    abstract: "Prove that every row arrived where it belongs, and nowhere else",
    discussion: """
      Reads rows of the input topics, determines from the configuration where each belongs, as the router does, and \
      searches all topics of users and jobs and the dead-letter topic. Each row must be once in its user's topic and once \
      in its job's topic, or once in the dead-letter topic, with the same bytes, and nowhere else. Without options, it \
      audits all existing rows up to the committed offsets of the router's group.

      MISSING copies are not where they should be. DOUBLED copies are there more than once, as at-least-once delivery \
      allows. MISPLACED copies are where they should not be. ALTERED copies have other bytes. FOREIGN messages are not \
      copies of any row. REFUSED rows were dead-lettered because the broker rejected one of their topics. REDRIVEN rows \
      were dead-lettered, and routed after 'router redrive'. EXPIRED copies may have been deleted by retention, and GONE \
      copies were deleted with the topic of their job; neither can be verified. Rows with NO JOB TOPIC are only in their \
      user's topic, as intended above jobs.max-topics: rows from before their job's topic began, or whose job has none, \
      if enough topics of other jobs existed by then and still exist. Later gaps are MISSING.

      The audit writes nothing, joins no group, commits nothing, and can run beside the router. It needs READ permission \
      on the input topics, the topics of users and jobs, the dead-letter topic and the group. Use the configuration that \
      routed the rows.
      """,
    options: [
      since, until, from, to, maxRows, exactlyOnce, strict, SharedOptions.config, findings, SharedOptions.json,
      SharedOptions.timeout,
    ],
    examples: [
      CommandExample("router audit", "Audit all existing rows that have been routed."),
      CommandExample("router audit --since 2h --until 1h", "Audit the rows of one hour."),
      CommandExample("router audit --from meminfo/0/4711 --to meminfo/0/4711", "Audit one row."),
      CommandExample("router audit --since 1d --exactly-once --json", "Audit in a script, with duplicates as errors."),
    ],
    exits: [
      CommandExit(.ok, "Every row is where it belongs, as far as this can be verified."),
      CommandExit(
        .checkFailed, "Copies are missing, misplaced, altered or foreign, or an option makes a finding an error."),
      CommandExit(.inputMissing, "The topics do not exist, or nothing has been routed yet."),
      CommandExit(.brokerUnavailable, "No broker answered in time."),
      CommandExit(.temporary, "An open transaction blocks readers; try again later."),
      CommandExit(.refused, "A permission is missing, or the credentials are wrong."),
      CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
    ],
    environment: SharedOptions.environment,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let request = try request(arguments)
    let setup = try ConfiguredSetup.load(arguments, context)
    let judgement = AuditJudgement(
      isExactlyOnce: arguments[exactlyOnce] || setup.configuration.delivery == .exactlyOnce,
      isStrict: arguments[strict])
    let connection = try TopicsConnection(setup.configuration, timeout: arguments[SharedOptions.timeout])
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
    try context.tell(text.notes)
    return judgement.isProven(report) ? .ok : .checkFailed
  }

  /// The request that the options describe.
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

  /// The moment this long ago, in milliseconds since 1970.
  private static func before(_ duration: Duration) -> Int64 {
    max(0, WallClock.milliseconds() - duration.wholeMilliseconds)
  }
}
