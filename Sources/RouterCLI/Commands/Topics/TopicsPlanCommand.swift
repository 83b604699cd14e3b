internal import MetricRouter
internal import Topics
internal import Wording

/// `router topics plan`: what differs, and what would be done.
enum TopicsPlanCommand {
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(10),
    help: "How long to wait for the brokers.")

  static let command = Command(
    name: "plan",
    abstract: "Show what differs between topics/ and the brokers",
    discussion: """
      Compares the dead-letter topic, the input topics that the configuration or the decomposition names, and the topics \
      of all users and jobs with the files of topics/: partitions, replication, and the settings that the files name. \
      Other settings of a topic are ignored. Without inputs.yaml, input topics are ignored as well.

      Changes nothing. It needs DESCRIBE_CONFIGS permission to see settings.
      """,
    options: [SharedOptions.json, timeout],
    examples: [
      CommandExample("router topics plan", "Show the differences, and the cost of changing them."),
      CommandExample("router topics plan --json", "The same for a script, with the name of every topic."),
    ],
    exits: [CommandExit(.checkFailed, "There are differences.")] + TopicsCommand.brokerExits,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let planned = try PlannedTopics(arguments, context, timeout: arguments[timeout])
    var notes: [String] = []
    let plan = try planned.plan(context, &notes)
    if arguments[SharedOptions.json] {
      let document: JSONTree = [
        "compared": JSONTree(plan.comparedCount), "unseen": TopicPlanText.list(plan.unseen),
        "undeclared_inputs": TopicPlanText.list(plan.undeclaredInputs),
        "differences": .list(plan.groups.map { planned.text.json($0) }),
      ]
      try context.output.line(document.document)
    } else {
      for group in plan.groups {
        for line in planned.text.lines(group, .plan, context.output.terminal) { try context.output.line(line) }
      }
      let apply = arguments.command("router topics apply", keeping: [SharedOptions.config])
      try context.output.line(summary(plan, planned, apply: apply))
    }
    try context.output.flush()
    try context.tell(notes)
    return plan.changes.isEmpty ? .ok : .checkFailed
  }

  private static func summary(_ plan: TopicPlan, _ planned: PlannedTopics, apply: String) -> String {
    guard !plan.changes.isEmpty else {
      return "Nothing to do: \(HumanFormat.count(plan.comparedCount)) topics match \(planned.directory)."
    }
    let possible = plan.changes.count(where: \.isPossible)
    let lossy = plan.changes.count { !$0.losses.isEmpty }
    let count = "\(HumanFormat.count(plan.changes.count)) \(plan.changes.count == 1 ? "difference" : "differences")"
    guard possible > 0 else { return "\(count), none of which '\(apply)' can change." }
    let what = possible == plan.changes.count ? (possible == 1 ? "it" : "them") : HumanFormat.count(possible)
    var text = "\(count); '\(apply)' changes \(what)"
    if lossy > 0 { text += ", and asks before \(HumanFormat.count(lossy)) that can lose rows" }
    return text + "."
  }
}
