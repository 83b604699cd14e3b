internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Runtime
internal import Topics

/// `router topics apply`: brings the brokers to what `topics/` says.
enum TopicsApplyCommand {
  static let yes = Option.flag("yes", help: "Also make changes that can lose rows, without asking.")
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(30),
    help: "How long to wait for the brokers, which may still be starting.")

  static let command = Command(
    name: "apply",
    abstract: "Change the topics on the brokers to match topics/",
    discussion: """
      Creates missing input topics and the dead-letter topic, and changes the settings and partitions of existing topics, \
      as 'router topics plan' shows. A second run changes nothing.

      Asks before changes that can lose rows (a shorter retention, for example). Without a terminal and without --yes, it \
      skips these, makes the other changes, and exits with status 1. It reports what Kafka cannot change (fewer \
      partitions) and what it does not change itself (another replication); neither is a failure.

      It needs CREATE, ALTER_CONFIGS and ALTER permission on the topics.
      """,
    options: [yes, timeout],
    examples: [
      CommandExample("router topics apply", "Apply the changes; on a terminal, ask before rows are lost."),
      CommandExample(
        "router topics apply --yes --timeout 2m", "Apply before the router starts, in a script or container."),
    ],
    exits: [CommandExit(.checkFailed, "Changes that can lose rows were not made.")] + TopicsCommand.brokerExits,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let planned = try PlannedTopics(arguments, context, timeout: arguments[timeout])
    let deadline = MonotonicClock.milliseconds() + Int64(planned.connection.timeoutMilliseconds)
    var notes: [String] = []
    var plan = try planned.plan(context, &notes)
    for note in notes { try context.errors.line(note) }
    for group in plan.groups where !group.isPossible {
      for line in planned.text.lines(group, .plan, context.errors.terminal) { try context.errors.line(line) }
    }
    let mayLose = arguments[yes] ? true : try consent(plan, planned, context)
    try Interruption.watch()
    var changed = 0
    while true {
      let wanted = mayLose ? plan.changes : plan.changes.compactMap(\.harmlessPart)
      let failures = try apply(wanted, planned, context, &changed)
      if let code = Interruption.exitCode { return code }
      guard let failure = failures.first(where: { $0.error.remedy != .retry }) ?? failures.first else { break }
      // Brokers that have just started may not take changes yet.
      guard failure.error.remedy == .retry, MonotonicClock.milliseconds() < deadline else {
        throw self.failure(failures, failure.error, planned)
      }
      if Interruption.wait(atMost: .milliseconds(500)) { return Interruption.exitCode ?? .terminated }
      plan = try planned.plan(context, &notes)
    }
    if changed > 0 { try waitUntilSeen(planned, context, mayLose: mayLose) }
    let left = mayLose ? 0 : plan.changes.count { !$0.losses.isEmpty }
    if left > 0 {
      let plan = arguments.command("router topics plan", keeping: [SharedOptions.config])
      let apply = arguments.command("router topics apply", keeping: [SharedOptions.config], adding: ["--yes"])
      throw CommandFailure(
        .checkFailed, "\(HumanFormat.count(left)) changes that can lose rows were not made",
        hint: "'\(plan)' lists them; '\(apply)' makes them.")
    }
    if changed == 0 {
      let impossible = plan.changes.count { !$0.isPossible }
      try context.output.line(
        impossible > 0
          ? "Nothing else can be done: \(HumanFormat.count(impossible)) difference\(impossible == 1 ? " stays" : "s stay")."
          : "Nothing to do: \(HumanFormat.count(plan.comparedCount)) topics match \(planned.directory).")
    }
    return .ok
  }

  /// Brokers learn of a change some moments after it was made: waits, so that whoever looks next sees it.
  private static func waitUntilSeen(
    _ planned: PlannedTopics, _ context: CommandContext, mayLose: Bool
  ) throws(CommandFailure) {
    let deadline = MonotonicClock.milliseconds() + 10000
    var notes: [String] = []
    while MonotonicClock.milliseconds() < deadline {
      let changes = try planned.plan(context, &notes).changes.filter(\.isPossible)
      if (mayLose ? changes : changes.compactMap(\.harmlessPart)).isEmpty { return }
      if Interruption.wait(atMost: .milliseconds(100)) { return }
    }
  }

  /// Makes changes, and says what was made.
  private static func apply(
    _ changes: [TopicChange], _ planned: PlannedTopics, _ context: CommandContext, _ changed: inout Int
  ) throws(CommandFailure) -> [(change: TopicChange, error: KafkaError)] {
    let live = LiveRegion(output: context.errors, descriptor: 2)
    let applier = TopicApplier(
      planned.connection.client, directory: planned.setup.topics,
      timeoutMilliseconds: planned.connection.timeoutMilliseconds)
    let count = changes.count(where: \.isPossible)
    let outcomes = applier.apply(
      changes, shouldContinue: { Interruption.signal == nil },
      progress: { done in
        if done > 0 { try? live.draw(["\(HumanFormat.count(done)) of \(HumanFormat.count(count)) changes made"]) }
      })
    try live.finish(keepingLines: false)
    let made = outcomes.filter { $0.error == nil }.map(\.change)
    for group in TopicPlan.groups(made) {
      for line in planned.text.lines(group, .past, context.output.terminal) { try context.output.line(line) }
    }
    try context.output.flush()
    changed += made.count
    // A topic that was deleted in the meantime needs no change.
    return outcomes.compactMap { outcome in
      guard let error = outcome.error, error.code != .unknownTopicOrPartition else { return nil }
      return (outcome.change, error)
    }
  }

  /// Asks whether rows may be lost, where somebody can answer; nothing to lose is no question.
  private static func consent(
    _ plan: TopicPlan, _ planned: PlannedTopics, _ context: CommandContext
  ) throws(CommandFailure) -> Bool {
    let lossy = plan.groups.filter { !$0.losses.isEmpty }
    guard !lossy.isEmpty else { return true }
    guard context.errors.terminal.isTerminal, isatty(STDIN_FILENO) == 1 else { return false }
    try context.errors.line("These changes can lose rows:")
    for group in lossy {
      for line in planned.text.lines(group, .plan, context.errors.terminal) { try context.errors.line("  " + line) }
    }
    try context.errors.write("Make them? [y/N] ")
    try context.errors.flush()
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }

  private static func failure(
    _ failures: [(change: TopicChange, error: KafkaError)], _ error: KafkaError, _ planned: PlannedTopics
  ) -> CommandFailure {
    let more = failures.count > 1 ? " (and \(HumanFormat.count(failures.count - 1)) more)" : ""
    switch error.code {
    case .topicAuthorizationFailed, .clusterAuthorizationFailed:
      return CommandFailure(
        .refused, "a permission is missing: \(error)\(more)",
        hint: """
          To create topics, CREATE permission is required; to change settings, ALTER_CONFIGS; to add partitions, ALTER; each on the topics or on \
          the prefix \(planned.setup.settings.plan.names.prefix). for the router's user.
          """)
    case _ where error.code.rawValue > 0 && (error.remedy == .giveUp || error.code == .invalidReplicationFactor):
      return CommandFailure(
        .configuration, "the brokers reject a change: \(error)\(more)",
        hint: "Correct what the files of \(planned.directory) declare, and run 'router topics apply' again.")
    default:
      return planned.connection.failure(error)
    }
  }
}

extension KafkaErrorCode {
  /// More replicas than brokers: a temporary error while brokers start, and a permanent one if there are too few.
  fileprivate static let invalidReplicationFactor = KafkaErrorCode(rawValue: 38)
}
