internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Redrive
internal import Runtime
internal import Wording

/// `router redrive`: resends dead letters.
enum RedriveCommand {
  private static let letterGroup = "Which dead letters"

  static let reason = Option.choices(
    "reason", value: "REASON", of: DeadLetterReason.self, group: letterGroup,
    help: "Only dead letters with this reason; repeatable.")
  static let topic = Option.strings(
    "topic", value: "INPUT", group: letterGroup, completion: .dynamic(RedriveCompletion.inputs),
    help: "Only dead letters whose rows came from this input topic; repeatable.")
  static let since = Option.duration(
    "since", value: "DURATION", in: .milliseconds(1)...DurationText.allowed.upperBound, group: letterGroup,
    help: "Only dead letters that were stored no longer ago than DURATION, such as 2h.")
  static let apply = Option.flag("apply", help: "Send them, after asking.")
  static let yes = Option.flag("yes", help: "Send them without asking.")

  static let command = Command(
    name: "redrive",
    abstract: "Resend dead letters once their cause is corrected",
    discussion: """
      Shows how many rows are in the dead-letter topic, by reason and input topic. With --apply or --yes, it copies them \
      to the topic of waiting rows, from which the routers route them with their present configuration. First correct \
      the cause, then restart the routers, then send.

      The dead letters stay where they are until retention deletes them. Running the command again does no harm: it does \
      not send a dead letter twice (ALREADY SENT), and after a failure it sends the rest. A row that still cannot be \
      routed becomes a new dead letter, with the header redriven, and can be sent again. A dead letter without its row \
      (NO ROW) cannot be sent: the row was too large, and is only in the input topic, for as long as that keeps it.

      Dead letters with the reasons topic-refused and too-many-new-names may have arrived in one of their two topics \
      before. That copy is then there twice, with the same key.

      The command can run beside the routers. It needs READ permission on the dead-letter topic and on the configured \
      consumer group, and READ and WRITE permission on the topic of waiting rows.
      """,
    options: [reason, topic, since, apply, yes, SharedOptions.config, SharedOptions.json, SharedOptions.timeout],
    examples: [
      CommandExample("router redrive", "Show what could be sent."),
      CommandExample(
        "router redrive --reason bad-producer --since 2d --apply", "Send the rows of two days, after asking."),
      CommandExample(
        "router redrive --reason unknown-job --topic meminfo --yes --json", "Send in a script, without asking."),
    ],
    exits: [
      CommandExit(.ok, "Everything that could be sent has been sent, or there was nothing."),
      CommandExit(.checkFailed, "Rows that could be sent were found but not sent, or the topic rejected some."),
      CommandExit(.inputMissing, "The topics do not exist: no router has started yet."),
      CommandExit(.brokerUnavailable, "No broker answered in time. The next run sends what is left."),
      CommandExit(.refused, "A permission is missing, or the credentials are wrong."),
      CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
    ],
    environment: SharedOptions.environment,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    var request = RedriveRequest()
    request.reasons = Set(arguments[reason])
    request.topics = Set(arguments[topic])
    request.since = arguments[since].map { max(0, WallClock.milliseconds() - $0.wholeMilliseconds) }
    let setup = try ConfiguredSetup.load(arguments, context)
    let connection = try TopicsConnection(setup.configuration, timeout: arguments[SharedOptions.timeout])
    try Interruption.watch()
    // Brokers that are still starting are waited for here.
    _ = try connection.cluster(context)
    let redriver: Redriver
    let survey: RedriveSurvey
    do {
      redriver = try Redriver(
        setup.settings, client: connection.client, observer: connection.errors,
        timeoutMilliseconds: connection.timeoutMilliseconds)
      survey = try withProgress(context) { progress throws(RedriveError) in
        try redriver.survey(request, progress: progress)
      }
    } catch {
      throw RedriveFailure.failure(error, connection)
    }
    let found = RedriveReportText(survey.report, request)
    let inputs = setup.settings.inputs
    let mayBeSent = survey.report.rows > 0
    let asks = arguments[apply] && found.hasRows
    let isAgreed =
      arguments[yes]
      ? true : asks ? try context.isAgreed("Resend \(found.counted)?", showing: found.table) : false
    if let code = Interruption.exitCode { throw CommandFailure(code, "") }
    guard mayBeSent, isAgreed else {
      try print(found, arguments, context)
      var notes = found.notes(inputs: inputs)
      if mayBeSent {
        let again = arguments.command(
          "router redrive", keeping: [SharedOptions.config, reason, topic, since], adding: ["--apply"])
        notes.append(
          arguments[apply] ? "\(found.counted) not sent." : "\(found.counted) would be sent; '\(again)' does it.")
      }
      try context.tell(notes)
      return mayBeSent ? .checkFailed : .ok
    }
    let sending = withProgress(context) { progress in redriver.send(survey, progress: progress) }
    let text = RedriveReportText(sending.report, request, wasSent: true)
    try print(text, arguments, context)
    try context.tell(text.notes(inputs: inputs) + [text.verdict])
    if let failure = sending.failure { throw RedriveFailure.failure(failure, connection) }
    return text.isComplete ? .ok : .checkFailed
  }

  /// Does something that says how far it is, and draws it.
  private static func withProgress<Result, Failure: Error>(
    _ context: CommandContext, _ work: ((RedriveProgress) -> Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bar = ProgressBar(context.errors)
    defer { bar.finish() }
    return try work { progress in
      bar.draw(title(progress.phase), done: progress.done, total: progress.total)
      return Interruption.signal == nil
    }
  }

  private static func title(_ phase: RedriveProgress.Phase) -> String {
    switch phase {
    case .sentLetters: "reading what was sent"
    case .deadLetters: "reading dead letters "
    case .sending: "sending rows         "
    }
  }

  private static func print(
    _ text: RedriveReportText, _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) {
    if arguments[SharedOptions.json] {
      try context.output.line(text.json.document)
    } else if !text.isEmpty {
      try text.table.print(to: context.output)
    }
    try context.output.flush()
  }
}
