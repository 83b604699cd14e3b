internal import ConfigurationFiles
internal import Kafka
internal import MetricRouter
internal import RouterConfiguration
internal import Topics

/// What `router topics plan` and `apply` begin with: the configuration, the brokers, and what differs.
struct PlannedTopics {
  let setup: RouterSetup
  let connection: TopicsConnection
  /// The words for it.
  let text: TopicPlanText

  init(
    _ arguments: ParsedArguments, _ context: CommandContext, timeout: Duration
  ) throws(CommandFailure) {
    setup = try ConfiguredSetup.load(arguments, context)
    connection = try TopicsConnection(setup.configuration, timeout: timeout)
    text = TopicPlanText(directory: setup.topics)
  }

  /// The directory of the declarations, for messages.
  var directory: String { setup.configuration.topics.directory.value }

  /// Asks the brokers, and compares.
  ///
  /// - Parameter notes: gets what limits the plan.
  func plan(_ context: CommandContext, _ notes: inout [String]) throws(CommandFailure) -> TopicPlan {
    let cluster = try connection.cluster(context)
    guard connection.hasController(cluster) else { throw connection.withoutController }
    let (names, inputs) = (setup.settings.plan.names, setup.settings.inputs)
    let inputSet = Set(inputs)
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    let survey: TopicSurvey
    do {
      survey = try TopicSurvey(
        connection.client, cluster: cluster, timeoutMilliseconds: connection.timeoutMilliseconds,
        isWanted: { TopicPlan.kind(of: $0, names: names, inputs: inputSet) != nil },
        progress: { done, count in
          if done > 0 { try? live.draw(["\(HumanFormat.count(done)) of \(HumanFormat.count(count)) topics compared"]) }
        })
    } catch {
      throw connection.failure(error)
    }
    let plan = TopicPlan(setup.topics, names: names, inputs: inputs, existing: survey.topics)
    if !plan.undeclaredInputs.isEmpty {
      notes.append(
        """
        The input topics \(plan.undeclaredInputs.joined(separator: ", ")) are missing, and are not created because \
        \(directory)/inputs.yaml does not declare them.
        """)
    }
    if !plan.unseen.isEmpty {
      notes.append(
        """
        The settings of \(HumanFormat.count(plan.unseen.count)) topics (\(plan.unseen[0])\(plan.unseen.count > 1 ? ", ..." : "")) \
        cannot be read and were not compared: DESCRIBE_CONFIGS permission is required\(survey.refusal.map { ": \($0)" } ?? "").
        """)
    }
    return plan
  }
}
