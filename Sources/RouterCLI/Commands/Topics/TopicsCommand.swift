/// `router topics`: the topics that the router writes, and how they are to be.
enum TopicsCommand {
  static let command = Command(
    name: "topics",
    abstract: "List topics, bring them to what topics/ says, or delete old ones",
    discussion: """
      'router topics' alone is 'router topics list'. The directory topics/ (topics.directory in router.yaml) declares how \
      the topics are made; 'plan' tells what differs on the brokers, and 'apply' changes it. 'prune' deletes the topics \
      of jobs that have ended long ago.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router topics", "Every user's and job's topic, and what it holds."),
      CommandExample("router topics plan", "What 'router topics apply' would do."),
    ],
    subcommands: [
      TopicsListCommand.command, TopicsPlanCommand.command, TopicsApplyCommand.command, TopicsPruneCommand.command,
    ],
    defaultSubcommand: "list")

  /// The exit codes of whatever asks brokers.
  static let brokerExits = [
    CommandExit(.brokerUnavailable, "No broker answered in time."),
    CommandExit(.refused, "A right is missing, or the credentials are wrong."),
    CommandExit(.configuration, "The configuration, or something that it names, is wrong."),
  ]
}
